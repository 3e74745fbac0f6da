"""The day's clock: it stands until it is set, its date can be wrong, and a sleep is counted by it or not."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.day.clock import DayClock, Told


@pytest.fixture
def clock(tmp_path: Path) -> DayClock:
    made = DayClock.made(tmp_path / "clock")
    made.stand()
    return made


def test_a_wrong_date_moves_nothing_else_and_is_the_same_for_every_process(clock: DayClock, tmp_path: Path) -> None:
    other = DayClock.opened(tmp_path / "clock")
    before_ns, true = clock.monotonic_ns(), clock.true_utc()
    clock.set_wrong(-7200)
    assert other.monotonic_ns() == before_ns
    assert abs(other.utc() - (true - timedelta(hours=2))) < timedelta(seconds=5)
    assert abs(other.true_utc() - true) < timedelta(seconds=5)
    clock.set_wrong(0)
    assert abs(other.utc() - true) < timedelta(seconds=5)


def test_a_sleep_that_the_monotonic_clock_does_not_count_passes_all_the_same(clock: DayClock) -> None:
    before_ns, true = clock.monotonic_ns(), clock.true_utc()
    clock.sleep_without_monotonic(600)
    assert clock.monotonic_ns() == before_ns
    assert clock.true_utc() - true > timedelta(seconds=599)
    clock.skip(600)
    assert clock.monotonic_ns() - before_ns == 600_000_000_000


def test_who_waits_goes_on_when_the_clock_was_set_forward(clock: DayClock) -> None:
    over = threading.Event()
    waited: list[bool] = []
    waiting = threading.Thread(target=lambda: waited.append(clock.wait(over, 60.0)))
    waiting.start()
    clock.skip(61.0)
    waiting.join(20)
    assert waited == [False]


def test_what_is_told_is_kept_apart(clock: DayClock, tmp_path: Path) -> None:
    for number, what in enumerate(Told, start=1):
        clock.tell_of(what, number)
    other = DayClock.opened(tmp_path / "clock")
    assert [other.told(what) for what in Told] == list(range(1, len(Told) + 1))
    assert other.monotonic_ns() == clock.monotonic_ns()
