from datetime import UTC, datetime

import pytest

from anpr.geodesy import distance_m
from anpr.values import Position


def at(latitude: float, longitude: float) -> Position:
    return Position(latitude, longitude, datetime(2026, 1, 1, tzinfo=UTC), 0.0, stale=False)


def test_known_distance_london_paris() -> None:
    assert distance_m(at(51.5074, -0.1278), at(48.8566, 2.3522)) == pytest.approx(343_556, rel=2e-3)


def test_one_minute_of_latitude_is_a_nautical_mile() -> None:
    assert distance_m(at(51.0, 0.0), at(51.0 + 1 / 60, 0.0)) == pytest.approx(1853, abs=3)


def test_an_unknown_place_has_no_distance() -> None:
    assert distance_m(None, at(51, 0)) is None
