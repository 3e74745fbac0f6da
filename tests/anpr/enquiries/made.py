"""A source whose answers a test says, and a clock that it moves."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from anpr.enquiries.answer import EnquiryAnswer, Outcome, Told, no_answer
from anpr.enquiries.lane import Lane, Question
from anpr.enquiries.quota import Quota
from anpr.enquiries.source import Reply

START = datetime(2026, 11, 29, 2, 14, tzinfo=UTC)


class HandClock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def utc(self) -> datetime:
        return START + timedelta(seconds=self.now_s - 1000.0)


class MadeSource:
    """Answers what `says` returns for a mark; each try is noted with its time."""

    def __init__(self, clock: HandClock, name: str = "DVLA") -> None:
        self.name = name
        self.clock = clock
        self.says: Callable[[str], Outcome | Reply] = lambda vrm: Outcome.FOUND
        self.tries: list[tuple[float, str]] = []
        self.closed = False

    def ask(self, vrm: str) -> Reply:
        self.tries.append((self.clock.now_s, vrm))
        said = self.says(vrm)
        return Reply(self.answer(vrm, said)) if isinstance(said, Outcome) else said

    def answer(self, vrm: str, outcome: Outcome) -> EnquiryAnswer:
        now = self.clock.utc()
        if outcome is Outcome.FOUND:
            return EnquiryAnswer(vrm, now, now, (Told(self.name, outcome, now),), make="FORD")
        return no_answer(vrm, self.name, outcome, now, now)

    def close(self) -> None:
        self.closed = True


class MadeLane:
    """A lane of a made source, and what it told."""

    def __init__(
        self, a_second: float = 1.0, a_day: int = 10**9, give_up_s: float = 600.0, most_waiting: int = 1000
    ) -> None:
        self.clock = HandClock()
        self.source = MadeSource(self.clock)
        self.told: list[EnquiryAnswer] = []
        self.lane = Lane(
            self.source, Quota(a_second, a_day), self.clock, self.clock.utc, lambda _, answer: self.told.append(answer),
            give_up_s=give_up_s, most_waiting=most_waiting, rng=random.Random(7),
        )  # fmt: skip

    def put(self, vrm: str, urgency: int = 50, enter: Callable[[], object] = lambda: None) -> None:
        self.lane.put(Question(vrm, urgency, self.clock.utc(), self.clock.now_s, enter))

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, stepping whenever the lane may ask, and at least every second."""
        end_s = self.clock.now_s + seconds
        while self.clock.now_s < end_s and not until():
            self.lane.step()
            wait_s = self.lane.wait_s()
            self.clock.now_s = min(self.clock.now_s + min(max(1.0 if wait_s is None else wait_s, 1e-3), 1.0), end_s)

    @property
    def asked(self) -> list[str]:
        return [vrm for _, vrm in self.source.tries]

    @property
    def outcomes(self) -> list[tuple[str, Outcome]]:
        return [(one.vrm, one.outcome) for one in self.told]
