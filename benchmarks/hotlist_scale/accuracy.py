"""Who is found and who is falsely found: k-best matching beside exact, look-alike and rapidfuzz look-ups."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from anpr.values import CharacterProbabilities, Sighting
from anpr.vrm import fold
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel, evidence_for
from benchmarks.hotlist_scale.made_up_lists import distinct_vrms, write_police_csv
from hotlists.importers.import_list import import_list
from hotlists.keys import unpack
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.matching.readings import folded_readings
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

Alerts = Callable[[CharacterProbabilities], list[str]]
"""Returns the folded VRMs that a way of matching alerts on."""

LOOK_ALIKES = {"0": "O", "1": "I", "8": "B", "B": "8", "5": "S", "S": "5", "Z": "2", "2": "Z"}


@dataclass(slots=True)
class Score:
    """Of one way of matching: vehicles found by what was wrong with their best reading, and false alerts."""

    name: str
    natural: dict[str, int] = field(default_factory=dict)
    """How often each kind of error came up among sightings as they come."""
    tried: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)
    unlisted: int = 0
    false_alerts: int = 0
    ms: list[float] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """Return the score as plain values: shares in [0, 1], false alerts for 10,000 sightings."""
        shares = {f"found, {kind}": self.found.get(kind, 0) / count for kind, count in self.tried.items() if count}
        told = {f"reported, {kind}": self.reported[kind] / self.tried[kind] for kind in self.reported}
        either = {"found, one or two wrong": self._mixed(self.found)}
        if self.reported:
            either["reported, one or two wrong"] = self._mixed(self.reported)
        return {
            "way": self.name,
            "vehicles": dict(self.tried),
            "natural": dict(self.natural),
            **shares,
            **told,
            **either,
            "unlisted sightings": self.unlisted,
            "false alerts per 10,000": 10_000 * self.false_alerts / self.unlisted if self.unlisted else None,
            "p50_ms": float(np.percentile(self.ms, 50)) if self.ms else None,
            "p99_ms": float(np.percentile(self.ms, 99)) if self.ms else None,
        }

    def _mixed(self, counted: dict[str, int]) -> float | None:
        """Return the share over one and two wrong characters in the proportion in which they come."""
        wrong = [kind for kind in self.tried if "wrong" in kind and self.tried[kind]]
        total = sum(self.natural.get(kind, 0) for kind in wrong)
        if not total:
            return None
        return sum(self.natural[kind] * counted.get(kind, 0) / self.tried[kind] for kind in wrong) / total


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: entries of the list, listed vehicles of each kind of error, unlisted sightings."""

    entries: int = 1_000_000
    listed: int = 1000
    unlisted: int = 50_000
    fuzzy: int = 60


def kind_of_error(truth: str, best: str) -> str:
    """Return what is wrong with the best reading: `right`, `1 wrong`, `2 wrong`, `length`, or `more`."""
    if best == truth:
        return "right"
    if len(best) != len(truth):
        return "length"
    wrong = sum(a != b for a, b in zip(best, truth, strict=True))
    return f"{wrong} wrong" if wrong <= 2 else "more"


def measure(folder: Path, plan: Plan, model: ReaderModel, progress: Callable[[str], None]) -> list[dict[str, object]]:
    """Return the scores of all ways of matching on one made-up list."""
    marks = distinct_vrms(plan.entries + plan.unlisted, 11)
    listed, unlisted = marks[: plan.entries], marks[plan.entries :]
    progress("importing")
    path = folder / "hotlists.db"
    with HotlistStore(path) as store:
        import_list(store, write_police_csv(folder / "list.csv", listed, 5), ListSettings("list"))
    matcher = open_matcher(path, reload_every_s=None)
    try:
        folded = [fold(v) for v in listed]
        known = set(folded)
        unlisted = [v for v in unlisted if fold(v) not in known]
        ways = [(Score("k best, by probability"), _by_probability(matcher)), (Score("exact"), _exact(known)),
                (Score("look-alike table, one substitution"), _look_alikes(known))]  # fmt: skip
        fuzzy = (Score("rapidfuzz, one edit"), _rapidfuzz(folded))
        cases, natural = _listed_cases(listed, plan.listed, model, progress)
        few = {kind: truths[: plan.fuzzy] for kind, truths in cases.items()}
        for score, way in ways:
            _score_listed(score, way, cases, matcher if way is ways[0][1] else None)
        _score_listed(fuzzy[0], fuzzy[1], few, None)
        for score, _ in (*ways, fuzzy):
            score.natural = natural
        progress("unlisted vehicles")
        for number, evidence in enumerate(evidence_for(unlisted, model, 31)):
            truth = fold(unlisted[number])
            for score, way in (*ways, fuzzy) if number < plan.fuzzy * 2 else ways:
                alerts = _timed(score, way, evidence)
                score.unlisted += 1
                score.false_alerts += any(vrm != truth for vrm in alerts)
    finally:
        matcher.close()
    return [score.row() for score, _ in (*ways, fuzzy)]


def _listed_cases(
    listed: Sequence[str], each: int, model: ReaderModel, progress: Callable[[str], None]
) -> tuple[dict[str, list[tuple[str, CharacterProbabilities]]], dict[str, int]]:
    """Return sightings of listed vehicles by what is wrong with their best reading, at most `each` of a kind.

    The second value says how many of each kind came up.
    """
    natural: Counter[str] = Counter()
    cases: dict[str, list[tuple[str, CharacterProbabilities]]] = {
        k: [] for k in ("right", "1 wrong", "2 wrong", "length")
    }
    rng = np.random.default_rng(8)
    for seed in range(400):
        if all(len(cases[kind]) >= each for kind in ("1 wrong", "2 wrong")):
            break
        progress(f"sightings of listed vehicles, {len(cases['2 wrong'])} of {each} with two characters wrong")
        some = [listed[i] for i in rng.integers(0, len(listed), 2000)]
        for vrm, evidence in zip(some, evidence_for(some, model, 1000 + seed), strict=True):
            readings = folded_readings(evidence, k=1)
            kind = kind_of_error(fold(vrm), unpack(int(readings.folded[0])))
            natural[kind] += 1
            if kind in cases and len(cases[kind]) < each:
                cases[kind].append((fold(vrm), evidence))
    return cases, dict(natural)


def _score_listed(
    score: Score,
    way: Alerts,
    cases: dict[str, list[tuple[str, CharacterProbabilities]]],
    matcher: HotlistMatcher | None,
) -> None:
    for kind, sightings in cases.items():
        score.tried[kind] = len(sightings)
        score.found[kind] = sum(truth in _timed(score, way, evidence) for truth, evidence in sightings)
        if matcher is not None:
            score.reported[kind] = sum(
                any(fold(hit.entry.vrm) == truth for hit in matcher.match(sighting(evidence)))
                for truth, evidence in sightings
            )


def _timed(score: Score, way: Alerts, evidence: CharacterProbabilities) -> list[str]:
    started = time.perf_counter_ns()
    alerts = way(evidence)
    score.ms.append((time.perf_counter_ns() - started) * 1e-6)
    return alerts


def sighting(evidence: CharacterProbabilities, at: datetime | None = None) -> Sighting:
    """Return a sighting with this evidence."""
    at = at or datetime.now(UTC)
    return Sighting(
        track_id=1, camera_id="front", revision=0, final=True, text="", confidence=0.0, alternatives=(),
        probabilities=evidence, reads=(), first_ns=0, last_ns=0, first_utc=at, last_utc=at,
    )  # fmt: skip


def _by_probability(matcher: HotlistMatcher) -> Alerts:
    def alerts(evidence: CharacterProbabilities) -> list[str]:
        hits = matcher.match(sighting(evidence))
        return [fold(hit.entry.vrm) for hit in hits if hit.probability >= hit.hotlist.threshold]

    return alerts


def _best(evidence: CharacterProbabilities) -> str:
    readings = folded_readings(evidence, k=1)
    return unpack(int(readings.folded[0])) if len(readings.folded) else ""


def _exact(known: set[str]) -> Alerts:
    def alerts(evidence: CharacterProbabilities) -> list[str]:
        best = _best(evidence)
        return [best] if best in known else []

    return alerts


def _look_alikes(known: set[str]) -> Alerts:
    def alerts(evidence: CharacterProbabilities) -> list[str]:
        best = _best(evidence)
        tried = [best] + [
            best[:i] + LOOK_ALIKES[c] + best[i + 1 :] for i, c in enumerate(best) if fold(LOOK_ALIKES.get(c, c)) != c
        ]
        return [text for text in tried if text in known]

    return alerts


def _rapidfuzz(folded: list[str]) -> Alerts:
    def alerts(evidence: CharacterProbabilities) -> list[str]:
        best = _best(evidence)
        found = process.extract(best, folded, scorer=Levenshtein.distance, score_cutoff=1, limit=None)
        return [text for text, _, _ in found]

    return alerts
