import pytest

from anpr.screen.driving import MPH_IN_MPS, DrivingLimits, DrivingRule

FAST, SLOW = 5.1 * MPH_IN_MPS, 4.9 * MPH_IN_MPS


@pytest.fixture
def standing() -> DrivingRule:
    rule = DrivingRule(DrivingLimits())
    rule.update(0.0, True, 0.0)
    assert not rule.update(0.0, True, 3.0)
    return rule


def test_a_car_of_which_nothing_is_known_moves() -> None:
    assert DrivingRule(DrivingLimits()).moving


def test_moving_begins_two_seconds_over_five_mph(standing: DrivingRule) -> None:
    assert not standing.update(FAST, True, 10.0)
    assert not standing.update(FAST, True, 11.9)
    assert standing.update(FAST, True, 12.0)


def test_a_short_burst_of_speed_is_no_moving(standing: DrivingRule) -> None:
    standing.update(FAST, True, 10.0)
    standing.update(SLOW, True, 11.0)
    assert not standing.update(FAST, True, 12.5)


@pytest.mark.parametrize(("speed", "trustworthy"), [(None, True), (0.0, False), (None, False)])
def test_an_unknown_speed_is_moving_at_once(standing: DrivingRule, speed: float | None, trustworthy: bool) -> None:
    assert standing.update(speed, trustworthy, 3.1)


def test_after_an_unknown_speed_standing_is_shown_afresh(standing: DrivingRule) -> None:
    standing.update(None, True, 3.1)
    assert standing.update(0.0, True, 4.0)
    assert standing.update(0.0, True, 6.9)
    assert not standing.update(0.0, True, 7.0)


def test_a_stop_at_a_junction_keeps_the_driver_view_for_a_moment(standing: DrivingRule) -> None:
    standing.update(FAST, True, 10.0)
    standing.update(FAST, True, 12.0)
    assert standing.update(0.0, True, 13.0)
    assert standing.update(FAST, True, 14.0)
    assert standing.update(0.0, True, 15.0)
    assert not standing.update(0.0, True, 18.0)
