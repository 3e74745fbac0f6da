"""How often a source may be asked: a token bucket for the second, a count for the day; both on monotonic time."""

from collections import deque
from typing import Final

_SLOT_S: Final = 3600.0
_SLOTS: Final = 25
"""Slots of an hour that a day can touch: any 24 hours lie within 25 of them."""


class Quota:
    """At most `a_second` questions in any second and `a_day` in any 24 hours of one run of the program.

    The bucket holds a single token: questions keep a distance of 1 / `a_second`. A larger one would let more than `a_second`
    go in one second after a pause. The day is counted in hours, which errs on the safe side (25 of them hold). Rates below one a second
    keep their distance as well. Not for several threads at once.
    """

    def __init__(self, a_second: float, a_day: int) -> None:
        self._a_second = a_second
        self._a_day = a_day
        self._tokens = 1.0
        self._at_s: float | None = None
        self._hours: deque[list[float]] = deque()
        """Beginning and count of each hour in which something was asked."""

    def wait_s(self, now_s: float) -> float:
        """Return in how many seconds a question may go, 0 for at once."""
        self._pass_to(now_s)
        short = max(1.0 - self._tokens, 0.0) / self._a_second
        if self.day_left(now_s) > 0:
            return short
        return max(short, self._hours[0][0] + _SLOTS * _SLOT_S - now_s)

    def take(self, now_s: float) -> bool:
        """Return whether a question may go now, and count it if so."""
        if self.wait_s(now_s) > 0:
            return False
        self._tokens -= 1.0
        slot = now_s // _SLOT_S * _SLOT_S
        if not self._hours or self._hours[-1][0] != slot:
            self._hours.append([slot, 0])
        self._hours[-1][1] += 1
        return True

    def day_left(self, now_s: float) -> int:
        """Return how many questions the day has left."""
        while self._hours and self._hours[0][0] + _SLOTS * _SLOT_S <= now_s:
            self._hours.popleft()
        return self._a_day - round(sum(count for _, count in self._hours))

    def _pass_to(self, now_s: float) -> None:
        if self._at_s is not None:
            tokens = self._tokens + max(now_s - self._at_s, 0.0) * self._a_second
            # A token that lacks a share by rounding alone is one: without it the last wait would be of 1e-17 s.
            self._tokens = 1.0 if tokens > 1.0 - 1e-9 else tokens
        self._at_s = now_s if self._at_s is None else max(self._at_s, now_s)
