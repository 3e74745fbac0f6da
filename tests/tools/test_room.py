"""The check of one room: which rooms there are, what is run for one, and what a wrong name gets."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.room import ROOT, checks, main, room_named, rooms


@pytest.mark.parametrize(
    ("asked", "room"),
    [
        ("hotlists", "hotlists"),
        ("camera/", "camera"),
        ("anpr/records", "anpr/records"),
        ("./anpr/screen", "anpr/screen"),
        ("anpr.perception", "anpr/perception"),
        ("anpr\\perception", "anpr/perception"),
        ("models/plates", "models/plates"),
        ("benchmarks", "benchmarks"),
        ("tools", "tools"),
    ],
)
def test_a_room_is_named_by_folder_or_module(asked: str, room: str) -> None:
    assert room_named(asked) == room


@pytest.mark.parametrize(
    "wrong", ["", " ", "nowhere", "tests", "anpr/nowhere", "/", "..", "docs", "anpr/support/version.py"]
)
def test_a_wrong_room_gets_one_sentence_with_the_right_ones(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "anpr/records" in said


def test_half_a_name_gets_the_whole_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("records") == 2
    assert capsys.readouterr().err == "room: there is no room 'records'; did you mean anpr/records?\n"


def test_every_package_that_ships_is_a_room() -> None:
    assert {"anpr", "anpr/cli", "anpr/cli/hotlist", "camera/sources", "hotlists/store", "models/train"} <= set(rooms())


def test_lint_form_types_and_tests_of_the_room_alone() -> None:
    lint, form, types, tests = checks("anpr/records")
    assert lint == ["-m", "ruff", "check", "-q", "anpr/records", "tests/anpr/records"]
    assert form[2:4] == ["format", "--check"]
    assert types == ["-m", "mypy", "-p", "anpr.records", "-p", "tests.anpr.records"]
    assert tests[-1] == "tests/anpr/records"


@pytest.mark.slow
def test_a_room_is_checked_and_its_faults_are_found(tmp_path: Path) -> None:
    """On a house of its own: well, then with a fault that only types show, then with one that only its test shows."""
    for package in ("tools", "tests", "tests/tools"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A package."""\n')
    for name in ("pyproject.toml", "tools/room.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    one, test = tmp_path / "tools" / "one.py", tmp_path / "tests" / "tools" / "test_one.py"
    test.write_text("from tools.one import ONE\n\n\ndef test_one() -> None:\n    assert ONE == 1\n")

    def status(content: str) -> str:
        one.write_text(f'"""A file."""\n\n{content}')
        ask = [sys.executable, "-m", "tools.room", "tools"]
        done = subprocess.run(ask, cwd=tmp_path, check=False, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    assert "tools is well" in status("ONE: int = 1\n")
    assert "F401" in status("import os\n\nONE: int = 1\n")
    assert "would be reformatted" in status("ONE: int =    1\n")
    assert "Incompatible types in assignment" in status('ONE: int = "1"\n')
    assert "assert 2 == 1" in status("ONE: int = 2\n")
