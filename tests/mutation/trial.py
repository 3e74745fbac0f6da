"""One bug tried: put into a copy of the tree, the covering tests run, and the copy mended again."""

import compileall
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from tests.mutation.mutant import Mutant, source_of

_NOT_COPIED: Final = shutil.ignore_patterns(
    ".git", ".venv", ".mutation", "__pycache__", ".*_cache", ".hypothesis", "runs", "*.db*", "*.egg-info"
)
_NAMED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_NO_CONFTEST: Final = "ImportError while loading conftest"


class Verdict(StrEnum):
    """What became of a bug. A hang is noticed too; `UNTESTED` means that no test executes it; `BROKEN`, no verdict."""

    CAUGHT = "caught"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNTESTED = "untested"
    STALE = "stale"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Trial:
    """The verdict on one bug, the test that noticed it (or what went wrong), and how long it took."""

    verdict: Verdict
    by: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Workshop:
    """A copy of the tree that bugs are put into, one after the other; belongs to one thread.

    Python's compiled files in it are checked by their source, not its time: two bugs may fall into one second.
    """

    folder: Path
    rest: Path
    """Folder for what the tests leave behind."""

    @classmethod
    def of(cls, tree: Path, place: Path) -> "Workshop":
        """Copy a tree into a folder."""
        folder = place / "tree"
        shutil.copytree(tree, folder, ignore=_NOT_COPIED)
        compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        return cls(folder, place / "rest")

    def try_out(self, mutant: Mutant, tests: Sequence[str], limit_s: float) -> Trial:
        """Run the tests with the bug in place; they stop at the first that notices."""
        if not tests:
            return Trial(Verdict.UNTESTED, "", 0.0)
        file = self.folder / mutant.path
        as_it_is = file.read_bytes()
        file.write_bytes(mutant.applied(source_of(self.folder, mutant.path)))
        try:
            return self.run(tests, limit_s)
        finally:
            file.write_bytes(as_it_is)

    def run(self, tests: Sequence[str], limit_s: float) -> Trial:
        """Run tests on the copy as it is now."""
        started = time.monotonic()
        command = [
            sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-seed=0",
            f"--basetemp={self.rest}", *tests,
        ]  # fmt: skip
        environment = os.environ | {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        ) as running:  # fmt: skip
            try:
                said, _ = running.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                said = None
            finally:
                _end_all_of(running)
        took_s = round(time.monotonic() - started, 2)
        if said is None:
            return Trial(Verdict.TIMED_OUT, "", took_s)
        return Trial(*judged(running.returncode, said), took_s)


def judged(code: int, said: str) -> tuple[Verdict, str]:
    """Return the verdict on what pytest returned and said, and the test that noticed."""
    named = _NAMED.search(said)
    if code == 0:
        return Verdict.SURVIVED, ""
    if code in {1, 2, 4} and named is not None:  # 4: a file of tests cannot be imported
        return Verdict.CAUGHT, named[1]
    if _NO_CONFTEST in said:
        return Verdict.CAUGHT, "import"
    if code < 0:
        return Verdict.CAUGHT, f"killed by signal {-code}"
    return Verdict.BROKEN, f"pytest returned {code}: {said.strip()[-300:]}"


def _end_all_of(running: subprocess.Popen[str]) -> None:
    """End the tests and every process that they started."""
    if sys.platform == "win32":
        running.kill()
        return
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
