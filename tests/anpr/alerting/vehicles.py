"""The vehicles and lists of a random shift: what a read of each mark hits, on which lists, and how a camera sees it."""

from datetime import UTC, datetime
from typing import Final

import numpy as np

from anpr.evidence import spell
from anpr.values import Hit, HotlistEntry, HotlistInfo, Position, Sighting

START: Final = datetime(2026, 1, 1, 22, tzinfo=UTC)
LISTS: Final = {
    "stolen": HotlistInfo("stolen", 1, START, START, priority=80, threshold=0.8),
    "no insurance": HotlistInfo("no insurance", 1, START, START, priority=20, threshold=0.8),
    "partial marks": HotlistInfo("partial marks", 1, START, START, priority=50, threshold=0.8),
    "surveillance": HotlistInfo("surveillance", 1, START, START, priority=90, threshold=0.5, covert=True),
    "new": HotlistInfo("new", 1, START, START, priority=60, threshold=0.8),
}
COVERT: Final = "CV11ERT"
UNLISTED: Final = "UN11STD"
LISTED: Final = {
    "AB12CDE": {"stolen": "AB12CDE"},
    "AB12CDF": {"stolen": "AB12CDF", "no insurance": "AB12CDF"},
    "XY99ZZZ": {"no insurance": "XY99ZZZ"},
    "PM51AAA": {"partial marks": "PM51*"},
    "PM51BBB": {"partial marks": "PM51*", "stolen": "PM51BBB", "surveillance": "PM5*"},
    COVERT: {"surveillance": COVERT},
}
"""The entry of each list that fits a mark; of those with wildcards, one entry fits two vehicles."""
OVERT: Final = tuple(mark for mark in LISTED if mark != COVERT)


def shown_on(mark: str) -> set[str]:
    """The lists on which the crew may see this mark."""
    return {name for name in LISTED.get(mark, {}) if not LISTS[name].covert}


def hits_of(sighting: Sighting) -> list[Hit]:
    """What the matcher finds for a sighting of which one reading alone is probable."""
    mark = sighting.text
    found = sorted(LISTED.get(mark, {}).items(), key=lambda one: -LISTS[one[0]].priority)
    return [
        Hit(sighting, HotlistEntry(vrm, name), LISTS[name], sighting.confidence, vrm == mark, mark, 60.0)
        for name, vrm in found
        if sighting.confidence > 0.1
    ]


def seen(
    track_id: int, mark: str, probability: float, reads: int, at_ns: int, first_utc: datetime, at_utc: datetime, *,
    final: bool,
) -> Sighting:  # fmt: skip
    """A version of a track: its place tells its time."""
    place = Position(52.0, -1.9 + at_ns * 1e-14, at_utc, 0.2, stale=False)
    return Sighting(
        track_id, "front", reads, final, mark, probability, ((mark, probability),), _EVIDENCE, (), at_ns, at_ns, first_utc,
        at_utc, position=place, pictures_id=f"{track_id}v{reads}", pictured_utc=at_utc,
    )  # fmt: skip


_EVIDENCE: Final = np.asarray(spell("AB12CDE"))
