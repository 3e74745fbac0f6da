import pytest

from anpr.alerting.decisions import Decision
from anpr.alerting.misreads import misread_rates


def test_misread_rates_leave_no_action_out_and_bound_small_counts() -> None:
    decisions = [("front", Decision.CONFIRMED)] * 6 + [("front", Decision.WRONG_VEHICLE)] * 2
    decisions += [("front", Decision.WRONG_PLATE)] * 2 + [("front", Decision.NO_ACTION)] * 90
    decisions += [("rear", Decision.NO_ACTION)]
    front, rear = misread_rates(decisions)
    assert (front.right, front.misreads, front.rate) == (8, 2, 0.2)
    assert front.low == pytest.approx(0.0567, abs=0.001)  # Wilson, 2 of 10
    assert front.high == pytest.approx(0.5098, abs=0.001)
    assert (rear.right, rear.misreads, rear.rate, rear.low, rear.high) == (0, 0, None, 0.0, 1.0)  # nothing is known
