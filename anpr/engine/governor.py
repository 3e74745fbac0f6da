"""The governor: less work for each frame while the latency budget is in danger.

It gives up work before the budget is missed: first resolution, then frames. It decides from the age of the
frames that come out of perception, on the worst of the last second, and goes back up only after a quiet time.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work perception puts into frames: width of the detector's input, and every how many-th frame."""

    input_width: int
    every_frame: int = 1


class Change(Enum):
    """What the governor did."""

    LOWERED = "lowered"
    RAISED = "raised"
    MISSED = "missed"
    MET_AGAIN = "met_again"


@dataclass(frozen=True, slots=True)
class GovernorSettings:
    """`budget_ms` from grab to alert raised.

    Effort is lowered when frames come out older than `lower_share` of the budget, and raised when for `raise_after_s`
    none was older than `raise_share`; after a change, `settle_s` shows its effect first.
    """

    budget_ms: float = 250.0
    lower_share: float = 0.6
    raise_share: float = 0.25
    look_s: float = 1.0
    settle_s: float = 0.5
    raise_after_s: float = 10.0
    efforts: tuple[Effort, ...] = (Effort(640), Effort(512), Effort(512, 2), Effort(384, 2), Effort(384, 3))


@dataclass(slots=True)
class Governor:
    """Chooses the effort from the ages of the frames; owned by the perception thread."""

    settings: GovernorSettings = field(default_factory=GovernorSettings)
    missed: bool = False
    _level: int = 0
    _ages: deque[tuple[int, float]] = field(default_factory=deque)
    _changed_ns: int | None = None

    @property
    def effort(self) -> Effort:
        """The effort in force."""
        return self.settings.efforts[self._level]

    def slowest_ms(self, now_ns: int) -> float | None:
        """Return the age of the slowest frame of the last `look_s`, which `missed` goes by; None without any. For any thread."""
        ages = list(self._ages)  # one step, so that the perception thread may add meanwhile
        return max((age for at, age in ages if now_ns - at <= self.settings.look_s * 1e9), default=None)

    def observe(self, now_ns: int, frame_age_ms: float) -> Change | None:
        """Take in the age of a frame that has just left perception; returns what changed, if anything."""
        s = self.settings
        self._ages.append((now_ns, frame_age_ms))
        keep_ns = int(max(s.look_s, s.raise_after_s) * 1e9)
        while now_ns - self._ages[0][0] > keep_ns:
            self._ages.popleft()
        since_s = math.inf if self._changed_ns is None else (now_ns - self._changed_ns) * 1e-9
        window_s = min(s.look_s, since_s - s.settle_s / 2)  # frames under way at a change say nothing of its effect
        recent = [age for at, age in self._ages if now_ns - at <= window_s * 1e9]
        if not recent:
            return None
        worst = max(recent)
        budget = self._budget(worst, since_s)
        if budget is not None:
            return budget
        strained = worst > s.lower_share * s.budget_ms and len(recent) >= 3 and since_s >= s.settle_s
        if strained and self._level + 1 < len(s.efforts):
            return self._move(self._level + 1, now_ns, Change.LOWERED)
        quiet = max(age for _, age in self._ages) < s.raise_share * s.budget_ms
        if self._level and quiet and since_s >= s.raise_after_s:
            return self._move(self._level - 1, now_ns, Change.RAISED)
        return None

    def _budget(self, worst: float, since_s: float) -> Change | None:
        if worst > self.settings.budget_ms and not self.missed:
            self.missed = True
            return Change.MISSED
        if (
            self.missed
            and worst < self.settings.lower_share * self.settings.budget_ms
            and since_s > self.settings.look_s
        ):
            self.missed = False
            return Change.MET_AGAIN
        return None

    def _move(self, level: int, now_ns: int, change: Change) -> Change:
        self._level = level
        self._changed_ns = now_ns
        return change
