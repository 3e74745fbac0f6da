import itertools
import threading
from collections.abc import Callable

import pytest

from anpr.errors import StoreError
from anpr.threads import LONGEST_PAUSE_S, STANDS_S, QueueThread, RetryingThread


class Time:
    """A clock that only waiting moves; ends the watch after so many pauses."""

    def __init__(self, pauses: int) -> None:
        self.now_s = 1000.0
        self.paused: list[float] = []
        self._pauses = pauses

    def wait(self, seconds: float) -> bool:
        self.now_s += seconds
        self.paused.append(seconds)
        return len(self.paused) > self._pauses


def run(action: Callable[[], object], time: Time, every_s: float = 1.0) -> RetryingThread:
    watch = RetryingThread("test", action, every_s, time.wait, lambda: time.now_s)
    watch.start()
    watch.stop()
    return watch


def fail(error: Exception) -> Callable[[], object]:
    def action() -> None:
        raise error

    return action


@pytest.mark.parametrize("error", [ValueError("AB51CDE"), KeyError("AB51CDE"), MemoryError()])
def test_error_that_nobody_expected_is_a_fault_and_the_thread_goes_on(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    time = Time(10)
    watch = run(fail(error), time)
    assert f"({type(error).__name__})" in str(watch.trouble)
    assert "AB51CDE" not in str(watch.trouble) + "".join(record.getMessage() for record in caplog.records)
    assert len(caplog.records) == 10  # one for each call: the log itself limits repeats
    assert all(record.exc_info and record.exc_info[1] is error for record in caplog.records)
    assert time.paused == [1, 2, 4, 8, 16, 32, *[LONGEST_PAUSE_S] * 5]


def test_pause_is_never_shorter_than_asked() -> None:
    time = Time(3)
    run(fail(StoreError("full")), time, every_s=100.0)
    assert time.paused == [100.0] * 4


def test_unexpected_fault_stands_until_it_can_be_seen_then_clears() -> None:
    time = Time(int(STANDS_S) - 5)
    calls = itertools.count()

    def once() -> None:
        if next(calls) == 0:
            raise ValueError

    assert run(once, time).trouble is not None
    assert time.paused[:3] == [1, 2, 1]
    calls, time = itertools.count(), Time(int(STANDS_S) + 5)
    assert run(once, time).trouble is None


def test_deliberate_error_clears_with_the_next_success() -> None:
    calls = itertools.count()

    def once() -> None:
        if next(calls) == 0:
            raise StoreError("full")

    assert run(once, Time(1)).trouble is not None
    calls = itertools.count()
    assert run(once, Time(2)).trouble is None


def test_upkeep_is_done_by_time_however_busy_the_queue_is() -> None:
    kept: list[str] = []
    failed: list[Exception] = []
    done = threading.Event()

    def take(item: object) -> None:
        kept.append("taken")
        thread.put(item)  # never empty
        if kept.count("upkeep") >= 3:
            done.set()

    def upkeep() -> None:
        kept.append("upkeep")
        if kept.count("upkeep") == 2:
            raise StoreError("the disk is full")  # is told, and no reason to stop

    thread = QueueThread("busy", lambda: (take, upkeep, lambda: kept.append("closed")), failed.append, upkeep_s=0.05)
    thread.start()
    thread.put("work")
    assert done.wait(20.0)
    assert kept.count("taken") > 10
    assert [str(error) for error in failed] == ["the disk is full"]
    thread.stop()


def test_upkeep_is_done_while_nothing_is_put_and_what_was_put_is_taken_before_the_end() -> None:
    kept: list[object] = []
    looked = threading.Event()
    thread = QueueThread("idle", lambda: (kept.append, looked.set, lambda: kept.append("closed")), print, upkeep_s=0.05)
    thread.start()
    assert looked.wait(20.0)
    for number in range(100):
        thread.put(number)
    assert thread.stop(20.0)
    assert kept == [*range(100), "closed"]
