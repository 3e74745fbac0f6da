"""What tells a command to stop: Ctrl-C, termination, the terminal that is closed, and on Windows Ctrl-Break."""

import contextlib
import queue
import signal
import time
from types import TracebackType
from typing import Final, Self

NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

_LOOK_S: Final = 0.25
"""So long the main thread waits at a time: a signal that the system gave to another thread does not wake it."""


class StopSignals:
    """Waits for the signals that stop a command, while it is entered; the main thread alone may enter it.

    A signal's handler runs in the main thread between any two of its steps, also in the midst of `threading.Event.wait`, which
    holds the lock that `threading.Event.set` wants: the program would hang for ever. `queue.SimpleQueue.put` is made for that.
    """

    def __init__(self) -> None:
        self._told: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._stopped = False
        self._before = contextlib.ExitStack()

    def __enter__(self) -> Self:
        for name in NAMES:
            if hasattr(signal, name):
                number = getattr(signal, name)
                self._before.callback(signal.signal, number, signal.signal(number, self._take))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._before.close()

    def wait(self, seconds: float) -> bool:
        """Wait for a signal for so many seconds; return whether there was one, now or before."""
        ends = time.monotonic() + seconds
        while not self._stopped:
            left_s = ends - time.monotonic()
            with contextlib.suppress(queue.Empty):
                self._told.get(timeout=min(max(left_s, 0.0), _LOOK_S))
                self._stopped = True
            if left_s <= _LOOK_S:
                break
        return self._stopped

    def _take(self, number: int, _frame: object) -> None:
        self._told.put(number)
