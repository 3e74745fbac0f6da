"""The demonstration's drive: the car stands, drives along a road, stands again, as a GPS receiver would tell it."""

import math
import threading
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final

from anpr.clock import Clock
from anpr.geodesy import great_circle_m

STANDS_S: Final = 30.0
DRIVES_S: Final = 30.0
"""Seconds that the car stands, and that it then drives, in turn; two playings of the shipped clip each."""

SPEED_MPS: Final = 18.0
RAMP_MPS2: Final = 3.0
"""40 mph, reached and left at the pace of a car in traffic."""

ROAD: Final = ((51.7549, -0.3577), (51.7640, -0.3655), (51.7718, -0.3722), (51.7801, -0.3807), (51.7893, -0.3912))
"""Points (latitude, longitude in degrees) along the A5183 out of St Albans, which has the fields of view of the clip; the
car goes up and down it."""

EVERY_S: Final = 0.5
"""Seconds between two positions."""

_READ_S: Final = 0.25
_KNOTS: Final = 3600 / 1852


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the car is: degrees, metres a second, degrees clockwise from north."""

    latitude_deg: float
    longitude_deg: float
    speed_mps: float
    heading_deg: float


def speed_at(second: float) -> float:
    """Return the speed in metres a second, `second` seconds after the script began; before that the car stands."""
    driven = second % (STANDS_S + DRIVES_S) - STANDS_S if second > 0 else -1.0
    if driven <= 0:
        return 0.0
    return min(SPEED_MPS, RAMP_MPS2 * driven, RAMP_MPS2 * (DRIVES_S - driven))


def seconds_to_change(second: float) -> float:
    """Return how long the car still stands, or drives, in seconds."""
    within = max(second, 0.0) % (STANDS_S + DRIVES_S)
    return (STANDS_S if within < STANDS_S else STANDS_S + DRIVES_S) - within


def driven_m(second: float) -> float:
    """Return the metres driven since the script began."""
    if second <= 0:
        return 0.0
    rounds, within = divmod(second, STANDS_S + DRIVES_S)
    return rounds * _driven_in(DRIVES_S) + _driven_in(within - STANDS_S)


def _driven_in(driving_s: float) -> float:
    """Return the metres of one drive after so many seconds of it: speed up, keep the speed, slow down."""
    ramp_s = SPEED_MPS / RAMP_MPS2
    up = min(max(driving_s, 0.0), ramp_s)
    level = min(max(driving_s - ramp_s, 0.0), DRIVES_S - 2 * ramp_s)
    down = min(max(driving_s - (DRIVES_S - ramp_s), 0.0), ramp_s)
    return RAMP_MPS2 * up**2 / 2 + SPEED_MPS * level + SPEED_MPS * down - RAMP_MPS2 * down**2 / 2


def moment_at(second: float) -> Moment:
    """Return where the car is, `second` seconds after the script began."""
    legs = [great_circle_m(*here, *there) for here, there in pairwise(ROAD)]
    whole = sum(legs)
    along = driven_m(second) % (2 * whole)
    back = along > whole
    left = 2 * whole - along if back else along
    for leg, (here, there) in zip(legs, pairwise(ROAD), strict=True):
        if left <= leg or there is ROAD[-1]:
            share = min(left / leg, 1.0)
            north, east = there[0] - here[0], (there[1] - here[1]) * math.cos(math.radians(here[0]))
            heading = math.degrees(math.atan2(east, north)) + (180.0 if back else 0.0)
            place = (here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1]))
            return Moment(*place, speed_at(second), heading % 360.0)
        left -= leg
    raise AssertionError("the road has at least one leg")


def sentences(moment: Moment, now_utc: datetime) -> bytes:
    """Return the moment as the two sentences that a receiver sends most: RMC and GGA."""
    north, east = _degrees(moment.latitude_deg, 2, "NS"), _degrees(moment.longitude_deg, 3, "EW")
    time = f"{now_utc:%H%M%S}.{now_utc.microsecond // 10_000:02d}"
    speed, way = f"{moment.speed_mps * _KNOTS:.1f}", f"{moment.heading_deg:.1f}"
    return _with_sum(f"GPRMC,{time},A,{north},{east},{speed},{way},{now_utc:%d%m%y},,,S") + _with_sum(
        f"GPGGA,{time},{north},{east},8,09,0.9,95.0,M,47.0,M,,"
    )


def _degrees(value: float, digits: int, letters: str) -> str:
    whole, part = divmod(abs(value), 1.0)
    return f"{int(whole):0{digits}d}{part * 60:07.4f},{letters[value < 0]}"


def _with_sum(text: str) -> bytes:
    check = 0
    for byte in text.encode("ascii"):
        check ^= byte
    return f"${text}*{check:02X}\r\n".encode("ascii")


@dataclass(slots=True)
class DemoDrive:
    """The script of one demonstration, and the port on which its receiver speaks; `begin` starts it."""

    clock: Clock
    _begun_ns: int | None = None
    _closed: threading.Event = field(default_factory=threading.Event)
    _due_ns: int = 0

    @property
    def second(self) -> float:
        """Seconds since the script began; 0 before."""
        return 0.0 if self._begun_ns is None else (self.clock.monotonic_ns() - self._begun_ns) * 1e-9

    @property
    def words(self) -> str:
        """What the car does and which view that shows, in one line."""
        left = math.ceil(seconds_to_change(self.second))
        if speed_at(self.second) > 0:
            return f"The car drives: driver view. It stands again in {left} s."
        return f"The car stands: full view. It drives off in {left} s."

    def begin(self) -> None:
        """Begin the script."""
        self._begun_ns = self.clock.monotonic_ns()

    def read_some(self) -> bytes:
        """Return the next sentences when they are due, or nothing after a quarter of a second."""
        wait_s = (self._due_ns - self.clock.monotonic_ns()) * 1e-9
        if wait_s > 0:
            self.clock.wait(self._closed, min(wait_s, _READ_S))
        if self.clock.monotonic_ns() < self._due_ns:
            return b""
        self._due_ns = self.clock.monotonic_ns() + round(EVERY_S * 1e9)
        return sentences(moment_at(self.second), self.clock.utc())

    def close(self) -> None:
        """End a wait in `read_some`."""
        self._closed.set()
