"""When faults are raised and cleared, against any sequence of conditions."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.faults import FaultKind
from anpr.values import Alert, AlertState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
S = 1_000_000_000
HELD = FaultKind.BUDGET_MISSED  # held before it is raised, and before it is cleared


class Held:
    """A keeper whose clock is moved by hand."""

    def __init__(self) -> None:
        self.ns = 0
        self.keeper = FaultKeeper(AlertBoard(), lambda: self.ns, lambda: NOW)
        self.told: list[tuple[float, AlertState]] = []

    def at(self, seconds: float) -> "Held":
        self.ns = round(seconds * S)
        return self

    def found(self, kind: FaultKind = HELD, subject: str = "") -> None:
        self._tell(self.keeper.found(kind.fault(NOW, subject, budget_ms=250)))

    def over(self, kind: FaultKind = HELD, subject: str = "") -> None:
        self._tell(self.keeper.over(kind, subject))

    def settle(self) -> None:
        self._tell(self.keeper.settle())

    def _tell(self, alerts: tuple[Alert, ...]) -> None:
        self.told += [(self.ns / S, alert.state) for alert in alerts]

    @property
    def stands(self) -> bool:
        return bool(self.keeper.board.standing_faults())


def test_a_fault_is_raised_once_it_has_held_and_cleared_once_it_has_been_over() -> None:
    held = Held()
    held.at(10).found()
    held.at(11.9).settle()
    assert not held.stands
    held.at(12).settle()
    held.at(20).over()
    held.at(29.9).settle()
    assert held.stands
    held.at(30).settle()
    assert held.told == [(12, AlertState.RAISED), (30, AlertState.CLEARED)]


def test_what_comes_and_goes_meanwhile_is_one_fault() -> None:
    held = Held()
    for second in range(0, 60, 3):
        held.at(second).found(FaultKind.CAMERA_SILENT, "front")
        held.at(second + 1).over(FaultKind.CAMERA_SILENT, "front")
        held.at(second + 2).settle()
    assert held.told == [(0, AlertState.RAISED)]


def test_what_is_not_held_long_enough_is_never_told() -> None:
    held = Held()
    for second in range(0, 60, 3):
        held.at(second).found()
        held.at(second + 1.9).over()
    held.at(100).settle()
    assert held.told == []


def test_one_that_nobody_looked_at_while_it_held_is_told_all_the_same() -> None:
    held = Held()
    held.at(1).found()
    held.at(4).over()
    assert held.told == [(4, AlertState.RAISED)]


def test_each_subject_and_each_kind_is_held_apart() -> None:
    held = Held()
    held.found(FaultKind.CAMERA_FROZEN, "front")
    held.found(FaultKind.CAMERA_FROZEN, "rear")
    held.over(FaultKind.CAMERA_FROZEN, "front")
    assert [f.subject for f in held.keeper.holding()] == ["rear"]
    held.at(60).settle()
    assert [f.subject for f in held.keeper.board.standing_faults()] == ["rear"]


def test_what_something_else_explains_is_cleared_at_once_but_only_when_it_is_over() -> None:
    held = Held()
    held.found(FaultKind.CAMERA_SILENT, "front")
    held.found(FaultKind.CAMERA_BLACK, "rear")
    held.over(FaultKind.CAMERA_SILENT, "front")
    assert [a.state for a in held.keeper.end(lambda fault: True)] == [AlertState.CLEARED]
    assert [f.subject for f in held.keeper.board.standing_faults()] == ["rear"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=60), st.sampled_from(FaultKind))
def test_any_sequence_of_conditions_is_told_once_for_each_hold_and_none_is_left_untold(
    turns: list[tuple[int, bool]], kind: FaultKind
) -> None:
    """Looked at every 0.25 s, as on patrol; `turns` are how many looks each condition lasts."""
    held = Held()
    look_s = 0.25
    raised: list[float] = []
    held_for = over_for = 0.0
    second = 0.0
    for looks, holds in turns:
        for _ in range(looks):
            held.at(second)
            (held.found if holds else held.over)(kind)
            held_for = held_for + look_s if holds else 0.0
            over_for = 0.0 if holds else over_for + look_s
            if held_for > kind.raise_after_s + look_s:
                assert held.stands
            if over_for > kind.clear_after_s + look_s:
                assert not held.stands
            second += look_s
    for at_s, state in held.told:
        if state is AlertState.RAISED:
            assert not raised or at_s - raised[-1] >= kind.raise_after_s + kind.clear_after_s
            raised.append(at_s)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_no_fault_can_be_raised_twice_within_seconds(kind: FaultKind) -> None:
    assert kind.clear_after_s >= 5
    assert 0 <= kind.raise_after_s <= 3
