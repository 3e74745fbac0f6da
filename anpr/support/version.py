"""Which version this is: of the program and of its models.

The version comes from git's tags: `v0.2.0` is 0.2.0, and three commits later 0.2.0.post3. Where no git is, in a built
package or an unpacked archive, it was written into `build.toml`; where that says nothing either, it is PLAIN.
What log and report say of the machine and its libraries beside it is in `anpr/support/machine.py`.
"""

import functools
import importlib.resources
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLAIN: Final = "0.2.0"
"""The version where neither git nor a build has one: the next to be tagged."""

UNKNOWN: Final = "unknown"
"""The commit where neither git nor a build has one."""

HASH_SHOWN: Final = 12
"""Characters of a model's sha256 that are shown."""

GIT_LIMIT_S: Final = 5.0

_DESCRIBED: Final = re.compile(
    r"(?:v(?P<tag>\d[\w.]*)(?:-(?P<since>\d+)-g|$))?(?P<commit>[0-9a-f]{4,40})?(?P<dirty>-dirty)?"
)
"""What `git describe` says: v0.2.0-3-gabc1234-dirty, v0.2.0, or abc1234 where there is no tag."""


@dataclass(frozen=True, slots=True)
class Build:
    """One state of the program: its version (PEP 440) and its commit, short, with `+dirty` when files were changed."""

    version: str
    commit: str

    def to_toml(self) -> str:
        """Return the content of `build.toml` that says the same."""
        return f'version = "{self.version}"\ncommit = "{self.commit}"\n'


def described(words: str, commit: str = "") -> Build:
    """Return the build that `git describe` put into words; `commit` is used where the words have none.

    Words that are none of git's give the plain version.
    """
    found = _DESCRIBED.fullmatch(words.strip())
    if found is None:
        return Build(PLAIN, commit or UNKNOWN)
    tag, since = found["tag"], int(found["since"] or 0)
    version = PLAIN if tag is None else f"{tag}.post{since}" if since else tag
    return Build(version, (found["commit"] or commit or UNKNOWN) + ("+dirty" if found["dirty"] else ""))


def build_of(package: Path) -> Build:
    """Return the build of the package in this folder: what was written into it, else what git says, else PLAIN."""
    try:
        note = tomllib.loads((package / "build.toml").read_text("utf-8"))
    except (OSError, ValueError):
        note = {}
    commit = str(note.get("commit", "$"))
    if not commit.startswith("$"):
        version = str(note.get("version", ""))
        return Build(version, commit) if version[:1].isdigit() else described(version, commit)
    if not (package.parent / ".git").exists():
        return Build(PLAIN, UNKNOWN)
    asked = ["git", "-C", str(package.parent), "describe", "--tags", "--long", "--always", "--dirty", "--match=v[0-9]*"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=GIT_LIMIT_S, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return Build(PLAIN, UNKNOWN)
    return described(answer.stdout)


@functools.cache
def this_build() -> Build:
    """Return the build that is running, found out once."""
    return build_of(Path(__file__).parents[1])


def model_hashes() -> dict[str, str]:
    """Return the sha256 of each shipped model, as their manifest has it; none when it cannot be read.

    Opening a model checks its file against this hash (`anpr/perception/model_files.py`).
    """
    try:
        tables = tomllib.loads((importlib.resources.files("models") / "manifest.toml").read_text("utf-8"))
        return {name: str(table["sha256"]) for name, table in tables.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def version_text() -> str:
    """Return what `anpr --version` prints: version and commit, then one line for each model."""
    build = this_build()
    models = model_hashes()
    width = max(map(len, models), default=0)
    lines = [f"{name:<{width}}  {digest[:HASH_SHOWN]}" for name, digest in models.items()]
    return "\n".join([f"anpr {build.version} (commit {build.commit})", *lines])
