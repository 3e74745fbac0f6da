"""Tries small bugs on copies of the tree and says which of them no test notices.

Results are kept in a file after each bug: the same command again goes on where the last one ended, and after a change
of tests it tries the survivors anew.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from tests.mutation.covering import CoverMap, cover_map, tree_hash
from tests.mutation.draw import draw
from tests.mutation.known import KNOWN, Known, Stale
from tests.mutation.mutant import Mutant, source_of
from tests.mutation.results import COUNTED, Result, Results, share, summary
from tests.mutation.trial import Verdict, Workshop

TREE: Final = Path(__file__).parents[2]
CACHE: Final = TREE / ".mutation"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """One run over a list of bugs; `workshops` holds one for each job."""

    cover: CoverMap
    tree: str
    results: Results
    most_s: float
    workshops: SimpleQueue[Workshop]
    stop_at: float

    def tried(self, mutant: Mutant, name: str = "") -> Result | None:
        """Return what became of a bug, now or before; None when time is up."""
        source = source_of(TREE, mutant.path)
        key = mutant.key(source)
        known = self.results.known(key, self.tree)
        if known is not None:
            return known
        if time.monotonic() > self.stop_at:
            return None
        tests = self.cover.covering(mutant.path, mutant.lines, most_s=self.most_s)
        workshop = self.workshops.get()
        try:
            trial = workshop.try_out(mutant, tests, limit_s=40 + 4 * self.cover.seconds_of(tests))
        finally:
            self.workshops.put(workshop)
        before, after = mutant.shown(source)
        line = source.count(b"\n", 0, mutant.start) + 1
        result = Result(
            key,
            self.tree,
            mutant.path,
            line,
            name or mutant.kind,
            before,
            after,
            trial.verdict,
            trial.by,
            trial.seconds,
        )
        self.results.add(result)
        print(f"{result.verdict:<9} {trial.seconds:6.1f} s  {result.path}:{line} {result.kind}", flush=True)
        return result

    def tried_known(self, known: Known) -> Result | None:
        """Return what became of a hand-made bug; stale when the text that it changes is no longer there once."""
        try:
            mutant = known.mutant(TREE)
        except Stale as stale:
            return Result("", self.tree, known.path, 0, known.what, known.find, str(stale), Verdict.STALE, "", 0.0)
        return self.tried(mutant, known.what)


def main() -> int:
    """Run and return the exit code: 1 when too few bugs were noticed or a hand-made one is stale or has no verdict."""
    asked = _asked()
    print(f"seed {asked.seed}, {asked.jobs} jobs, results in {asked.state}", flush=True)
    with TemporaryDirectory(prefix="mutation-") as folder:
        workshops: SimpleQueue[Workshop] = SimpleQueue()
        cover = cover_map(TREE, CACHE)
        for test in cover.failed:
            print(f"not asked, since it does not pass on the tree as it is: {test}")
        for job in range(asked.jobs):
            workshops.put(Workshop.of(TREE, Path(folder) / str(job)))
        most_s = asked.seconds or (90.0 if asked.known else 20.0)
        stop_at = time.monotonic() + asked.minutes * 60 if asked.minutes else float("inf")
        run = Run(cover, tree_hash(TREE), Results(asked.state), most_s, workshops, stop_at)
        if asked.known:
            results = list(_in_jobs(run.tried_known, KNOWN, asked.jobs))
        else:
            results = list(_in_jobs(run.tried, draw(TREE, asked.seed, asked.count), asked.jobs))
    done = [result for result in results if result is not None]
    print(summary(done))
    if len(done) < len(results):
        print(f"time is up: {len(results) - len(done)} of {len(results)} wait for another run")
    unknown = [one for one in done if one.verdict not in COUNTED]
    return int(share(done) < asked.floor or bool(unknown))


def _in_jobs(tried: Callable[[T], Result | None], bugs: list[T], jobs: int) -> Iterator[Result | None]:
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(tried, bugs)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws the bugs (default 1)")
    parser.add_argument("--count", type=int, default=300, help="how many are drawn (default 300)")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at once (default 2)")
    parser.add_argument("--state", type=Path, default=CACHE / "results.jsonl", help="file of the results")
    parser.add_argument("--minutes", type=float, default=0.0, help="begin no other bug after so long; 0: no end")
    parser.add_argument("--seconds", type=float, help="most time of tests for one bug (default 20, known ones 90)")
    parser.add_argument("--floor", type=float, default=0.8, help="least share that must be noticed (default 0.8)")
    parser.add_argument("--known", action="store_true", help="try the hand-made bugs of known.py instead")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
