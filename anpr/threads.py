"""The threads of the program, but for each camera's and perception's own: what repeats, what retries, what works through a queue.

Each stands until it is stopped, and makes an error at its top visible: nothing that runs in one may end silently.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from anpr.clock import Clock
from anpr.errors import AnprError, Failure

_log = logging.getLogger(__name__)

UPKEEP_S: Final = 60.0
"""Seconds between two rounds of upkeep of the records."""

LONGEST_PAUSE_S: Final = 60.0
"""The pause doubles with each failure in a row, up to this."""

STANDS_S: Final = 30.0
"""An error that nobody expected stays shown for at least so long: the engine looks every 20 s."""


def exit_after(seconds: float) -> None:
    """End the program with exit code 1 after this time if it is still there: a thread that hangs may keep it from ending."""
    guard = threading.Timer(seconds, os._exit, (1,))
    guard.daemon = True
    guard.start()


def tell_failure(failed: Callable[[Exception], None], error: Exception) -> None:
    """Report an error at a thread's top; that the report fails as well must not end the thread."""
    try:
        failed(error)
    except Exception:  # noqa: BLE001 - see above
        _log.exception("an error could not be told")


class RepeatingThread:
    """Calls a step over and over in a thread, at least `period_s` apart; for the GPS and the watch over cameras.

    A step that raises is reported through `failed` and called again after the pause, whatever `failed` does.
    """

    def __init__(
        self, name: str, step: Callable[[], None], clock: Clock, *, period_s: float, failed: Callable[[Exception], None]
    ) -> None:
        self._step = step
        self._clock = clock
        self._period_s = period_s
        self._failed = failed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)

    def start(self) -> None:
        """Start calling."""
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Stop calling; return whether the thread ended in time."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 -- a thread's top: it becomes a visible fault
                _log.exception("the thread %s met an error that nobody expected", self._thread.name)
                tell_failure(self._failed, error)
            self._clock.wait(self._stopping, self._period_s)


class RetryingThread:
    """Calls `action` every `every_s` seconds in a thread of its own, less often while it fails; never ends by itself.

    `trouble` is the last call's error, None when it went well: whoever owns the thread shows it as a fault. An error
    that is none of ours becomes a Failure that names its kind alone, since its text may hold content of a list.
    `wait` pauses for seconds and returns whether to stop, or `pause` does so on the event that stops it; `clock` counts seconds.
    """

    def __init__(
        self,
        name: str,
        action: Callable[[], object],
        every_s: float,
        wait: Callable[[float], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self.trouble: AnprError | None = None
        self._action = action
        self._every_s = every_s
        self._stopped = threading.Event()
        self._wait = wait or partial(pause, self._stopped)
        self._clock = clock
        self._failures = 0
        self._stands_until_s = 0.0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait until it has ended; one that was never started has."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._wait(self._pause_s()):
            try:
                self._action()
            except AnprError as error:
                if self.trouble is None:
                    _log.warning("%s", error)
                self._failed(error)
            except Exception as error:  # noqa: BLE001 - the top of a thread: it becomes a visible fault
                _log.exception("the thread %s met an error that nobody expected", self._thread.name)
                self._stands_until_s = self._clock() + STANDS_S
                self._failed(Failure(f"the program met an error that it does not know ({type(error).__name__})"
                                     f" at {_place(error)}: report it; it is tried again"))  # fmt: skip
            else:
                self._failures = 0
                if self._clock() >= self._stands_until_s:
                    self.trouble = None

    def _pause_s(self) -> float:
        return max(self._every_s, min(LONGEST_PAUSE_S, self._every_s * 2.0 ** min(self._failures, 20)))

    def _failed(self, error: AnprError) -> None:
        self.trouble = error
        self._failures += 1


class QueueThread:
    """Runs `take` for everything that is put, in order, in one thread; nothing that was put is lost at `stop`.

    `make` builds what owns the database, in this thread, and returns (take, upkeep, close). `failed` gets what
    goes wrong at the top.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], tuple[Callable[[object], None], Callable[[], None], Callable[[], None]]],
        failed: Callable[[Exception], None],
        upkeep_s: float = UPKEEP_S,
    ) -> None:
        self._make = make
        self._failed = failed
        self._upkeep_s = upkeep_s
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._ready = threading.Event()
        self.startup_error: Exception | None = None

    def start(self, timeout_s: float = 10.0) -> None:
        """Start and wait until the database is open; raises what opening it raised."""
        self._thread.start()
        self._ready.wait(timeout_s)
        if self.startup_error is not None:
            raise self.startup_error

    def put(self, item: object) -> None:
        """Hand something over for recording; returns at once."""
        self._queue.put(item)

    @property
    def waiting(self) -> int:
        """How many things wait to be recorded."""
        return self._queue.qsize()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Record all that waits, close the database and end; returns whether that was done in time."""
        self._queue.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _live(self) -> None:
        try:
            take, upkeep, close = self._make()
        except Exception as error:  # noqa: BLE001 - a thread's top: it is raised again where the thread was started
            _log.exception("the thread %s could not start", self._thread.name)
            self.startup_error = error
            self._ready.set()
            return
        self._ready.set()
        due = time.monotonic() + self._upkeep_s
        while True:
            if time.monotonic() >= due:  # by time, not only when nothing waits: a busy queue must not starve it
                self._guarded(upkeep)
                due = time.monotonic() + self._upkeep_s
            try:
                item = self._queue.get(timeout=max(due - time.monotonic(), 0.0))
            except queue.Empty:
                continue
            if item is None:
                break
            self._guarded(partial(take, item))
        self._guarded(close)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - a thread's top: it becomes a visible fault
            _log.exception("the thread %s met an error that nobody expected", self._thread.name)
            tell_failure(self._failed, error)


def _place(error: BaseException) -> str:
    """Return the function and line where an error arose: its traceback without any value."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return "an unknown place" if step is None else f"{step.tb_frame.f_code.co_qualname}:{step.tb_lineno}"
