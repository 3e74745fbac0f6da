"""An outlet: where a part passes on what it has, before those who listen are there."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Outlet(Generic[T]):
    """Passes on each item to everybody who listens, in the order in which they began to, in the thread that calls it.

    Parts are opened bottom up, and a lower one often has news for a higher one: it gets an outlet, to which the higher
    one listens. Everybody listens before the first thread starts.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def listen(self, listener: Callable[[T], object]) -> None:
        """Have every item from now on given to `listener`."""
        self._listeners.append(listener)

    def __call__(self, item: T) -> None:
        """Pass on an item."""
        for listener in self._listeners:
            listener(item)
