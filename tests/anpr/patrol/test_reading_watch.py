import threading
from datetime import UTC, datetime

import pytest

from anpr.patrol.perception_loop import PerceptionThread
from anpr.patrol.reading_watch import GIVEN_UP_LOOKS, ReadingWatch
from tests.anpr.patrol.test_perception_loop import SlowClock, frame, make_loop
from tests.anpr.perception.road import Road

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_reading_that_stands_still_is_a_fault_until_it_goes_on() -> None:
    clock = SlowClock()
    loop, _ = make_loop(Road({}), clock)
    watch = ReadingWatch(loop, PerceptionThread(loop, lambda error: None), clock)
    clock.ns = 5_000_000_000
    assert watch.look(NOW) is None  # it has not begun
    loop.turn(0)
    clock.ns += 1_400_000_000
    assert watch.look(NOW) is None
    clock.ns += 200_000_000
    assert watch.look(NOW) is None  # one look alone may come before perception has woken up
    fault = watch.look(NOW)
    assert fault is not None
    assert fault.name == "perception_silent"
    loop.turn(0)
    assert watch.look(NOW) is None


def test_it_counts_as_hung_by_looks_and_not_by_a_clock_that_jumps() -> None:
    clock = SlowClock()
    loop, _ = make_loop(Road({}), clock)
    watch = ReadingWatch(loop, PerceptionThread(loop, lambda error: None), clock)
    clock.ns = 1
    loop.turn(0)
    clock.ns += 3600 * 1_000_000_000  # suspended for an hour, and perception never woke up
    told = []
    for _ in range(GIVEN_UP_LOOKS + 5):
        told.append(watch.look(NOW) is not None)
        clock.ns += 250_000_000
    assert told == [False] * 7 + [True] * (GIVEN_UP_LOOKS - 2)
    assert not watch.has_hung
    watch.look(NOW)
    assert watch.has_hung
    loop.turn(0)
    watch.look(NOW)
    assert not watch.has_hung


def test_a_tablet_that_slept_and_goes_on_reading_is_told_of_nothing() -> None:
    clock = SlowClock()
    loop, _ = make_loop(Road({}), clock)
    watch = ReadingWatch(loop, PerceptionThread(loop, lambda error: None), clock)
    clock.ns = 1
    for _ in range(5):
        loop.turn(0)
        clock.ns += 3600 * 1_000_000_000
        for _ in range(4):
            assert watch.look(NOW) is None  # the watch woke up first
        loop.turn(0)
        assert watch.look(NOW) is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_perception_thread_that_ended_begins_anew_and_one_that_was_stopped_does_not() -> None:
    clock = SlowClock()
    loop, steps = make_loop(Road({}), clock)
    processed = threading.Event()

    def on_step(step: object) -> None:
        if not steps:
            steps.append(step)  # type: ignore[arg-type]
            raise SystemExit  # what no `except Exception` holds
        processed.set()

    loop.on_step = on_step
    thread = PerceptionThread(loop, lambda error: None)
    watch = ReadingWatch(loop, thread, clock)
    watch.look(NOW)  # not started yet: nothing to begin anew
    thread.start()
    loop.slot.put(frame(0, 0))
    first = thread._thread
    first.join(5)
    assert not first.is_alive()
    loop.slot.put(frame(1, 1))
    watch.look(NOW)
    assert processed.wait(5)
    assert thread.stop()
    assert not thread.revive()
