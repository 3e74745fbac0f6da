"""Which date may be believed: the tablet's clock, held against what is known to have passed already.

A tablet's clock can be wrong by decades: an empty battery, a wrong setting, a receiver whose week number rolled over. Whatever
cannot be undone (erasing, weeding) waits then, and goes by the latest time that was trusted. What counts as knowledge:

- what has passed: the latest trusted time, kept over restarts, and the monotonic clock since;
- satellites: the receiver's time, brought up to now by the monotonic clock. Receivers count weeks modulo 1,024 (IS-GPS-200,
  20.3.3.3.1.1), so one that is old tells a date 19.6 years too early; such a date is corrected by whole rounds;
- a back office's signed time, which says that it is at least so late.

The clock is trusted while it is not before what has passed, agrees with the satellites where they are heard, and has not jumped
ahead of what has passed by more than `MOST_UNSEEN` without satellites or a back office that bear it out.
"""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from anpr.clock import Clock

EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""It was never earlier than this for any car with this program."""

TOLERANCE: Final = timedelta(seconds=60)
"""How far the tablet's clock may lie behind what is known to have passed, or off the satellites, and still be trusted."""

MOST_UNSEEN: Final = timedelta(days=3)
"""A car that stood longer than this without being switched on needs satellites or a back office to be sure of its date."""

GPS_ROUND: Final = timedelta(weeks=1024)
"""A satellite receiver's weeks start again from 0 after so long."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What is known of the date.

    `at_utc` is the tablet's time if it is `trusted`, else the latest time that was; `why` tells what is wrong, empty
    while it is trusted.
    """

    at_utc: datetime
    trusted: bool
    why: str = ""


class TrustedTime:
    """Judges the tablet's clock; any thread may ask and tell.

    `latest_utc` is the latest trusted time of earlier runs, None if there was none. `gps` returns the receiver's newest dated
    time as (utc, monotonic ns at its receipt), or None.
    """

    def __init__(
        self,
        clock: Clock,
        latest_utc: datetime | None = None,
        gps: Callable[[], tuple[datetime, int] | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._gps = gps
        self._is_first_run = latest_utc is None
        self._latest = max(latest_utc or EARLIEST, EARLIEST)
        self._latest_ns = clock.monotonic_ns()
        self._lock = Lock()

    def bear_out(self, signed_utc: datetime) -> None:
        """Take in a back office's signed time, just received: it is at least so late, and hardly much later."""
        with self._lock:
            self._pass(self._clock.monotonic_ns())
            self._latest = max(self._latest, signed_utc)

    def confirm(self) -> None:
        """Take the tablet's clock as it stands for right: somebody who may say so has looked at it."""
        with self._lock:
            self._latest, self._latest_ns = max(self._clock.utc(), EARLIEST), self._clock.monotonic_ns()
            self._is_first_run = False

    def look(self) -> Dated:
        """Return what is known of the date now."""
        with self._lock:
            wall, now_ns = self._clock.utc(), self._clock.monotonic_ns()
            self._pass(now_ns)
            why = self._doubt(wall, now_ns)
            if why:
                return Dated(self._latest, trusted=False, why=why)
            self._latest = max(self._latest, wall)
            self._is_first_run = False
            return Dated(wall, trusted=True)

    def utc(self) -> datetime:
        """Return the tablet's time while it is trusted, else the latest time that was."""
        return self.look().at_utc

    def doubt(self) -> datetime | None:
        """Return the latest time that was sure while the tablet's clock is not to be trusted, else None."""
        look = self.look()
        return None if look.trusted else look.at_utc

    @property
    def latest_utc(self) -> datetime:
        """The latest time that is known to have passed: to be kept for the next run."""
        self.look()
        return self._latest

    def gps_offset_s(self) -> float | None:
        """Return the satellites' time less the tablet's in seconds, brought up to now; None when there is none to trust."""
        with self._lock:
            wall, now_ns = self._clock.utc(), self._clock.monotonic_ns()
            self._pass(now_ns)
            gps = self._satellites(wall, now_ns)
            return None if gps is None else (gps - wall).total_seconds()

    def _pass(self, now_ns: int) -> None:
        """Let the latest trusted time go on with the monotonic clock."""
        self._latest += timedelta(seconds=max(0, now_ns - self._latest_ns) * 1e-9)
        self._latest_ns = now_ns

    def _doubt(self, wall: datetime, now_ns: int) -> str:
        gps = self._satellites(wall, now_ns)
        if gps is not None:
            if abs(gps - wall) <= TOLERANCE:
                return ""
            self._latest = max(self._latest, gps)
            return f"the tablet's clock is {_span(wall - gps)} the satellites' time"
        if wall < self._latest - TOLERANCE:
            return f"the tablet's clock is {_span(wall - self._latest)} what was recorded already"
        if wall > self._latest + MOST_UNSEEN and not self._is_first_run:
            return f"the tablet's clock is {_span(wall - self._latest)} the last time that was sure"
        return ""

    def _satellites(self, wall: datetime, now_ns: int) -> datetime | None:
        """Return the receiver's time, brought up to now and corrected by rounds of its weeks; None for one that cannot be."""
        heard = self._gps()
        if heard is None:
            return None
        at_utc, heard_ns = heard
        at_utc += timedelta(seconds=max(0, now_ns - heard_ns) * 1e-9)
        least = self._latest - TOLERANCE
        while at_utc < least and at_utc + GPS_ROUND <= max(wall, self._latest) + MOST_UNSEEN:
            at_utc += GPS_ROUND
        return at_utc if at_utc >= least else None


def read_latest(path: Path) -> datetime | None:
    """Return the latest trusted time that was kept in the file; None for a file that is missing or in pieces."""
    try:
        kept = datetime.fromisoformat(path.read_text("ascii").strip())
    except (OSError, ValueError):
        return None
    return kept if kept.tzinfo is not None else None


def keep_latest(path: Path, latest_utc: datetime) -> None:
    """Keep the latest trusted time for the next run, whole or not at all; a disk that is full keeps the one before."""
    part = path.with_name(path.name + ".part")
    with contextlib.suppress(OSError):
        with part.open("w", encoding="ascii") as file:
            file.write(latest_utc.isoformat() + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


def _span(difference: timedelta) -> str:
    """Return how far a time lies off another, in words."""
    seconds = abs(difference.total_seconds())
    for unit, length in (("year", 365.25 * 86400), ("day", 86400.0), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= length:
            count = int(seconds / length)
            words = f"{count} {unit}{'s' if count != 1 else ''}"
            break
    else:
        words = f"{seconds:.0f} seconds"
    return f"{words} {'ahead of' if difference > timedelta() else 'behind'}"
