"""How long a look-up takes: beside millions of entries, with wildcards, and while a revision is swapped in."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anpr.values import CharacterProbabilities
from benchmarks.hotlist_scale.accuracy import sighting
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel, evidence_for
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, patterns, vrms, write_police_csv
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.importers.options import FileKind, ReadOptions
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.matching.readings import folded_readings
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

UNCERTAIN = ReaderModel(noise=0.15)
"""Sightings so doubtful that all k readings are looked up."""


@dataclass(frozen=True, slots=True)
class LookupMeasure:
    """Times in ms: `lookup` of k readings in the lists, `match` with finding the k best readings before it."""

    entries: int
    wildcards: int
    readings_p50: float
    lookup_p50_ms: float
    lookup_p99_ms: float
    match_p50_ms: float
    match_p99_ms: float


@dataclass(frozen=True, slots=True)
class SwapMeasure:
    """Longest match in ms while nothing happens, and while a revision of so many rows is prepared and swapped in."""

    rows: int
    matches: int
    quiet_max_ms: float
    swap_max_ms: float
    swap_p99_ms: float
    swaps_seen: int


def measure(data: Path, sightings: int = 2000) -> LookupMeasure:
    """Time look-ups in the lists of a hotlists file; the first hundred are left out (cold start)."""
    evidence = list(evidence_for(distinct_vrms(sightings + 100, 77), UNCERTAIN, 5))
    matcher = open_matcher(data, reload_every_s=None)
    lookups: list[float] = []
    matches: list[float] = []
    counts: list[int] = []
    try:
        for one in evidence:
            readings = folded_readings(one)
            seen = sighting(one)
            started = time.perf_counter_ns()
            matcher.match_readings(seen, readings)
            looked_up = time.perf_counter_ns()
            matcher.match(seen)
            matched = time.perf_counter_ns()
            counts.append(len(readings.folded))
            lookups.append((looked_up - started) * 1e-6)
            matches.append((matched - looked_up) * 1e-6)
        lists = matcher.in_force.lists
        entries, wildcards = sum(len(one.index) for one in lists), sum(len(one.pattern_rows) for one in lists)
    finally:
        matcher.close()
    lookup, match = np.array(lookups[100:]), np.array(matches[100:])
    return LookupMeasure(
        entries, wildcards, float(np.median(counts)), *(float(np.percentile(lookup, p)) for p in (50, 99)),
        *(float(np.percentile(match, p)) for p in (50, 99)),
    )  # fmt: skip


def add_wildcards(data: Path, folder: Path, count: int) -> None:
    """Add a list of so many wildcard entries to a hotlists file."""
    file = folder / "wildcards.txt"
    file.write_text("\n".join(patterns(count, 9)) + "\n", encoding="ascii")
    with HotlistStore(data) as store:
        import_list(store, file, ListSettings("wildcards"), ImportOptions(ReadOptions(FileKind.VRMS)))


def measure_swap(folder: Path, rows: int, progress: Callable[[str], None]) -> SwapMeasure:
    """Match without pause while two revisions of so many rows are imported by another program and put in force."""
    path = folder / "swap.db"
    with HotlistStore(path) as store:
        import_list(store, write_police_csv(folder / "swap.csv", vrms(rows, 1), 1), ListSettings("list"))
    evidence = list(evidence_for(distinct_vrms(200, 78), ReaderModel(), 6))
    matcher = open_matcher(path, reload_every_s=0.05)
    try:
        progress("matching while nothing happens")
        quiet = _match_for(matcher, evidence, lambda spent_s: spent_s > 5.0)
        progress(f"matching while revisions of {rows:,} rows are swapped in")
        before = matcher.in_force.generation
        swaps = _Swaps(path, folder, rows)
        swaps.start()
        swapped = _match_for(matcher, evidence, lambda _: not swaps.is_alive())
        swaps.join()
        seen = matcher.in_force.generation - before
    finally:
        matcher.close()
    return SwapMeasure(rows, len(swapped), max(quiet), max(swapped), float(np.percentile(swapped, 99)), min(seen, 2))


class _Swaps(threading.Thread):
    """Runs two imports one after the other, each in a program of its own, and waits for the last to be seen."""

    def __init__(self, path: Path, folder: Path, rows: int) -> None:
        super().__init__()
        self._path = path
        self._files = [write_police_csv(folder / f"swap{i}.csv", vrms(rows, 2 + i), i) for i in (0, 1)]

    def run(self) -> None:
        """Import the two lists one after the other, each in a process of its own, as a car would."""
        code = (
            "import sys; from pathlib import Path; from hotlists.importers.import_list import import_list;"
            "from hotlists.store.settings import ListSettings; from hotlists.store.store import HotlistStore;"
            "import_list(HotlistStore(Path(sys.argv[1])), Path(sys.argv[2]), ListSettings('list'))"
        )
        for file in self._files:
            subprocess.run([sys.executable, "-c", code, str(self._path), str(file)], check=True)
        threading.Event().wait(0.5)


def _match_for(
    matcher: HotlistMatcher, evidence: list[CharacterProbabilities], ended: Callable[[float], bool]
) -> list[float]:
    times: list[float] = []
    gc.collect()
    started = time.perf_counter()
    while not ended(time.perf_counter() - started):
        for one in evidence:
            seen = sighting(one)
            before = time.perf_counter_ns()
            matcher.match(seen)
            times.append((time.perf_counter_ns() - before) * 1e-6)
    return times
