"""What happens on a day: events drawn at random by a seed, when each begins, how long it lasts, what must be said of it.

What an event demands of the product stands in one table, `RULES`. Times are in seconds of the car; a fault's own times are
those of `anpr.faults`, the rest is what finds and clears it, with room for the steps in which time passes here.
"""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from anpr.faults import FaultKind

FULL_DAY_S: Final = 86_400.0
FULL_EVENTS: Final = 200
"""Shorter scripts have the same share of the day for each event."""
READING_S: Final = 5.0
"""Reading must have gone on so long after whatever stopped it is gone."""
SYNC_S: Final = 20.0
"""How often the pretend car asks for its lists."""
CLOCK_MARK: Final = "the clock's mark"


class Group(StrEnum):
    """What an event concerns; two at the same time are of two groups."""

    CAMERA = "camera"
    DATE = "date"
    """Clock and satellites: what is known of one depends on the other."""
    DISK = "disk"
    LISTS = "lists"
    ENGINE = "engine"


class Event(StrEnum):
    """What can happen."""

    CAMERA_DIES = "camera dies"
    CAMERA_FREEZES = "camera freezes"
    CAMERA_BLACK = "camera goes black"
    CAMERA_GARBAGE = "camera sends garbage"
    CAMERA_CUT = "camera sends pictures cut to a third"
    CAMERA_SLOW = "camera sends a picture in three seconds"
    GPS_NO_FIX = "GPS without a fix"
    GPS_SILENT = "GPS silent"
    GPS_ROLLOVER = "GPS week rollover"
    CLOCK_YEARS = "clock wrong by years"
    CLOCK_MINUTES = "clock wrong by minutes"
    CLOCK_BACK = "clock set back by days"
    SUSPEND = "suspend, monotonic clock counts it"
    SUSPEND_STILL = "suspend, monotonic clock stands"
    DISK_FULL = "disk full"
    DISK_LOW = "disk nearly full"
    SYNC_CUT = "synced list: manifest cut"
    SYNC_FORGED = "synced list: wrong signature"
    SYNC_GIBBERISH = "synced list: wrong format"
    SYNC_HALF = "synced list: file half written"
    IMPORT_CUT = "imported list: cut"
    IMPORT_GIBBERISH = "imported list: wrong format"
    IMPORT_SHORT = "imported list: a tenth of it"
    LIST_COMES = "list arrives"
    LIST_WITHDRAWN = "list withdrawn"
    KILL = "engine killed"
    KILL_PASSING = "engine killed while a vehicle passes"
    RESTART = "engine stopped and started"
    HANG_UP = "terminal hangs up, engine started again"
    OUTPUT_CLOSED = "whoever read the output goes away"
    BUSY = "machine busy"
    RECORDS_DAMAGED = "records file damaged"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for an event.

    One of `faults` must be told within `tell_s` of its beginning, none if it is empty; all of them must be over within
    `clear_s` of its end. `blinds`: nothing need be read meanwhile. `lasts_s` is the range of its length, `weight` how often it
    is drawn.
    """

    group: Group
    faults: frozenset[str] = frozenset()
    tell_s: float = 0.0
    clear_s: float = 0.0
    lasts_s: tuple[float, float] = (0.0, 0.0)
    blinds: bool = False
    weight: float = 1.0


def _ids(*kinds: FaultKind) -> frozenset[str]:
    return frozenset(kind.id for kind in kinds)


def _camera(*kinds: FaultKind, tell_s: float = 5.0, weight: float = 1.0) -> Rule:
    return Rule(Group.CAMERA, _ids(*kinds), tell_s, 12.0, (tell_s + 3, tell_s + 20), blinds=True, weight=weight)


_SILENT: Final = (
    FaultKind.CAMERA_SILENT, FaultKind.CAMERA_UNREACHABLE, FaultKind.CAMERA_UNPLUGGED, FaultKind.CAMERA_WRONG_ADDRESS,
)  # fmt: skip
_GPS: Final = (FaultKind.GPS_SILENT, FaultKind.GPS_NO_FIX)
_DISK: Final = (FaultKind.DISK_FULL, FaultKind.RECORDS_UNWRITABLE)
_WRONG: Final = frozenset((CLOCK_MARK,))
_SYNC: Final = Rule(
    Group.LISTS,
    _ids(FaultKind.HOTLIST_SYNC_FAILED, FaultKind.HOTLIST_UNTRUSTED),
    SYNC_S * 1.2 + 30,
    SYNC_S * 1.2 + 35,
    (60.0, 80.0),
    weight=0.8,
)
_DATE: Final = Rule(Group.DATE, _WRONG, 5.0, 5.0, (15.0, 60.0))

RULES: Final[dict[Event, Rule]] = {
    Event.CAMERA_DIES: _camera(*_SILENT, weight=2.0),
    Event.CAMERA_FREEZES: _camera(FaultKind.CAMERA_FROZEN, tell_s=16.0),
    Event.CAMERA_BLACK: _camera(FaultKind.CAMERA_BLACK),
    Event.CAMERA_GARBAGE: _camera(FaultKind.CAMERA_DAMAGED, FaultKind.CAMERA_FAILED, *_SILENT, tell_s=8.0),
    Event.CAMERA_CUT: _camera(FaultKind.CAMERA_DAMAGED, tell_s=8.0),
    Event.CAMERA_SLOW: _camera(FaultKind.CAMERA_SILENT, tell_s=8.0),
    Event.GPS_NO_FIX: Rule(Group.DATE, _ids(*_GPS), 12.0, 10.0, (15.0, 60.0)),
    Event.GPS_SILENT: Rule(Group.DATE, _ids(*_GPS), 15.0, 15.0, (18.0, 60.0)),
    Event.GPS_ROLLOVER: Rule(Group.DATE, lasts_s=(15.0, 60.0)),
    Event.CLOCK_YEARS: _DATE,
    Event.CLOCK_MINUTES: _DATE,
    Event.CLOCK_BACK: _DATE,
    Event.SUSPEND: Rule(Group.DATE),
    Event.SUSPEND_STILL: Rule(Group.DATE),
    Event.DISK_FULL: Rule(Group.DISK, _ids(*_DISK), 30.0, 40.0, (35.0, 60.0), weight=2.0),
    Event.DISK_LOW: Rule(Group.DISK, _ids(*_DISK), 30.0, 40.0, (35.0, 60.0)),
    Event.SYNC_CUT: _SYNC,
    Event.SYNC_FORGED: _SYNC,
    Event.SYNC_GIBBERISH: _SYNC,
    Event.SYNC_HALF: _SYNC,
    Event.IMPORT_CUT: Rule(Group.LISTS, weight=0.5),
    Event.IMPORT_GIBBERISH: Rule(Group.LISTS, weight=0.5),
    Event.IMPORT_SHORT: Rule(Group.LISTS, weight=0.5),
    Event.LIST_COMES: Rule(Group.LISTS, lasts_s=(SYNC_S * 1.2 + 30, SYNC_S * 1.2 + 45)),
    Event.LIST_WITHDRAWN: Rule(Group.LISTS, lasts_s=(SYNC_S * 1.2 + 30, SYNC_S * 1.2 + 45)),
    Event.KILL: Rule(Group.ENGINE, blinds=True, weight=1.5),
    Event.KILL_PASSING: Rule(Group.ENGINE, blinds=True, weight=1.5),
    Event.RESTART: Rule(Group.ENGINE, blinds=True),
    Event.HANG_UP: Rule(Group.ENGINE, blinds=True),
    Event.OUTPUT_CLOSED: Rule(
        Group.ENGINE, _ids(FaultKind.OUTPUT_FAILED), 20.0, 0.0, (25.0, 40.0)
    ),  # with the next line
    Event.BUSY: Rule(Group.ENGINE, weight=0.5),
    Event.RECORDS_DAMAGED: Rule(Group.ENGINE, weight=0.5),
}


APART: Final = frozenset((Group.DISK, Group.LISTS))
"""Groups that are never one upon the other: a full disk takes no list."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An event of the script: it begins `at_s` of the day and lasts `lasts_s`; `chance` in [0, 1) settles its particulars."""

    number: int
    event: Event
    at_s: float
    lasts_s: float
    chance: float

    @property
    def rule(self) -> Rule:
        """What holds for it."""
        return RULES[self.event]

    @property
    def ends_s(self) -> float:
        """When its cause is gone."""
        return self.at_s + self.lasts_s


def draw(seed: int, events: int, *, brief: bool = False) -> tuple[Planned, ...]:
    """Return the script of a seed, in order of time; the same for the same seed and number of events.

    In a `brief` one every event lasts as short as it may.

    Every kind comes once before any comes more often by its weight. An event in four begins while the one before it, of
    another group, still holds.
    """
    chance = random.Random(f"day {seed} {events}")
    kinds = list(RULES)
    chance.shuffle(kinds)
    kinds = (kinds + chance.choices(kinds, [RULES[one].weight for one in kinds], k=max(events - len(kinds), 0)))[
        :events
    ]
    chance.shuffle(kinds)
    gap_s = FULL_DAY_S / FULL_EVENTS
    made: list[Planned] = []
    for number, kind in enumerate(kinds):
        rule = RULES[kind]
        at_s = (number + chance.uniform(0.1, 0.35)) * gap_s
        before = made[-1] if made else None
        if before is not None and chance.random() < 0.25 and may_overlap(before, rule.group):
            at_s = before.at_s + before.lasts_s * 0.5
        lasts_s = rule.lasts_s[0] if brief else chance.uniform(*rule.lasts_s)
        made.append(Planned(number, kind, round(at_s, 1), round(lasts_s, 1), chance.random()))
    return tuple(made)


def may_overlap(before: Planned, group: Group) -> bool:
    """Return whether an event of the group may begin while the one before it still holds."""
    groups = {before.rule.group, group}
    return before.lasts_s > 10 and len(groups) == 2 and groups != APART
