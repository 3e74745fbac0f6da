"""What each step makes of an alert; which one comes when is the board's, and the shift's, affair."""

from datetime import timedelta

import pytest

from anpr.alerting.encounter import Support
from anpr.alerting.lifecycle import AlertSettings, decided, not_decided, raised_fault, showing
from anpr.errors import InputError
from anpr.values import AlertState, Fault, StepKind
from tests.builders.alert import alert, fault_alert
from tests.builders.hit import hit
from tests.builders.sighting import NOW, sighting


def test_a_fault_is_certain_and_as_urgent_as_its_kind() -> None:
    made = raised_fault(7, Fault("gps_lost", "", "No place.", "Look at the aerial.", NOW, priority=33), NOW)
    assert (made.alert_id, made.priority, made.probability, made.state) == (7, 33, 1.0, AlertState.RAISED)
    assert (made.raised_utc, [step.kind for step in made.steps], made.hits) == (NOW, [StepKind.RAISED], ())


def test_what_time_has_closed_is_decided_no_more_and_no_evidence_changes_it() -> None:
    closed = not_decided(alert(hit(0.9)), NOW)
    assert (closed.state, closed.steps[-1].kind, closed.steps[-1].at_utc) == (
        AlertState.NOT_DECIDED, StepKind.NOT_DECIDED, NOW,
    )  # fmt: skip
    with pytest.raises(InputError, match="closed as not decided"):
        decided(closed, "confirmed", NOW)
    later = hit(0.99, of=sighting(at=NOW + timedelta(seconds=1)))
    assert showing(closed, Support((later,), passes=True, is_final=False), NOW, AlertSettings()) is closed


def test_a_fault_needs_no_decision() -> None:
    with pytest.raises(InputError, match="a fault needs no decision"):
        decided(fault_alert(), "no_action", NOW)


def test_what_is_decided_keeps_what_it_showed_unless_its_own_track_bears_it_out() -> None:
    over = decided(alert(hit(0.9)), "confirmed", NOW)
    weak, strong = (hit(p, of=sighting(at=NOW + timedelta(seconds=1))) for p in (0.1, 0.99))
    assert showing(over, Support((weak,), passes=False, is_final=False), NOW, AlertSettings()) is over
    shown = showing(over, Support((strong,), passes=True, is_final=False), NOW, AlertSettings())
    assert (shown.hits[0], shown.probability, shown.state) == (strong, 0.99, AlertState.DECIDED)
