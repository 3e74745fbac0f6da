"""Tests with threads, times or kills, again and again on a machine that has no time: those that fail now and then are named.

`make flaky` runs them twenty times, or for an hour, in another order each round, while busy loops take every core, and names
each test that failed with its rate; `make flaky FLAKY="--times 5 --only tests/camera"` asks for less. Which tests those are
stands here alone: see `chosen`.
"""

import argparse
import ast
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
HOUSES: Final = ("anpr", "benchmarks", "camera", "hotlists", "tests", "tools")
TIMED: Final = frozenset(
    ("asyncio", "concurrent", "multiprocessing", "pty", "signal", "socket", "subprocess", "threading", "time")
)
"""Modules of the standard library by which a file has to do with threads, times or kills."""
LEFT_OUT: Final = "not training and not alone"
"""What measures time wants the machine for itself: under load it must fail."""
QUICK: Final = f"{LEFT_OUT} and not slow and not browser"
"""What twenty rounds in an hour have time for."""
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (tests/\S+?\.py(?:::.+?)?)(?: - (.*))?$", re.MULTILINE)
_COUNTED: Final = re.compile(r"^(?:\d+ \w+, )*?(\d+) passed\b", re.MULTILINE)


@dataclass(slots=True)
class Found:
    """What the rounds showed: how many there were, how often each test failed, and with which words last."""

    rounds: int = 0
    passed: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    words: dict[str, str] = field(default_factory=dict)
    cut_off: bool = False

    def take(self, output: str) -> None:
        """Take in what pytest said of a round."""
        self.rounds += 1
        failures = {match[1]: match[2] or "" for match in _FAILED.finditer(output)}
        self.failed.update(failures.keys())
        self.words.update(failures)
        self.passed += sum(int(match[1]) for match in _COUNTED.finditer(output))

    def lines(self) -> list[str]:
        """Return what is said of it."""
        rates = [
            f"{count} of {self.rounds}  {name}  {self.words[name]}".rstrip()
            for name, count in self.failed.most_common()
        ]
        told = f"{self.rounds} rounds, {self.passed} tests passed, {len(self.failed)} failed at least once"
        return [*rates, told + (": the time was over before the last round" if self.cut_off else "")]


def chosen(root: Path = ROOT, only: Sequence[str] = ()) -> list[str]:
    """Return the test files to be run, as paths from the root: those that have to do with threads, times or kills.

    A file has when it imports one of `TIMED`, or a module of this repository that does; of modules of the tests, also what
    these import in turn. `only` are files or folders to keep to.
    """
    files = [path.relative_to(root) for path in sorted((root / "tests").rglob("test_*.py"))]
    wanted = [path.as_posix() for path in files if _is_timed(root, path, through_tests=True)]
    kept = [one.rstrip("/") for one in only]
    return [one for one in wanted if not kept or any(one == here or one.startswith(f"{here}/") for here in kept)]


def _is_timed(root: Path, path: Path, *, through_tests: bool) -> bool:
    names = _imports(root / path)
    if any(name.partition(".")[0] in TIMED for name in names):
        return True
    if not through_tests:
        return False
    ours = {_module(root, name) for name in names if name.partition(".")[0] in HOUSES} - {None, path}
    return any(
        _is_timed(root, one, through_tests=one.parts[0] == "tests" and not one.name.startswith("test_"))
        for one in ours
        if one is not None
    )


@cache
def _imports(path: Path) -> frozenset[str]:
    """Return the names of the modules that a file imports, and of what it imports from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _module(root: Path, name: str) -> Path | None:
    path = Path(*name.split(".")).with_suffix(".py")
    return path if (root / path).is_file() else None


@contextmanager
def load(loops: int) -> Iterator[None]:
    """Keep so many busy loops running."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def rounds(files: Sequence[str], times: int, minutes: float, jobs: int, seed: int, marks: str = QUICK) -> Found:
    """Run the files' tests with these marks so many times, as far as the minutes go, each time in another order."""
    found, ends_s = Found(), time.monotonic() + minutes * 60
    drawn = {**os.environ, "HYPOTHESIS_PROFILE": "drawn"}  # see tests/conftest.py: other examples each time
    for number in range(times):
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            found.cut_off = True
            break
        order = list(files)
        random.Random(f"{seed} {number}").shuffle(order)
        command = [
            sys.executable, "-m", "pytest", "-n", str(jobs), "--dist", "loadfile", "-m", marks, "-rfE", "-p", "no:cacheprovider", *order,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=drawn, capture_output=True, text=True, timeout=left_s, check=False
            )
        except subprocess.TimeoutExpired:
            found.cut_off = True
            break
        found.take(done.stdout)
        if done.returncode not in (0, 1, 5):
            raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
        print(f"round {number + 1} of {times}: {found.lines()[-1]}", flush=True)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit status is 1 when any test failed in any round, or none was run."""
    parser = argparse.ArgumentParser(description="Tests with threads, times or kills, many times under load.")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=60.0, help="no longer than this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="files of tests at a time")
    parser.add_argument("--loops", type=int, default=os.cpu_count() or 1, help="busy loops meanwhile")
    parser.add_argument("--seed", type=int, default=1, help="of the order")
    parser.add_argument("--only", action="append", default=[], metavar="PATH", help="keep to a file or folder of tests")
    parser.add_argument("--all", action="store_true", help="also tests that are slow or need a browser")
    parser.add_argument("--list", action="store_true", help="name the files and run none")
    asked = parser.parse_args(arguments)
    files = chosen(only=asked.only)
    if asked.list:
        print("\n".join(files))
        return 0
    with load(asked.loops):
        found = rounds(files, asked.times, asked.minutes, asked.jobs, asked.seed, LEFT_OUT if asked.all else QUICK)
    print("\n".join(found.lines()))
    return 1 if found.failed or not found.passed else 0


if __name__ == "__main__":
    sys.exit(main())
