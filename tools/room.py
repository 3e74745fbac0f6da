"""Lint, types and tests of one room: `python -m tools.room hotlists`.

A room is a package of this repository, named by its folder (`anpr/records`) or by its module (`anpr.records`). Tests
that need a browser or torch, or are marked slow, are left to `make test`.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
HOUSES: Final = ("anpr", "benchmarks", "camera", "hotlists", "models", "tools")
LEFT_OUT: Final = "not training and not browser and not slow"
NO_TESTS: Final = 5
"""Exit status of pytest when nothing was collected."""


def rooms(root: Path = ROOT) -> list[str]:
    """Return the folders of all rooms, with `/` between their parts."""
    packages = (path.parent for house in HOUSES for path in (root / house).rglob("__init__.py"))
    return sorted(path.relative_to(root).as_posix() for path in packages)


def room_named(words: str, root: Path = ROOT) -> str:
    """Return the folder of the room that was asked for; raises LookupError, in one sentence, when there is none."""
    folder = words.strip().replace("\\", "/").strip("/").removeprefix("./")
    if "/" not in folder:
        folder = folder.replace(".", "/")
    known = rooms(root)
    if folder in known:
        return folder
    within = [room for room in known if folder and folder.rsplit("/", 1)[-1] == room.rsplit("/", 1)[-1]]
    asked = f"there is no room {words.strip()!r}" if words.strip() else "name a room, as in: make room ROOM=hotlists"
    better = f"did you mean {' or '.join(within)}?" if within else f"rooms are {', '.join(known)}"
    raise LookupError(f"{asked}; {better}")


def checks(room: str, root: Path = ROOT) -> list[list[str]]:
    """Return the commands that check a room, arguments of Python each; the tests are the last, where there are any."""
    tests = f"tests/{room}"
    has_tests = any((root / tests).rglob("test_*.py"))
    folders = [room, tests] if has_tests else [room]
    return [
        ["-m", "ruff", "check", "-q", *folders],
        ["-m", "ruff", "format", "--check", *folders],
        ["-m", "mypy", "-p", room.replace("/", "."), *(["-p", tests.replace("/", ".")] if has_tests else [])],
        *([["-m", "pytest", "-n", "2", "--dist", "loadfile", "-m", LEFT_OUT, tests]] if has_tests else []),
    ]


def main(words: str) -> int:
    """Check the room and return the exit status: 0 when all is well, 2 when there is no such room."""
    began_s = time.monotonic()
    try:
        room = room_named(words)
    except LookupError as error:
        print(f"room: {error.args[0]}", file=sys.stderr)
        return 2
    commands = checks(room)
    if "pytest" not in commands[-1]:
        print(f"room: {room} has no tests of its own under tests/{room}")
    for arguments in commands:
        status = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode
        if status and not ("pytest" in arguments and status == NO_TESTS):
            return status
    print(f"room: {room} is well, {time.monotonic() - began_s:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
