"""A thread that calls a function every so often until it is stopped."""

import logging
import threading
from collections.abc import Callable

from anpr.errors import AnprError

_log = logging.getLogger(__name__)


class Watch:
    """Calls `action` every `every_s` seconds in a thread of its own; its deliberate errors are kept and logged once.

    `trouble` is the last call's error, None when it went well: whoever owns the watch shows it as a fault.
    """

    def __init__(self, action: Callable[[], object], every_s: float) -> None:
        self.trouble: AnprError | None = None
        self._action = action
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotlists-watch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait until it has ended."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._every_s):
            try:
                self._action()
            except AnprError as error:
                if self.trouble is None:
                    _log.warning("%s", error)
                self.trouble = error
            else:
                self.trouble = None
