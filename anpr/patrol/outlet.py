"""An outlet: where a part passes on what it has, before those who listen are there."""

import logging
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


class Outlet(Generic[T]):
    """Passes on each item to everybody who listens, in the order in which they began to, in the thread that calls it.

    Parts are opened bottom up, and a lower one often has news for a higher one: it gets an outlet, to which the higher
    one listens. Everybody listens before the first thread starts.

    Who listens may fail, and harms nobody by it: the others hear the item, and whoever passes it on goes on. The error
    goes into the log and to the listener's own `failed`.
    """

    def __init__(self) -> None:
        self._listeners: list[tuple[Callable[[T], object], Callable[[Exception], None] | None]] = []

    def listen(self, listener: Callable[[T], object], failed: Callable[[Exception], None] | None = None) -> None:
        """Have every item from now on given to `listener`, and what it raises to `failed`."""
        self._listeners.append((listener, failed))

    def __call__(self, item: T) -> None:
        """Pass on an item; raises nothing."""
        for listener, failed in self._listeners:
            try:
                listener(item)
            except Exception as error:  # noqa: BLE001 - a listener's end; its own `failed` makes it a visible fault
                _log.exception("what listens met an error that nobody expected")
                self._tell(failed, error)

    @staticmethod
    def _tell(failed: Callable[[Exception], None] | None, error: Exception) -> None:
        try:
            if failed is not None:
                failed(error)
        except Exception:  # noqa: BLE001 - telling of an error must not be one more
            _log.exception("an error could not be told")
