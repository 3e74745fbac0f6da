"""Programs that are killed at any moment of what they do to a data folder, and what is left then.

`python -m benchmarks.theft.kills --kills 200`: locking of a plain folder, change of the key, purge and withdrawal of a list; one JSON object
at the end (`kills`, and for each kind the outcomes with their counts), code 1 when anything is lost or left.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.config.data_folder import hotlists_db, records_db
from anpr.records.retention import Retention
from anpr.records.store import RecordStore
from anpr.sealed_folder import change_key, ready_folder
from benchmarks.theft.lists import LIST, import_marks, made_marks
from benchmarks.theft.searching import Needles, search

Step = Callable[[str], None]
_MOST_STEPS: Final = 64


def killed_at_any_moment(
    work: Path, kills: int, begin: Callable[[Path], None], act: Callable[[Path, Step], object],
    judge: Callable[[Path], str], seed: int = 1,
) -> Counter[str]:  # fmt: skip
    """Do something in so many copies of a folder and kill each: half of them at each step in turn, half at random moments.

    `begin` fills a folder, `act` does it and says each step, `judge` says what is left. Returns how often it said what. The
    program that is killed is a fork of this one, which must have no thread.
    """
    chance = random.Random(seed)
    model = work / "model"
    model.mkdir()
    begin(model)
    lasts_s, steps = _uninterrupted(work / "whole", model, act)
    outcomes: Counter[str] = Counter()
    for number in range(kills):
        folder = work / f"{number}"
        shutil.copytree(model, folder)
        by_step = number % 2 == 0
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # Python 3.12 on forks: the child does this alone and ends
            child = os.fork()
        if child == 0:
            _be_killed(folder, act, number // 2 % max(1, steps) if by_step else _MOST_STEPS)
        if not by_step:
            time.sleep(chance.uniform(0.0, lasts_s))
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        outcomes[judge(folder)] += 1
        shutil.rmtree(folder)
    shutil.rmtree(model)
    return outcomes


def _uninterrupted(folder: Path, model: Path, act: Callable[[Path, Step], object]) -> tuple[float, int]:
    """Return how long it takes, seconds, and how many steps it has."""
    shutil.copytree(model, folder)
    done: list[str] = []
    began = time.monotonic()
    act(folder, done.append)
    took_s = time.monotonic() - began
    shutil.rmtree(folder)
    return took_s, len(done)


def _be_killed(folder: Path, act: Callable[[Path, Step], object], at_step: int) -> None:
    """Never returns."""
    left = [at_step]

    def step(_: str) -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    try:
        act(folder, step)
    finally:
        os._exit(0)


def measure(kills: int, work: Path, seed: int = 1) -> dict[str, dict[str, int]]:
    """Return for each kind of deed how often it was left how: every text other than `whole` is a loss or a remainder."""
    quarter = max(1, kills // 4)
    found: dict[str, dict[str, int]] = {}
    for name, (begin, act, judge) in _deeds().items():
        folder = work / name
        folder.mkdir(parents=True)
        found[name] = dict(killed_at_any_moment(folder, quarter, begin, act, judge, seed))
    return found


_NOW: Final = datetime(2026, 11, 29, tzinfo=UTC)
_ROWS: Final = 60
_MARKS: Final = made_marks(400, 7)


def _deeds() -> dict[str, tuple[Callable[[Path], None], Callable[[Path, Step], object], Callable[[Path], str]]]:
    return {
        "locking": (
            _fill_plain,
            lambda folder, step: ready_folder(folder, _NOW, step),
            lambda folder: _left(folder, _ROWS, _MARKS),
        ),
        "change of the key": (_fill, change_key, lambda folder: _left(folder, _ROWS, _MARKS)),
        "purge": (_fill, _purge, lambda folder: _left(folder, None, _MARKS)),
        "withdrawal": (_fill, _withdraw, lambda folder: _left(folder, _ROWS, _MARKS)),
    }


def _fill(folder: Path) -> None:
    from benchmarks.load.records import made_sightings  # noqa: PLC0415 - brings the models' runtime

    with closing(RecordStore(records_db(folder), "run")) as store:
        for sighting, _ in zip(made_sightings(), range(_ROWS), strict=False):
            store.record_sighting(sighting)
    import_marks(folder, _MARKS, folder.parent)


def _fill_plain(folder: Path) -> None:
    """Make what an earlier version left: plain databases, one with its log."""
    made = folder / "made"
    made.mkdir()
    _fill(made)
    for path in (records_db(made), hotlists_db(made)):
        with closing(sqlite.connect(path)) as locked:
            locked.execute("PRAGMA journal_mode = DELETE")
            sqlite.export(locked, folder / path.name, None)
    shutil.rmtree(made)


def _purge(folder: Path, step: Step) -> None:
    with closing(RecordStore(records_db(folder), "purge")) as store:
        step("opened")
        while store.purge(_NOW + timedelta(days=9999), Retention()):
            step("purged a part")
        step("purged")


def _withdraw(folder: Path, step: Step) -> None:
    from hotlists.store.store import HotlistStore  # noqa: PLC0415

    with HotlistStore(hotlists_db(folder)) as store:
        step("opened")
        store.erase(LIST)
        step("erased")


def _left(folder: Path, sightings: int | None, marks: list[str]) -> str:
    """Return `whole`, or what is lost or lies in the clear once the next start has done its part."""
    trouble = ready_folder(folder, _NOW)
    if trouble:
        return trouble
    for path in (records_db(folder), hotlists_db(folder)):
        with closing(sqlite.connect(path)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()
            if verdict != ("ok",):
                return f"{path.name}: {verdict}"
            if path == records_db(folder) and sightings is not None:
                (count,) = connection.execute("SELECT count(*) FROM sightings").fetchone()
                if count != sightings:
                    return f"{sightings - count} sightings are lost"
    hits = search([folder], Needles.of(marks, [], []))
    return "whole" if not hits else f"in the clear: {', '.join(sorted({hit.file for hit in hits}))}"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.theft.kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        found = measure(chosen.kills, Path(work), chosen.seed)
    print(json.dumps({"kills": sum(sum(one.values()) for one in found.values()), "outcomes": found}))
    sys.exit(any(set(one) != {"whole"} for one in found.values()))


if __name__ == "__main__":
    main()
