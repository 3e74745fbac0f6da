"""The clock of a day: that of the shift, whose date can be set wrong, and in which the engine tells how far it has come."""

import mmap
import struct
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final

from benchmarks.shift.clock import Count, ShiftClock

_SLOT: Final = struct.Struct("<q")
_FIRST: Final = 2 + len(Count)
_JUMP: Final = _FIRST
_SLEPT: Final = _FIRST + 1
_LOOK_S: Final = 0.003
"""Whoever waits looks so often: a day has some ten thousand steps, and each of them is waited for."""


class Told(IntEnum):
    """What the engine tells beside the counts of the shift: its number is its place in the file."""

    LOOKED_NS = _FIRST + 2
    """When the watch over cameras, GPS and lists last looked."""
    TURNED_NS = _FIRST + 3
    """When perception last looked for a frame."""
    READ_NS = _FIRST + 4
    """When the frame that perception is done with had been grabbed."""
    READY = _FIRST + 5
    LEFT_OUT = _FIRST + 6
    """Frames that the governor left out, of this start."""
    PROCESSED = _FIRST + 7
    SENTENCES = _FIRST + 8
    """Sentences of the GPS receiver that were taken in, of this start."""


@dataclass(frozen=True, slots=True)
class DayClock(ShiftClock):
    """Implements `anpr.clock.Clock`; `monotonic_ns` never goes back, `utc` is as wrong as `set_wrong` says."""

    @classmethod
    def made(cls, path: Path) -> "DayClock":
        """Write a clock that runs with the machine's, and open it."""
        path.write_bytes(bytes(_SLOT.size * (_FIRST + 2 + len(Told))))
        return cls.opened(path)

    @classmethod
    def opened(cls, path: Path) -> "DayClock":
        """Open the clock that another process made."""
        with path.open("r+b") as file:
            return cls(mmap.mmap(file.fileno(), 0))

    def utc(self) -> datetime:
        """Return the time that the tablet shows, in UTC."""
        return self.true_utc() + timedelta(seconds=self._get(_JUMP))

    def true_utc(self) -> datetime:
        """Return the time that it is, as satellites tell it."""
        return ShiftClock.utc(self) + timedelta(seconds=self._get(_SLEPT))

    def set_wrong(self, by_s: int) -> None:
        """Set the tablet's date so many seconds ahead of the true one, or (below zero) behind it."""
        self._set(_JUMP, by_s)

    def sleep_without_monotonic(self, seconds: float) -> None:
        """Let the true time go on as in a suspend on Linux, where the monotonic clock does not count it."""
        self._set(_SLEPT, self._get(_SLEPT) + round(seconds))

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait on the event until the time is over by this clock."""
        ends_ns = self.monotonic_ns() + round(timeout_s * 1e9)
        while (left_s := (ends_ns - self.monotonic_ns()) * 1e-9) > 0:
            if event.wait(min(left_s, _LOOK_S)):
                return True
        return event.is_set()

    def told(self, what: Told) -> int:
        """Return what the engine has told last, 0 before."""
        return self._get(what)

    def tell_of(self, what: Told, value: int) -> None:
        """Tell something."""
        self._set(what, value)

    def pause(self) -> None:
        """Wait a moment of real time, while the engine works."""
        time.sleep(_LOOK_S)
