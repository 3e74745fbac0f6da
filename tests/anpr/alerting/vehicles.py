"""The vehicles and lists of a random shift: what a read of each mark hits, on which lists, and how a camera sees it."""

from datetime import UTC, datetime
from typing import Final

import numpy as np

from anpr.evidence import spell
from anpr.hidden import SYMBOL
from anpr.values import Hidden, Hit, HotlistEntry, HotlistInfo, Position, Sighting
from anpr.vrm import fold

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


def fits(mark: str) -> set[str]:
    """What tells the vehicles that a mark may be whose last character is hidden."""
    alike = [other for other in OVERT if other[:-1] == mark[:-1]]
    of_patterns = (
        {fold(f"{mark[:-1]}{SYMBOL}")} if any(set(v) & {"*"} for m in alike for v in LISTED[m].values()) else set()
    )
    return {fold(other) for other in alike if shown_on(other) - {"partial marks"}} | of_patterns


def possible_hits_of(sighting: Sighting, mark: str) -> list[Hit]:
    """What the matcher finds for a sighting of this mark whose last character is hidden: all marks that fit."""
    chance = sighting.confidence
    marks = [mark, *(other for other in LISTED if other != mark and other[:-1] == mark[:-1])]
    reading = f"{mark[:-1]}{SYMBOL}"
    found = [(name, vrm, number) for number, one in enumerate(marks) for name, vrm in LISTED.get(one, {}).items()]
    made = {
        (name, vrm): Hit(
            sighting, HotlistEntry(vrm, name), LISTS[name], chance * (0.3 if number else 0.4), False, reading, 60.0,
            possible=True, offer=2.0 * chance,
        )
        for name, vrm, number in reversed(found)
    }  # fmt: skip
    return sorted(made.values(), key=lambda hit: (-hit.hotlist.priority, -hit.probability))


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
    final: bool, hides: bool = False,
) -> Sighting:  # fmt: skip
    """A version of a track: its place tells its time. `hides`: the last character of its mark."""
    text = mark[:-1] if hides else mark
    place = Position(52.0, -1.9 + at_ns * 1e-14, at_utc, 0.2, stale=False)
    return Sighting(
        track_id, "front", reads, final, text, probability, ((text, probability),), _EVIDENCE, (), at_ns, at_ns, first_utc,
        at_utc, position=place, pictures_id=f"{track_id}v{reads}", pictured_utc=at_utc,
        hidden=(Hidden(len(text), 0.9),) if hides else (),
    )  # fmt: skip


_EVIDENCE: Final = np.asarray(spell("AB12CDE"))
