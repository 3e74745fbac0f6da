"""The questions that wait for one source, the most urgent first, under its quota; what fails is asked again.

A question that failed goes behind all that have not failed as often, so that one mark that a source stumbles over holds up no
other. Each try counts against the quota.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Final

from anpr.enquiries.answer import EnquiryAnswer, Outcome, no_answer
from anpr.enquiries.quota import Quota
from anpr.enquiries.source import Reply, Source
from anpr.errors import AnprError

MOST_WAITING: Final = 1000
"""Questions that may wait in one car; beyond it the least urgent is given up. 10 minutes of 1.7 alerts a second."""

_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_REFUSED_PAUSE_S: Final = 300.0
"""A refused key or a spent day does not mend itself in a moment: the source is tried every five minutes."""
_SWEEP_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Question:
    """A mark to be asked about; the more `urgent` (0 to 100) the sooner. `enter` writes it to the audit before it goes, once."""

    vrm: str
    urgency: int
    asked_utc: datetime
    asked_s: float
    enter: Callable[[], object] = lambda: None
    entered: bool = False


@dataclass(slots=True)
class Lane:
    """The questions to one source. `put` from any thread; `step` from one thread alone, which it may keep for a time-out.

    `told` gets each answer in the thread of `step`, and whatever it raises goes to that thread's top. `clock_s` is monotonic.
    """

    source: Source
    quota: Quota
    clock_s: Callable[[], float]
    clock_utc: Callable[[], datetime]
    told: Callable[[str, EnquiryAnswer], object]
    """Called with the source's name and the answer."""
    give_up_s: float = 600.0
    most_waiting: int = MOST_WAITING
    rng: random.Random = field(default_factory=random.Random)
    trouble: Outcome | None = None
    """Why the last try got no answer, None when it got one: it is so for all that wait."""
    _waiting: dict[str, tuple[Question, int]] = field(default_factory=dict)
    """The question of each mark with the number of its place in the heap; other places of the heap count no more."""
    _heap: list[tuple[int, int, int, str]] = field(default_factory=list)
    """Tries so far, urgency (negative), number, mark."""
    _numbers: Iterator[int] = field(default_factory=count)
    _tries: dict[str, int] = field(default_factory=dict)
    _failures: int = 0
    _paused_until_s: float = float("-inf")
    _swept_s: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def put(self, question: Question) -> None:
        """Take a question; of a mark that waits already the more urgent question stands, in the first one's time."""
        dropped = None
        with self._lock:
            before = self._waiting.get(question.vrm)
            if before is not None:
                if question.urgency > before[0].urgency:
                    self._place(replace(before[0], urgency=question.urgency))
                return
            self._place(question)
            if len(self._waiting) > self.most_waiting:
                dropped = max(self._waiting.values(), key=lambda one: (-one[0].urgency, one[1]))[0]
                self._forget(dropped.vrm)
        if dropped is not None:
            self._tell(dropped, Outcome.GIVEN_UP, "too many wait")

    def is_waiting(self, vrm: str) -> bool:
        """Return whether a mark waits to be asked about, or is being asked about."""
        with self._lock:
            return vrm in self._waiting

    @property
    def waiting(self) -> int:
        """How many marks wait."""
        with self._lock:
            return len(self._waiting)

    def wait_s(self) -> float | None:
        """Return in how many seconds a question may go, None when none waits."""
        now_s = self.clock_s()
        with self._lock:
            if not self._waiting:
                return None
            return max(self._paused_until_s - now_s, self.quota.wait_s(now_s), 0.0)

    def step(self) -> bool:
        """Ask about the most urgent mark if the quota allows it now; return whether one was asked about."""
        self._sweep()
        now_s = self.clock_s()
        with self._lock:
            question = self._next()
            if question is None or now_s < self._paused_until_s:
                return False
            if self.quota.day_left(now_s) <= 0:
                self.trouble = Outcome.QUOTA
                return False
            if not self.quota.take(now_s):
                return False
        if not question.entered:
            try:
                question.enter()
            except AnprError:
                self._end(question, Outcome.NOT_ENTERED)
                return False
            question = replace(question, entered=True)
        self._take(question, self.source.ask(question.vrm))
        return True

    def _take(self, question: Question, reply: Reply) -> None:
        answer = replace(reply.answer, asked_utc=question.asked_utc)
        outcome = answer.outcome
        now_s = self.clock_s()
        with self._lock:
            if outcome.is_final or outcome is Outcome.UNREADABLE:
                self._failures, self.trouble = 0, None
                self._forget(question.vrm)
            else:
                self.trouble = outcome
                self._paused_until_s = now_s + self._pause_s(outcome, reply.leave_s)
                self._failures += 1
                if outcome not in _NOBODYS_FAULT:
                    self._tries[question.vrm] = self._tries.get(question.vrm, 0) + 1
                answer = replace(answer, told=tuple(replace(one, again=True) for one in answer.told))
                kept = self._waiting.get(question.vrm)
                if kept is not None:  # another may have asked more urgently meanwhile
                    self._place(replace(kept[0], entered=True))
        self.told(self.source.name, answer)

    def _pause_s(self, outcome: Outcome, leave_s: float | None) -> float:
        """Return for how long the source is left alone: what it asked for, else doubling with half of it by chance."""
        if outcome in {Outcome.WRONG_KEY, Outcome.QUOTA}:
            return max(_REFUSED_PAUSE_S, leave_s or 0.0)
        if leave_s == 0.0 and not self._failures:
            return 0.0
        longest = min(_FIRST_PAUSE_S * 2.0 ** min(self._failures, 10), _LONGEST_PAUSE_S)
        return max(leave_s or 0.0, self.rng.uniform(0.5, 1.0) * longest)

    def _end(self, question: Question, outcome: Outcome) -> None:
        with self._lock:
            self._forget(question.vrm)
        self._tell(question, outcome)

    def _tell(self, question: Question, outcome: Outcome, detail: str = "") -> None:
        name, now = self.source.name, self.clock_utc()
        self.told(name, no_answer(question.vrm, name, outcome, question.asked_utc, now, detail))

    def _sweep(self) -> None:
        """Give up questions that waited too long."""
        now_s = self.clock_s()
        if now_s - self._swept_s < _SWEEP_S:
            return
        self._swept_s = now_s
        with self._lock:
            late = [one for one, _ in self._waiting.values() if now_s - one.asked_s >= self.give_up_s]
            trouble = self.trouble or Outcome.GIVEN_UP
            for one in late:
                self._forget(one.vrm)
        for one in late:
            self._tell(one, trouble)

    def _place(self, question: Question) -> None:
        number = next(self._numbers)
        self._waiting[question.vrm] = (question, number)
        heapq.heappush(self._heap, (self._tries.get(question.vrm, 0), -question.urgency, number, question.vrm))

    def _forget(self, vrm: str) -> None:
        self._waiting.pop(vrm, None)
        self._tries.pop(vrm, None)

    def _next(self) -> Question | None:
        """Return the question to be asked next; it stays where it is until it is answered."""
        while self._heap:
            _, _, number, vrm = self._heap[0]
            kept = self._waiting.get(vrm)
            if kept is not None and kept[1] == number:
                return kept[0]
            heapq.heappop(self._heap)
        return None


_NOBODYS_FAULT: Final = frozenset(
    {Outcome.THROTTLED, Outcome.QUOTA, Outcome.WRONG_KEY, Outcome.UNTRUSTED, Outcome.NO_NETWORK}
)
"""What would have befallen any other mark as well."""
