"""Shifts at the board that look for a hit which the crew cannot see: random ones, and those that hypothesis makes up."""

from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from anpr.alerting.following import Following
from anpr.values import AlertState
from tests.anpr.alerting.model import Shift, Swallowed
from tests.anpr.alerting.shift import CLOCK_STEPS, DECISIONS, PROBABILITIES, random_event
from tests.anpr.alerting.vehicles import COVERT, OVERT

marks = st.sampled_from((*OVERT, COVERT, "UN11STD"))
probabilities = st.sampled_from(PROBABILITIES)
which = st.integers(0, 7)


class ShiftMachine(RuleBasedStateMachine):
    """Every rule is an event of the shift, which checks after each that nothing is swallowed."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = Shift()

    @rule(mark=marks, probability=probabilities, hides=st.booleans())
    def appear(self, mark: str, probability: float, hides: bool) -> None:
        self.shift.appear(mark, probability, hides=hides)

    @rule(track=which, mark=marks, probability=probabilities, final=st.booleans(), hides=st.booleans())
    def read(self, track: int, mark: str, probability: float, final: bool, hides: bool) -> None:
        self.shift.read(track, mark, probability, final=final, hides=hides)

    @rule(one=which, other=which)
    def join(self, one: int, other: int) -> None:
        self.shift.join(one, other)

    @rule(alert=which)
    def acknowledge(self, alert: int) -> None:
        self.shift.acknowledge(alert)

    @rule(alert=which, decision=st.sampled_from(DECISIONS))
    def decide(self, alert: int, decision: str) -> None:
        self.shift.decide(alert, decision)

    @rule(seconds=st.sampled_from(CLOCK_STEPS))
    def set_clock(self, seconds: float) -> None:
        self.shift.set_clock(seconds)

    @rule(track=which)
    def look_back(self, track: int) -> None:
        self.shift.look_back(track)

    @rule()
    def close_old(self) -> None:
        self.shift.close_old()

    @rule()
    def restart(self) -> None:
        self.shift.restart()

    @rule(seconds=st.sampled_from((0.03, 5.0, 30.0, 59.9, 60.1, 300.0)))
    def wait(self, seconds: float) -> None:
        self.shift.wait(seconds)


TestShifts = ShiftMachine.TestCase
TestShifts.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_random_shifts_swallow_nothing() -> None:
    hits = 0
    for seed in range(40):
        shift, rng = Shift(), Random(seed)
        for _ in range(200):
            random_event(shift, rng)
        hits += shift.hits
    assert hits > 1000


def test_a_swallowed_hit_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shift itself: with a board that folds for ever, as one once did, it finds a vehicle that comes back unseen."""
    shift = Shift()
    shift.appear("AB12CDE", 0.97)
    shift.read(0, "AB12CDE", 0.97, final=True)
    shift.acknowledge(0)
    monkeypatch.setattr(
        Following, "_in_encounter", lambda self, over, sighting: self.queue.get(1) if 1 in self.queue else None
    )
    shift.wait(540.0)
    with pytest.raises(Swallowed, match="AB12CDE is swallowed"):
        shift.appear("AB12CDE", 0.97)


def test_a_withdrawal_by_another_track_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    shift = Shift()
    shift.appear("AB12CDE", 0.97)
    shift.appear("AB12CDE", 0.9)
    monkeypatch.setattr("anpr.alerting.encounter.Encounter.holds_without", lambda self, track_id: False)
    monkeypatch.setattr(
        "anpr.alerting.encounter.Encounter.shown", property(lambda self: list(self.supports.values())[-1])
    )
    with pytest.raises(Swallowed):
        shift.read(1, "UN11STD", 0.9, final=False)
    assert shift.board.get(1).state is AlertState.WITHDRAWN
