from datetime import UTC, datetime

import pytest

from anpr.errors import ConfigError
from anpr.geodesy import great_circle_m
from hotlists.store.conditions import Area, Hours


def london(text: str) -> datetime:
    from hotlists.dates import LOCAL  # noqa: PLC0415 - only here

    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("", ["2026-11-20T03:00"], []),
        ("07:00-19:00", ["2026-11-20T07:00", "2026-11-22T18:59"], ["2026-11-20T19:00", "2026-11-20T06:59"]),
        ("Mon-Fri 07:00-19:00", ["2026-11-20T12:00"], ["2026-11-21T12:00"]),
        ("Sat 22:00-04:00", ["2026-11-21T23:00", "2026-11-22T03:59"], ["2026-11-22T04:00", "2026-11-21T03:00"]),
        ("fri-mon 10:00-11:00, wed 00:00-24:00", ["2026-11-22T10:30", "2026-11-25T23:59"], ["2026-11-24T10:30"]),
        # summer time: 07:30 in London is 06:30 UTC
        ("Wed 07:00-08:00", ["2026-07-01T07:30"], ["2026-07-01T06:30", "2026-07-01T08:30"]),
    ],
)
def test_hours_are_local(hours: str, inside: list[str], outside: list[str]) -> None:
    parsed = Hours.parse(hours)
    assert all(parsed.include(london(at)) for at in inside)
    assert not any(parsed.include(london(at)) for at in outside)


@pytest.mark.parametrize(
    "hours", ["all day", "25:00-26:00", "Mon 07:60-08:00", "Xyz 07:00-08:00", "07:00", "Mon-Foo 1:00-2:00"]
)
def test_hours_that_are_none(hours: str) -> None:
    with pytest.raises(ConfigError, match="hours"):
        Hours.parse(hours)


def test_areas() -> None:
    circle = Area.parse('{"circle": [51.5, -0.1, 1000]}')
    assert circle.include(51.5089, -0.1)
    assert not circle.include(51.5091, -0.1)
    # an L: the notch is outside
    shape = Area.parse('{"polygon": [[51, 0], [53, 0], [53, 1], [52, 1], [52, 2], [51, 2]]}')
    assert shape.include(51.5, 1.5)
    assert shape.include(52.5, 0.5)
    assert not shape.include(52.5, 1.5)
    assert Area.parse("").include(0.0, 0.0)


@pytest.mark.parametrize(
    "area",
    [
        "{",
        "[]",
        "{}",
        '{"circle": [1, 2]}',
        '{"circle": [91, 0, 5]}',
        '{"circle": [1, 1, -5]}',
        '{"polygon": [[1, 1]]}',
        '"x"',
    ],
)
def test_areas_that_are_none(area: str) -> None:
    with pytest.raises(ConfigError, match="area"):
        Area.parse(area)


def test_distance_of_a_minute_of_latitude_is_a_sea_mile() -> None:
    assert great_circle_m(51.0, 0.0, 51.0 + 1 / 60, 0.0) == pytest.approx(1852, rel=0.002)
