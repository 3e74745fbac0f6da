"""One clock for all processes of a shift: it runs with the machine's, or stands still and is set forward, for all at once.

It lies in a small file that every process maps; beside it the engine counts what it has taken in, so that the clock is set
forward only while nothing is on its way (a frame in hand would grow old by the whole step). While it stands, a busy machine
costs the shift no time.
"""

import mmap
import struct
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final

_SLOT: Final = struct.Struct("<q")
_OFFSET, _STANDS_AT = 0, 1
_LONGEST_WAIT_S: Final = 0.05
"""Whoever waits looks so often whether the clock was set forward."""


class Count(IntEnum):
    """What the engine counts for whoever sets the clock; the number of its place in the file."""

    GRABBED = 2
    DONE = 3
    SENTENCES = 4


@dataclass(frozen=True, slots=True)
class ShiftClock:
    """Implements `anpr.clock.Clock` on a file that `made` wrote; the same hands in every process of this machine."""

    memory: mmap.mmap

    @classmethod
    def made(cls, path: Path) -> "ShiftClock":
        """Write a clock that runs with the machine's, and open it."""
        path.write_bytes(bytes(_SLOT.size * (2 + len(Count))))
        return cls.opened(path)

    @classmethod
    def opened(cls, path: Path) -> "ShiftClock":
        """Open the clock that another process made."""
        with path.open("r+b") as file:
            return cls(mmap.mmap(file.fileno(), 0))

    @property
    def ahead_ns(self) -> int:
        """How far the clock is ahead of the machine's, in nanoseconds; it shrinks while the clock stands."""
        return self.monotonic_ns() - time.perf_counter_ns()

    def monotonic_ns(self) -> int:
        """Return monotonic time in nanoseconds."""
        return self._get(_STANDS_AT) or time.perf_counter_ns() + self._get(_OFFSET)

    def utc(self) -> datetime:
        """Return the shift's time in UTC."""
        return datetime.now(UTC) + timedelta(microseconds=self.ahead_ns / 1000)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait on the event until the time is over by this clock."""
        ends_ns = self.monotonic_ns() + round(timeout_s * 1e9)
        while (left_s := (ends_ns - self.monotonic_ns()) * 1e-9) > 0:
            if event.wait(min(left_s, _LONGEST_WAIT_S)):
                return True
        return event.is_set()

    def stand(self) -> None:
        """Stop the clock: from now on it moves by `skip` alone."""
        self._set(_STANDS_AT, self.monotonic_ns())

    def go(self) -> None:
        """Let the clock run on from where it stands."""
        if stands_at := self._get(_STANDS_AT):
            self._set(_OFFSET, stands_at - time.perf_counter_ns())
            self._set(_STANDS_AT, 0)

    def skip(self, seconds: float) -> None:
        """Set the standing clock forward."""
        self._set(_STANDS_AT, self.monotonic_ns() + round(seconds * 1e9))

    def count(self, what: Count) -> int:
        """Return how many the engine has told of."""
        return self._get(what)

    def tell(self, what: Count, number: int) -> None:
        """Tell a count."""
        self._set(what, number)

    def _get(self, slot: int) -> int:
        return int(_SLOT.unpack_from(self.memory, slot * _SLOT.size)[0])

    def _set(self, slot: int, value: int) -> None:
        _SLOT.pack_into(self.memory, slot * _SLOT.size, value)
