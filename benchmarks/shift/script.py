"""What happens in a shift: who passes when, who is listed, where the car is, what fails, what the officer does.

The same seed gives the same script. Times are seconds of the shift; marks are made up.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from typing import Final

import numpy as np

from anpr.geodesy import great_circle_m
from benchmarks.drives.truth import MPH

METRES_PER_DEGREE: Final = 111_320.0
START: Final = (51.75200, -0.33600)
HEADING_DEG: Final = 45.0
OWN_MPH: Final = 20.0
PASS_S: Final = 2.6
"""How long a pass is played."""
MEET_S: Final = 1.8
ENCOUNTER_S: Final = 60.0
"""A vehicle that was not seen for so long is met anew, as lists are set by default."""
STOP_LIST, INTEREST_LIST, COVERT_LIST = "Stop", "Interest", "Observed"


class Role(StrEnum):
    """What a vehicle is to the lists."""

    LISTED = "listed"
    LOOK_ALIKE = "look-alike"
    COVERT = "covert"
    TYPED_LATER = "typed later"
    OTHER = "other"


class Act(StrEnum):
    """What the officer does about an alert."""

    NOTHING = "nothing"
    SEEN = "seen"
    CONFIRM = "confirmed"
    WRONG_PLATE = "wrong_plate"
    NO_ACTION = "no_action"


class Event(StrEnum):
    """What else happens."""

    GPS_LOST = "GPS lost"
    CAMERA_LOST = "camera lost"
    KILL = "engine killed"
    TYPE_ENTRY = "entry typed"


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle: its mark as drawn, its looks, and the list on which it is (empty: none)."""

    words: str
    kind: str
    body: str
    paint: str
    role: Role
    list_name: str = ""

    @property
    def vrm(self) -> str:
        """The mark without its space."""
        return self.words.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Pass:
    """Vehicles that pass the car's camera together; `act` is for the alert of the first."""

    number: int
    at_s: float
    vehicles: tuple[Vehicle, ...]
    moving: bool
    act: Act = Act.NOTHING
    act_after_s: float = 6.0
    seconds: float = PASS_S


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the shift in which the car stands, or drives at `OWN_MPH`."""

    from_s: float
    to_s: float
    moving: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """An event and how long it lasts; `vehicle` is whose entry is typed."""

    event: Event
    at_s: float
    lasts_s: float = 0.0
    vehicle: Vehicle | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A whole shift."""

    seed: int
    length_s: float
    phases: tuple[Phase, ...]
    passes: tuple[Pass, ...]
    happenings: tuple[Happening, ...]

    @property
    def vehicles(self) -> tuple[Vehicle, ...]:
        """Every vehicle once, in the order in which they pass."""
        return tuple(dict.fromkeys(vehicle for one in self.passes for vehicle in one.vehicles))

    def moving_at(self, at_s: float) -> bool:
        """Return whether the car drives then."""
        return any(phase.moving for phase in self.phases if phase.from_s <= at_s < phase.to_s)

    def place_at(self, at_s: float) -> tuple[float, float]:
        """Return latitude and longitude of the car then, in degrees."""
        driven_s = sum(max(min(at_s, p.to_s) - p.from_s, 0.0) for p in self.phases if p.moving)
        way_m = driven_s * OWN_MPH * MPH
        north, east = np.cos(np.radians(HEADING_DEG)) * way_m, np.sin(np.radians(HEADING_DEG)) * way_m
        latitude = START[0] + north / METRES_PER_DEGREE
        return float(latitude), float(START[1] + east / (METRES_PER_DEGREE * np.cos(np.radians(latitude))))

    def is_from(self, place: tuple[float, float], at_s: float) -> float:
        """Return how many metres a place is from where the car was then."""
        return great_circle_m(*self.place_at(at_s), *place)


_PAIRS: Final = (
    # listed mark, its look-alike: lawful both, one character apart
    ("B8 KLM", "88 KLM"), ("Q846 HTR", "D846 HTR"), ("EX46 CDG", "FX46 CDG"), ("MA95 KVS", "NA95 KVS"), ("FT98 AEK", "FT96 AEK"),
    ("DK49 PYU", "DK49 PVU"), ("SV44 HKO", "SV44 HKD"), ("GY97 RBC", "GY97 RBG"), ("LB45 RFE", "LB45 PFE"),
    ("WR94 NDX", "WR94 NDK"), ("HC48 XRJ", "HC46 XRJ"), ("YD99 BUC", "VD99 BUC"),
)  # fmt: skip
_OTHERS: Final = (
    "KN47 WTE", "PO98 GWH", "RJ47 SLB", "TN94 DAA", "AE45 LWP", "CK96 HSY", "NV44 JGT", "OU97 ECM", "BL49 TFA", "SD95 KRL",
    "GX48 MPY", "EA46 WNJ", "LM99 YTS", "YK94 CEH",
)  # fmt: skip
COVERT_WORDS: Final = "RA47 ZED"
TYPED_WORDS: Final = "PF96 LSU"
_LOOKS: Final = (
    ("hatch", "SILVER"),
    ("saloon", "BLUE"),
    ("suv", "BLACK"),
    ("van", "WHITE"),
    ("hatch", "RED"),
    ("saloon", "GREY"),
)
_ACTS_STANDING: Final = (Act.CONFIRM, Act.NOTHING, Act.WRONG_PLATE, Act.SEEN, Act.NO_ACTION)
_ACTS_MOVING: Final = (Act.SEEN, Act.NOTHING)


_WHAT_HAPPENS: Final = (
    (Event.GPS_LOST, 0.36, 24.0), (Event.KILL, 0.55, 0.0), (Event.CAMERA_LOST, 0.75, 10.0), (Event.TYPE_ENTRY, 0.25, 0.0),
)  # fmt: skip
"""Each with its share of the shift and how long it lasts, in seconds."""


def _vehicle(words: str, number: int, role: Role, list_name: str = "") -> Vehicle:
    body, paint = _LOOKS[number % len(_LOOKS)]
    letters = words.partition(" ")[0]
    kind = "dateless" if letters.isdecimal() else "current" if len(letters) == 4 and letters[1].isalpha() else "prefix"
    return Vehicle(words, kind, body, paint, role, list_name)


def full_script(seed: int = 1) -> Script:
    """Return the shift of an hour: 40 vehicles, 12 of them listed, 4 of which come back, and everything that fails."""
    return _arranged(seed, 3600.0, 10, listed=12, others=14, together=3)


def quick_script(seed: int = 1) -> Script:
    """Return twelve minutes of script, four of real time: six vehicles and everything that fails."""
    return _arranged(seed, 720.0, 3, listed=2, others=0, together=1)


def shortest_script(seed: int = 1) -> Script:
    """Return one listed vehicle and its look-alike, standing: what a test has time for."""
    (words, other), length_s = _PAIRS[2], 24.0
    passes = (
        Pass(0, 6.0, (_vehicle(words, 2, Role.LISTED, STOP_LIST),), moving=False, act=Act.NO_ACTION, act_after_s=4.0),
        Pass(1, 16.0, (_vehicle(other, 2, Role.LOOK_ALIKE),), moving=False),
    )
    return Script(seed, length_s, (Phase(0.0, length_s, moving=False),), passes, ())


def _arranged(seed: int, length_s: float, phases: int, *, listed: int, others: int, together: int) -> Script:
    chance = np.random.default_rng(seed)
    each_s = length_s / phases
    stretches = tuple(Phase(n * each_s, (n + 1) * each_s, moving=n % 2 == 1) for n in range(phases))
    known = [
        _vehicle(a, n, Role.LISTED, STOP_LIST if n % 3 else INTEREST_LIST) for n, (a, _) in enumerate(_PAIRS[:listed])
    ]
    alike = [_vehicle(b, n, Role.LOOK_ALIKE) for n, (_, b) in enumerate(_PAIRS[:listed])]
    covert, typed = _vehicle(COVERT_WORDS, 3, Role.COVERT, COVERT_LIST), _vehicle(TYPED_WORDS, 1, Role.TYPED_LATER)
    groups: list[tuple[Vehicle, ...]] = [(a, b) for a, b in zip(known[:together], alike[:together], strict=True)]
    groups += [(one,) for one in (*known[together:], *alike[together:])]
    groups += [(_vehicle(words, n, Role.OTHER),) for n, words in enumerate(_OTHERS[:others])]
    chance.shuffle(groups)
    groups = [(typed,), *groups[: len(groups) // 2], (covert,), *groups[len(groups) // 2 :]]
    slot_s = length_s / (len(groups) + 1)
    passes: list[tuple[float, tuple[Vehicle, ...]]] = []
    for number, group in enumerate(groups):
        at_s = (number + 0.6) * slot_s + float(chance.uniform(0, 0.2)) * slot_s
        passes.append((_within(stretches, at_s), group))
    passes += _returns(stretches, passes, min(4, listed), length_s)
    made: list[Pass] = []
    acts = {True: cycle(_ACTS_MOVING), False: cycle(_ACTS_STANDING)}
    for number, (at_s, group) in enumerate(sorted(passes, key=lambda one: one[0])):
        moving = any(phase.moving for phase in stretches if phase.from_s <= at_s < phase.to_s)
        again = any(one.vehicles[0] is group[0] and at_s - one.at_s < ENCOUNTER_S for one in made)
        # within its encounter the first alert takes the second pass in
        act = next(acts[moving]) if group[0].role is Role.LISTED and not again else Act.NOTHING
        made.append(Pass(number, at_s, group, moving, act, seconds=PASS_S + 1.2 * (len(group) - 1)))
    return Script(seed, length_s, stretches, tuple(made), _happenings(stretches, length_s, typed, made))


def _within(stretches: tuple[Phase, ...], at_s: float) -> float:
    """Return a time near this one at which the car has long stood or driven, and will for a while."""
    for phase in stretches:
        if phase.from_s <= at_s < phase.to_s:
            return min(max(at_s, phase.from_s + 14.0), phase.to_s - 46.0)
    return at_s


def _returns(
    stretches: tuple[Phase, ...], passes: list[tuple[float, tuple[Vehicle, ...]]], count: int, length_s: float
) -> list[tuple[float, tuple[Vehicle, ...]]]:
    """Return when listed vehicles come back: by turns within their encounter and long after it."""
    listed = [
        (at_s, group[0]) for at_s, group in sorted(passes, key=lambda one: one[0]) if group[0].role is Role.LISTED
    ]
    found: list[tuple[float, tuple[Vehicle, ...]]] = []
    for number, (at_s, vehicle) in enumerate(listed[:count]):
        again_s = at_s + 24.0 if number % 2 == 0 else _within(stretches, min(at_s + 0.3 * length_s, length_s - 60.0))
        taken = [other_s for other_s, _ in (*passes, *found)]
        while any(abs(other_s - again_s) < 12.0 for other_s in taken if other_s != at_s):
            again_s += 4.0
        found.append((again_s, (vehicle,)))
    return found


def _leaves_one(one: Pass) -> bool:
    """Return whether a pass leaves an alert that nobody decides."""
    return one.vehicles[0].role is Role.LISTED and one.act in {Act.NOTHING, Act.SEEN}


def _happenings(
    stretches: tuple[Phase, ...], length_s: float, typed: Vehicle, passes: list[Pass]
) -> tuple[Happening, ...]:
    """Return what fails: near its share of the shift, where nobody passes; the GPS on the way, all else standing."""
    found: list[Happening] = []
    for event, share, lasts_s in _WHAT_HAPPENS:
        ways = [phase for phase in stretches if phase.moving is (event is Event.GPS_LOST)]
        after_typed_s = max((one.at_s for one in passes if one.vehicles[0] is typed), default=0.0) + 20.0
        undecided_s = min((one.at_s + 20.0 for one in passes if _leaves_one(one)), default=0.0)
        free = [
            float(at_s)
            for phase in ways
            for at_s in range(int(phase.from_s) + 12, int(phase.to_s - lasts_s) - 20)
            if all(at_s - one.at_s > 14.0 or one.at_s - at_s > lasts_s + 16.0 for one in passes)
            and all(abs(at_s - one.at_s) > lasts_s + one.lasts_s + 20.0 for one in found)
            and (event is not Event.TYPE_ENTRY or at_s > after_typed_s)
            and (event is not Event.KILL or at_s > undecided_s)
        ]
        if free:
            at_s = min(free, key=lambda at_s: abs(at_s - share * length_s))
            found.append(Happening(event, at_s, lasts_s, typed if event is Event.TYPE_ENTRY else None))
    return tuple(sorted(found, key=lambda one: one.at_s))
