"""A thread that calls a function every so often until it is stopped."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from anpr.errors import AnprError, Failure

_log = logging.getLogger(__name__)

LONGEST_PAUSE_S: Final = 60.0
"""The pause doubles with each failure in a row, up to this."""

STANDS_S: Final = 30.0
"""An error that nobody expected stays shown for at least so long: the engine looks every 20 s."""


class Watch:
    """Calls `action` every `every_s` seconds in a thread of its own, less often while it fails; never ends by itself.

    `trouble` is the last call's error, None when it went well: whoever owns the watch shows it as a fault. An error
    that is none of ours becomes a Failure that names its kind alone, since its text may hold content of a list.
    `wait` pauses for seconds and returns whether to stop, `clock` counts seconds.
    """

    def __init__(
        self,
        action: Callable[[], object],
        every_s: float,
        wait: Callable[[float], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble: AnprError | None = None
        self._action = action
        self._every_s = every_s
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._clock = clock
        self._failures = 0
        self._stands_until_s = 0.0
        self._thread = threading.Thread(target=self._run, name="hotlists-watch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait until it has ended."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._wait(self._pause_s()):
            try:
                self._action()
            except AnprError as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001 - the top of a thread: it becomes a visible fault
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
        if self.trouble is None:
            _log.warning("%s", error)
        self.trouble = error
        self._failures += 1


def _place(error: BaseException) -> str:
    """Return the function and line where an error arose: its traceback without any value."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return "an unknown place" if step is None else f"{step.tb_frame.f_code.co_qualname}:{step.tb_lineno}"
