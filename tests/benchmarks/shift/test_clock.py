"""The shift's clock: one for all, standing or running, never backwards."""

import threading
import time
from pathlib import Path

from benchmarks.shift.clock import Count, ShiftClock


def test_whoever_opens_it_has_the_same_hands(tmp_path: Path) -> None:
    made = ShiftClock.made(tmp_path / "clock")
    opened = ShiftClock.opened(tmp_path / "clock")
    made.stand()
    made.skip(3600.0)
    assert opened.monotonic_ns() == made.monotonic_ns()
    assert abs((opened.utc() - made.utc()).total_seconds()) < 0.1
    opened.tell(Count.DONE, 7)
    assert (made.count(Count.DONE), made.count(Count.SENTENCES)) == (7, 0)


def test_it_stands_and_goes_on_from_there(tmp_path: Path) -> None:
    clock = ShiftClock.made(tmp_path / "clock")
    before = clock.monotonic_ns()
    clock.stand()
    stood = clock.monotonic_ns()
    assert stood == clock.monotonic_ns() >= before
    clock.skip(10.0)
    assert clock.monotonic_ns() - stood == 10_000_000_000
    clock.go()
    assert 0 <= clock.monotonic_ns() - stood - 10_000_000_000 < 1_000_000_000
    assert clock.ahead_ns + time.perf_counter_ns() >= stood + 10_000_000_000


def test_a_wait_follows_when_the_clock_is_set_forward(tmp_path: Path) -> None:
    clock = ShiftClock.made(tmp_path / "clock")
    clock.stand()
    ended = threading.Event()

    def wait() -> None:
        clock.wait(threading.Event(), 3600.0)
        ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    clock.skip(3601.0)
    assert ended.wait(5.0)
    waiting.join()


def test_a_wait_ends_with_its_event(tmp_path: Path) -> None:
    clock = ShiftClock.made(tmp_path / "clock")
    event = threading.Event()
    event.set()
    assert clock.wait(event, 3600.0)
    assert not clock.wait(threading.Event(), 0.0)
