"""Which tests may notice a bug: those that execute its lines, the fastest first."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

RECORDED: Final = ("tests/anpr", "tests/hotlists")
"""Tests that are recorded: those of the rooms themselves and of all rooms above that use them."""

LEFT_OUT: Final = "not browser and not training"

NOT_ASKED: Final = ("_costs_hardly_more_than_", "_killed_at_random_moments_")
"""Tests whose verdict hangs on how busy the machine is, or on chance."""

_HASHED: Final = ("anpr", "camera", "hotlists", "tests", "benchmarks")


@dataclass(frozen=True, slots=True)
class CoverMap:
    """Tests that pass on the tree as it is, their seconds, and for each line of a file the tests that execute it."""

    tests: list[str]
    seconds: list[float]
    files: dict[str, dict[str, list[int]]]
    failed: list[str]

    def covering(self, path: str, lines: tuple[int, int], *, most_s: float) -> list[str]:
        """Return the tests that execute one of the lines, fastest first, within `most_s` in all but at least one.

        Lines that run at import alone (constants, defaults, classes) count as executed by whatever executes anything
        else in the file.
        """
        executed = self.files.get(path, {})
        chosen = {at for line in range(lines[0], lines[1] + 1) for at in executed.get(str(line), ())}
        if not chosen:
            chosen = {at for tests in executed.values() for at in tests}
        asked = (at for at in chosen if not any(part in self.tests[at] for part in NOT_ASKED))
        found: list[str] = []
        total_s = 0.0
        for at in sorted(asked, key=lambda at: (self.seconds[at], self.tests[at])):
            total_s += self.seconds[at]
            if found and total_s > most_s:
                break
            found.append(self.tests[at])
        return found

    def seconds_of(self, tests: Iterable[str]) -> float:
        """Return how long these tests took together."""
        known = dict(zip(self.tests, self.seconds, strict=True))
        return sum(known[test] for test in tests)


def tree_hash(tree: Path) -> str:
    """Return a name for the state of all code and tests, those of the mutation run itself left out."""
    digest = sha256()
    for top in _HASHED:
        for file in sorted((tree / top).glob("**/*.py")):
            if "mutation" not in file.parts:
                digest.update(file.relative_to(tree).as_posix().encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()[:16]


def cover_map(tree: Path, cache: Path) -> CoverMap:
    """Return the map of this tree from the cache folder, or run all tests once to make it (a few minutes)."""
    kept = cache / f"map-{tree_hash(tree)}.json"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.glob("map-*.json"):
            old.unlink()
        print("recording which tests execute which lines; this takes some minutes", flush=True)
        recorded = [where for where in RECORDED if (tree / where).exists()]
        command = [sys.executable, "-m", "pytest", "-p", "tests.mutation.recording", "-m", LEFT_OUT, *recorded]
        done = subprocess.run(
            command, cwd=tree, env=os.environ | {"MUTATION_MAP": str(kept.absolute()), "PYTHONPATH": str(tree)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if not kept.exists():
            raise SystemExit(f"the tests could not be recorded:\n{done.stdout[-3000:]}")
    content: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return CoverMap(content["tests"], content["seconds"], content["files"], content["failed"])
