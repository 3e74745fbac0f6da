"""Version, commit and hashes: from git, from what a build wrote, and where there is neither."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr.cli import root
from anpr.support.version import PLAIN, UNKNOWN, Build, build_of, described, model_hashes, this_build

CHECKOUT = Path(__file__).parents[3]
SOURCES = ("setup.py", "pyproject.toml", "anpr/__init__.py", "anpr/support/version.py", "anpr/build.toml")
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("GIT_")  # of a hook that runs these tests
} | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", "-C", str(folder), *names, *arguments], check=False, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package's folder in a checkout of its own, with one commit."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "checkout" / "anpr"
    folder.mkdir(parents=True)
    for name in (".gitattributes", "anpr/build.toml"):
        (folder.parent / name).write_bytes((CHECKOUT / name).read_bytes())
    git(folder.parent, "init", "-q")
    commit(folder)
    return folder


def commit(package: Path) -> str:
    (package / "file").write_text((package / "file").read_text() + "." if (package / "file").exists() else "")
    git(package, "add", "-A", "..")
    git(package, "commit", "-q", "-m", "x", "--no-verify")
    return git(package, "rev-parse", "--short", "HEAD")


@pytest.mark.parametrize(
    ("words", "build"),
    [
        ("v0.3.1-0-gabc1234\n", Build("0.3.1", "abc1234")),
        ("v0.3.1-12-gabc1234-dirty\n", Build("0.3.1.post12", "abc1234+dirty")),
        ("v1.0rc1-0-gabc1234", Build("1.0rc1", "abc1234")),
        ("abc1234", Build(PLAIN, "abc1234")),
        ("1234567-dirty", Build(PLAIN, "1234567+dirty")),
        ("", Build(PLAIN, UNKNOWN)),
        ("fatal: not a repository", Build(PLAIN, UNKNOWN)),
    ],
)
def test_words_of_git(words: str, build: Build) -> None:
    assert described(words) == build


def test_a_checkout_asks_git(package: Path) -> None:
    first = git(package, "rev-parse", "--short", "HEAD")
    assert build_of(package) == Build(PLAIN, first)
    git(package, "tag", "v0.7.0")
    git(package, "tag", "something-else")
    assert build_of(package) == Build("0.7.0", first)
    second = commit(package)
    assert build_of(package) == Build("0.7.0.post1", second)
    (package / "file").write_text("changed")
    assert build_of(package) == Build("0.7.0.post1", f"{second}+dirty")


def test_without_git_the_version_is_plain(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(package, "tag", "v0.7.0")
    monkeypatch.setenv("PATH", "")
    assert build_of(package) == Build(PLAIN, UNKNOWN)


def test_a_copy_without_a_note_in_somebody_elses_checkout_is_plain(package: Path) -> None:
    copy = package.parent / "vendored" / "anpr"
    copy.mkdir(parents=True)
    assert build_of(copy) == Build(PLAIN, UNKNOWN)


@pytest.mark.parametrize("tagged", [True, False])
def test_an_archive_knows_what_it_was_made_from(package: Path, tmp_path: Path, tagged: bool) -> None:
    if tagged:
        git(package, "tag", "v0.7.0")
    last = commit(package)
    git(package.parent, "archive", "--format=zip", "-o", str(tmp_path / "it.zip"), "HEAD")
    zipfile.ZipFile(tmp_path / "it.zip").extractall(tmp_path / "unpacked")
    assert build_of(tmp_path / "unpacked" / "anpr") == Build("0.7.0.post1" if tagged else PLAIN, last)


def test_the_note_of_a_built_package_is_believed(tmp_path: Path) -> None:
    (tmp_path / "build.toml").write_text(Build("0.7.0.post2", "abc1234+dirty").to_toml())
    assert build_of(tmp_path) == Build("0.7.0.post2", "abc1234+dirty")
    (tmp_path / "build.toml").write_text("version =")
    assert build_of(tmp_path) == Build(PLAIN, UNKNOWN)


def test_a_wheel_bears_version_and_commit(tmp_path: Path) -> None:
    """The real setup.py, on a checkout that holds little else."""
    small = tmp_path / "small"
    (small / "anpr" / "support").mkdir(parents=True)
    for name in (*SOURCES, "README.md", "LICENSE"):
        (small / name).write_bytes((CHECKOUT / name).read_bytes())
    git(small, "init", "-q")
    git(small, "add", "-A")
    git(small, "commit", "-q", "-m", "x")
    git(small, "tag", "v0.7.0")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), "."]
    done = subprocess.run(build, check=False, cwd=small, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("patrol_anpr-0.7.0-*.whl")
    note = zipfile.ZipFile(wheel).read("anpr/build.toml").decode()
    assert tomllib.loads(note) == {"version": "0.7.0", "commit": git(small, "rev-parse", "--short", "HEAD")}


def test_the_models_hashes_are_those_of_their_files() -> None:
    found = {
        name: hashlib.sha256((CHECKOUT / "models" / f"{name}.onnx").read_bytes()).hexdigest() for name in model_hashes()
    }
    assert found == model_hashes()
    assert set(found) == {"detector", "hidden", "reader", "reader_wide"}


def test_the_command_prints_version_commit_and_models() -> None:
    result = CliRunner().invoke(root, ["--version"], catch_exceptions=False)
    first, *models = result.output.splitlines()
    assert first == f"anpr {this_build().version} (commit {this_build().commit})"
    assert [tuple(line.split()) for line in models] == [(name, whole[:12]) for name, whole in model_hashes().items()]
    assert all(re.fullmatch(r"\w+ +[0-9a-f]{12}", line) for line in models)


def test_the_version_is_told_without_loading_what_reads_plates() -> None:
    heavy = "{'onnxruntime', 'cv2', 'av', 'starlette'}"
    ask = f"import sys, anpr.cli, anpr.support.version; anpr.support.version.version_text(); sys.exit(bool({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", ask], check=False, cwd=CHECKOUT).returncode == 0
