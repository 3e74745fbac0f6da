"""How many of a camera's last pictures were damaged, and whether that is a fault."""

from collections import deque
from typing import Final

_NS: Final = 1_000_000_000

LAST: Final = 30
"""So many pictures are looked back on: a second of most cameras."""

RAISED_FROM: Final = 6
"""So many damaged ones of them are a fault when it lasts."""

CLEARED_BELOW: Final = 3
"""With fewer it is over: a loss now and then is no reason to look at cables."""


class DamageCount:
    """Counts damaged pictures; deterministic, not safe for threads.

    A fault begins with a damaged picture, once there have been `RAISED_FROM` of the `LAST` for `raise_after_s`: one gap,
    however many pictures it costs, is none.
    """

    def __init__(self, raise_after_s: float) -> None:
        self._raise_after_s = raise_after_s
        self._last: deque[bool] = deque(maxlen=LAST)
        self._since_ns: int | None = None
        self.is_on = False

    @property
    def words(self) -> str:
        """The share as it is told: "12 of the last 30 pictures damaged"."""
        return f"{sum(self._last)} of the last {len(self._last)} pictures damaged"

    def add(self, now_ns: int, is_damaged: bool) -> bool:
        """Take in the next picture, or what came in place of one; return whether the damage is a fault now."""
        self._last.append(is_damaged)
        count = sum(self._last)
        if count < RAISED_FROM:
            self._since_ns = None
        elif self._since_ns is None:
            self._since_ns = now_ns
        if self.is_on:
            self.is_on = count >= CLEARED_BELOW
        elif is_damaged and self._since_ns is not None:
            self.is_on = now_ns - self._since_ns >= self._raise_after_s * _NS
        return self.is_on
