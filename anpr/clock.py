"""The clock that capture, health and GPS are given, so that tests can turn its hands."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


def utc_now() -> datetime:
    """Return the system's time as an aware datetime in UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Monotonic time for differences, UTC for records, and waiting that an event can end."""

    def monotonic_ns(self) -> int:
        """Return monotonic time in nanoseconds; only differences mean anything."""

    def utc(self) -> datetime:
        """Return the system's time as an aware datetime in UTC."""

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until the event is set or the time is over; return whether it is set."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clocks.

    `perf_counter_ns` and not `monotonic_ns`: on Windows the latter moves in steps of 16 ms, too coarse for a
    latency budget; on Linux both are CLOCK_MONOTONIC.
    """

    def monotonic_ns(self) -> int:
        """Return monotonic time in nanoseconds."""
        return time.perf_counter_ns()

    def utc(self) -> datetime:
        """Return the system's time in UTC."""
        return utc_now()

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait on the event for at most the time, really."""
        return event.wait(max(timeout_s, 0.0))
