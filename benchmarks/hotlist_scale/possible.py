"""Marks with hidden characters beside lists of random marks: who is offered, how often by chance alone, and how fast."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from anpr.evidence import k_best
from anpr.values import Hidden
from anpr.vrm import fold
from benchmarks.hotlist_scale.accuracy import sighting
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel, evidence_for
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, write_police_csv
from hotlists.importers.import_list import import_list
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.matching.possible import MOST_CHANCE_FITS, filled
from hotlists.matching.readings import folded_readings
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

CHANCE: Final = 0.9
"""Probability that a reader gives to a place where a character is hidden."""

_WITHOUT_ANY: Final = "whole, end in doubt"


@dataclass(frozen=True, slots=True)
class PossibleMeasure:
    """Of one kind of hidden characters and one list: shares in [0, 1], figures a sighting, times in ms.

    `offered` is how many listed vehicles are offered as possible, `confirmable` how many hits of any kind could be confirmed
    by evidence (none may). Of vehicles that are not listed, `false_offers` have such an alert; `expected` is how many the
    rule reckons with where it offers anything, 0 where it never does.
    """

    kind: str
    entries: int
    vehicles: int
    offered: float
    confirmable: int
    false_offers: float
    expected: float
    p50_ms: float
    p99_ms: float


def hide(mark: str, kind: str, rng: np.random.Generator) -> tuple[str, tuple[Hidden, ...]]:
    """Return what is seen of a mark, and where something is hidden."""
    if kind == _WITHOUT_ANY:
        return mark, (Hidden(0, 0.3),)
    if kind == "first":
        return mark[1:], (Hidden(0, CHANCE),)
    if kind == "last":
        return mark[:-1], (Hidden(len(mark) - 1, CHANCE),)
    if kind == "within":
        at = int(rng.integers(1, len(mark) - 1))
        return mark[:at] + mark[at + 1 :], (Hidden(at, CHANCE),)
    if kind == "first two":
        return mark[2:], (Hidden(0, CHANCE),)
    return mark[1:-1], (Hidden(0, CHANCE), Hidden(len(mark) - 2, CHANCE))


KINDS: Final = ("first", "last", "within", "first two", "first and last", _WITHOUT_ANY)


def measure(
    folder: Path, sizes: tuple[int, ...], vehicles: int, progress: Callable[[str], None]
) -> list[PossibleMeasure]:
    """Return what was measured of each kind beside a list of each size, on so many listed and so many unlisted vehicles."""
    found: list[PossibleMeasure] = []
    for entries in sizes:
        work = folder / str(entries)
        work.mkdir(parents=True, exist_ok=True)
        progress(f"importing {entries:,} marks")
        marks = distinct_vrms(entries + vehicles, 11)
        path = work / "hotlists.db"
        with HotlistStore(path) as store:
            import_list(store, write_police_csv(work / "list.csv", marks[:entries], 5), ListSettings("list"))
        matcher = open_matcher(path, reload_every_s=None)
        try:
            for kind in KINDS:
                progress(f"{kind} hidden, {entries:,} entries")
                found.append(_measure(matcher, marks, entries, vehicles, kind))
        finally:
            matcher.close()
    return found


def _measure(matcher: HotlistMatcher, marks: list[str], entries: int, vehicles: int, kind: str) -> PossibleMeasure:
    rng = np.random.default_rng(3)
    listed = [marks[i] for i in rng.integers(0, entries, vehicles)]
    unlisted = marks[entries:]
    known = {fold(mark) for mark in marks[:entries]}
    offered = confirmable = false = 0
    expected, times = [], []
    for are_listed, truths in ((True, listed), (False, [v for v in unlisted if fold(v) not in known])):
        seen = [hide(mark, kind, rng) for mark in truths]
        evidence = evidence_for([text for text, _ in seen], ReaderModel(missing=0.0, extra=0.0), 31)
        for truth, (_, places), table in zip(truths, seen, evidence, strict=True):
            text = k_best(table, 1)[0][0]
            looked = replace(sighting(table), text=text, hidden=places)
            before = time.perf_counter_ns()
            hits = matcher.match(looked)
            times.append((time.perf_counter_ns() - before) * 1e-6)
            told = [hit for hit in hits if hit.passes]
            confirmable += sum(not hit.possible for hit in hits)
            if are_listed:
                offered += any(fold(hit.entry.vrm) == fold(truth) for hit in told)
            else:
                false += any(fold(hit.entry.vrm) != fold(truth) for hit in told)
                expected.append(_expected(filled(folded_readings(table), places).chance_fits(entries)))
    return PossibleMeasure(
        kind, entries, vehicles, offered / len(listed), confirmable, false / max(1, len(expected)),
        float(np.mean(expected)), *(float(np.percentile(times, p)) for p in (50, 99)),
    )  # fmt: skip


def _expected(chance_fits: float) -> float:
    return chance_fits if chance_fits <= MOST_CHANCE_FITS else 0.0
