"""The machine's own clocks."""

import threading
from datetime import timedelta

from anpr.clock import SystemClock, utc_now


def test_utc_is_aware_and_in_utc() -> None:
    for now in (utc_now(), SystemClock().utc()):
        assert now.utcoffset() == timedelta(0)


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    times = [clock.monotonic_ns() for _ in range(1000)]
    assert times == sorted(times)


def test_waiting_ends_with_the_event_or_the_time_and_says_which() -> None:
    clock, event = SystemClock(), threading.Event()
    assert clock.wait(event, -1.0) is False  # a time that is over already
    before = clock.monotonic_ns()
    assert clock.wait(event, 0.02) is False
    assert clock.monotonic_ns() - before >= 15_000_000
    event.set()
    assert clock.wait(event, 3600.0) is True
