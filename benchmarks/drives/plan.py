"""Who drives where: the vehicles of a clip, planned so that each is met once and can be read for a while."""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from anpr.errors import InputError
from benchmarks.drives import bodywork
from benchmarks.drives.camera import Camera
from benchmarks.drives.marks import random_mark
from benchmarks.drives.scenery import LANE_M, RoadKind
from benchmarks.drives.truth import MPH
from benchmarks.drives.vehicles import End, Path

Lane = Literal["oncoming", "overtaken", "parked", "following", "crossing"]


@dataclass(frozen=True, slots=True)
class Mover:
    """One vehicle of a clip: its plate, its looks and how it is met.

    `meet_s` is when it is `meet_m` metres in front of the camera; `closing_mph` is the rate at which the distance
    shrinks along the road.
    """

    words: str
    kind: str
    lane: Lane
    closing_mph: float
    meet_s: float
    meet_m: float = 17.0
    body: str = "hatch"
    paint: str = "SILVER"
    band: str = ""
    two_lines: bool = False
    side_m: float = 0.0

    @property
    def end(self) -> End:
        """Which of its plates the camera sees."""
        return "front" if self.lane in {"oncoming", "crossing"} else "rear"

    def path(self, own_mps: float) -> Path:
        """Return its way over the ground, when the camera car drives at `own_mps`."""
        closing = self.closing_mph * MPH
        ahead = own_mps * self.meet_s + self.meet_m + 2.2
        if self.lane == "oncoming":
            return Path(LANE_M + self.side_m, ahead, np.pi, closing - own_mps, sway_m=0.1, start_s=self.meet_s)
        if self.lane == "crossing":
            return Path(1.6 + self.side_m, ahead, np.pi + 0.25, 4.0, 0.22, start_s=self.meet_s)
        x = {"following": 0.0, "parked": -LANE_M - 0.2, "overtaken": -LANE_M}[self.lane] + self.side_m
        speed = 0.0 if self.lane == "parked" else own_mps - closing
        return Path(x, ahead, 0.0, speed, sway_m=0.0 if self.lane == "parked" else 0.12, start_s=self.meet_s)


@dataclass(frozen=True, slots=True)
class Drive:
    """Everything that decides a clip: the same drive gives the same clip."""

    name: str
    seed: int
    movers: tuple[Mover, ...]
    light: str = "day"
    weather: str = "dry"
    later_light: str = ""
    """The light at the end of the clip, when it changes."""
    road: RoadKind = "street"
    own_mph: float = 30.0
    seconds: float = 8.0
    camera: Camera = field(default_factory=Camera)
    exposure_s: float | None = None
    """None: what is usual in that light."""

    def __post_init__(self) -> None:
        """Keep the movers in a tuple, so that the drive cannot change."""
        object.__setattr__(self, "movers", tuple(self.movers))


@dataclass(frozen=True, slots=True)
class ClipSet:
    """A kind of clip: light, weather, road, and ranges of the own and the oncoming closing speed in mph."""

    light: str
    own_mph: tuple[float, float]
    oncoming_mph: tuple[float, float]
    weather: str = "dry"
    road: RoadKind = "street"


SETS: Final[dict[str, ClipSet]] = {
    "day": ClipSet("day", (5, 40), (20, 70)),
    "low_sun": ClipSet("low_sun", (15, 40), (30, 70)),
    "rain": ClipSet("day", (10, 40), (20, 70), weather="rain"),
    "dusk": ClipSet("dusk", (10, 40), (20, 70)),
    "night": ClipSet("night", (10, 35), (20, 60)),
    "infrared": ClipSet("infrared", (10, 40), (20, 70)),
    "fast": ClipSet("day", (60, 75), (90, 150), road="dual"),
    "fast_infrared": ClipSet("infrared", (60, 75), (90, 150), road="dual"),
}


def _mover(rng: np.random.Generator, lane: Lane, closing_mph: float, meet_s: float, meet_m: float = 17.0) -> Mover:
    """Return a vehicle that looks like any other and is met like that."""
    words, kind = random_mark(rng)
    return Mover(
        words,
        kind,
        lane,
        closing_mph,
        meet_s,
        meet_m,
        body=str(rng.choice(["hatch", "saloon", "suv", "van", "lorry"], p=[0.38, 0.2, 0.24, 0.12, 0.06])),
        paint=str(rng.choice(list(bodywork.PAINTS))),
        band=str(rng.choice(["", "", "UK", "GB"])),
        two_lines=bool(rng.random() < 0.04),
        side_m=float(rng.uniform(-0.15, 0.3)),
    )


def plan(set_name: str, index: int, seed: int, seconds: float = 8.0) -> Drive:
    """Return the drive number `index` of a set; `seed` makes another set of the same kind.

    Raises InputError for a set that is not in `SETS`.
    """
    if set_name not in SETS:
        raise InputError(f"there is no set of clips {set_name!r}: choose among {', '.join(SETS)}")
    kind = SETS[set_name]
    rng = np.random.default_rng([seed, index, *set_name.encode()])
    own = float(rng.uniform(*kind.own_mph))
    slowest, fastest = kind.oncoming_mph
    movers: list[Mover] = []
    when = 0.7
    while when < seconds - 0.3:
        closing = float(rng.uniform(max(slowest, own + 3), max(fastest, own + 8)))
        movers.append(_mover(rng, "oncoming", closing, when))
        when += float(rng.uniform(0.7, 1.3)) + 6.0 / (closing * MPH)
    when = float(rng.uniform(0.5, 1.2))
    while when < seconds - 0.4:
        lane: Lane = "overtaken" if kind.road == "dual" or rng.random() < 0.25 else "parked"
        closing = own if lane == "parked" else float(min(rng.uniform(6, 25), own))
        movers.append(_mover(rng, lane, closing, when))
        when += max(8.5 / (closing * MPH), 0.8) * float(rng.uniform(1.0, 1.4)) + (2.0 if lane == "overtaken" else 0.0)
    if rng.random() < 0.35:
        movers.append(_mover(rng, "following", float(rng.uniform(-1, 1)), seconds / 2, float(rng.uniform(11, 19))))
    elif own < 15:
        movers.append(_mover(rng, "crossing", own, seconds * 0.4, 20.0))
    return Drive(
        name=f"{set_name}-{index:03d}",
        seed=int(rng.integers(2**31)),
        movers=tuple(movers),
        light=kind.light,
        weather=kind.weather,
        road=kind.road,
        own_mph=own,
        seconds=seconds,
    )
