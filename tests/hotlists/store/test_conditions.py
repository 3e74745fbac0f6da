import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import ConfigError
from anpr.geodesy import great_circle_m
from hotlists.dates import BadDate, end_of_day_s, weed_day
from hotlists.store.conditions import Area, Hours
from hotlists.store.settings import ListSettings


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


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)))
def test_all_forms_of_a_date_are_read_alike(day: date) -> None:
    named = f"{day.day:02d}-{'JanFebMarAprMayJunJulAugSepOctNovDec'[day.month * 3 - 3 : day.month * 3]}-{day.year}"
    forms = [
        day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d.%m.%Y}", named, named.upper(), f"{day:%Y%m%d}", f"{day:%d %B %Y}",
        f"{day.isoformat()}T12:30:00", f"{day:%d/%m/%Y} 10:00", f" {day.day}/{day.month}/{day.year} ",
    ]  # fmt: skip
    assert [weed_day(form) for form in forms] == [day] * len(forms)
    end = end_of_day_s(day)
    assert end is not None
    assert datetime.fromtimestamp(end - 1, UTC) >= datetime(day.year, day.month, day.day, 22, 59, tzinfo=UTC)
    assert datetime.fromtimestamp(end, UTC) <= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["30/02/2026", "2026-13-01", "tomorrow", "1/2", "32-Dec-2026", "12-Foo-2026", "20261301"]
)
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(BadDate):
        weed_day(text)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_bad_one(text: str) -> None:
    with contextlib.suppress(BadDate):
        assert weed_day(text) is None or any(c.isdigit() for c in text)


@pytest.mark.parametrize(
    "change",
    [{"priority": 101}, {"threshold": 0.0}, {"threshold": float("nan")}, {"encounter_s": -1.0}, {"max_age_s": 0.0},
     {"expires_utc": "soon"}, {"expires_utc": "2026-12-01T00:00:00"}, {"hours": "x"}, {"area": "x"}, {"covert": "yes"},
     {"default_weed_days": 10**12}, {"name": ""}, {"name": "../x"}, {"cars": (3,)}],
)  # fmt: skip
def test_settings_out_of_range(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        ListSettings("x").changed(**change)
