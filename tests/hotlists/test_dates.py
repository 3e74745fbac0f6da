import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotlists.dates import BadDate, WeedDates, end_of_day_s, weed_day


@pytest.mark.parametrize(
    ("day", "end_utc"),
    [
        (date(2026, 1, 15), "2026-01-16T00:00:00"),
        (date(2026, 7, 1), "2026-07-01T23:00:00"),
        # the day before, and the day on which, the clocks go forward
        (date(2026, 3, 28), "2026-03-29T00:00:00"),
        (date(2026, 3, 29), "2026-03-29T23:00:00"),
        # the day before, and the day on which, they go back
        (date(2026, 10, 24), "2026-10-24T23:00:00"),
        (date(2026, 10, 25), "2026-10-26T00:00:00"),
        (date(2026, 12, 31), "2027-01-01T00:00:00"),
    ],
)
def test_day_ends_at_midnight_in_the_united_kingdom(day: date, end_utc: str) -> None:
    assert end_of_day_s(day) == datetime.fromisoformat(end_utc).replace(tzinfo=UTC).timestamp()


def test_no_date_and_the_last_year_of_all_never_end() -> None:
    assert end_of_day_s(None) is None
    assert end_of_day_s(date(9999, 1, 1)) is None
    assert end_of_day_s(date(9998, 12, 31)) is not None


@given(st.dates(date(1970, 1, 1), date(2399, 12, 31)))
def test_days_follow_each_other_without_gap(day: date) -> None:
    end, next_end = end_of_day_s(day), end_of_day_s(day + timedelta(days=1))
    assert end is not None
    assert next_end is not None
    assert next_end - end in (23 * 3600, 24 * 3600, 25 * 3600)


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "n/a", "NA", "none", "Null", " never ", "Permanent", "00/00/0000", "0000-00-00"]
)
def test_words_for_no_date(text: str) -> None:
    assert weed_day(text) is None


def test_day_comes_before_month_and_two_digits_are_of_this_century() -> None:
    assert weed_day("01/02/26") == weed_day("1.2.2026") == weed_day("1 February 26") == date(2026, 2, 1)
    assert weed_day("22-Nov-99") == date(2099, 11, 22)
    with pytest.raises(BadDate, match="a day that does not exist"):
        weed_day("11/22/2026")
    with pytest.raises(BadDate, match="a date in no known form"):
        weed_day("11 22 2026")


@pytest.mark.parametrize(
    "text",
    [
        "31/12/2030 11:59 PM", "31/12/2030 11:59:59 p.m.", "31/12/2030 23:59", "31/12/2030, 11:59pm", "2030-12-31T23:59:59.000Z",
        "2030-12-31 23:59:59+01:00", "20301231235959", "20301231T2359Z", "31st December 2030", "Dec 31, 2030", "Dec 31 2030",
        "December 31st, 2030 11:59 PM", "Tue 31 Dec 2030", "Tuesday, December 31, 2030", "31-DEC-30", "31.12.30",
    ],
)  # fmt: skip
def test_times_of_day_ordinals_and_months_in_words_change_no_day(text: str) -> None:
    assert weed_day(text) == date(2030, 12, 31)


@pytest.mark.parametrize(
    "text", ["Friday", "May 2030", "31/12", "12/31/30 PM AM", "47848", "2030-12-31PM12", "####", "TBC"]
)
def test_what_is_no_date_is_not_guessed_at(text: str) -> None:
    with pytest.raises(BadDate):
        weed_day(text)


def test_a_number_that_counts_days_has_a_reason_of_its_own() -> None:
    with pytest.raises(BadDate, match="a number, as spreadsheets count days: format its column as a date"):
        weed_day("47848")


def test_seen_texts_are_kept_and_bad_ones_are_not() -> None:
    dates = WeedDates()
    assert dates["2026-11-22"] == dates["22/11/2026"] == end_of_day_s(date(2026, 11, 22))
    assert dates[""] is None
    for _ in range(2):
        with pytest.raises(BadDate):
            dates["soon"]
    assert set(dates) == {"2026-11-22", "22/11/2026", ""}


def test_memory_of_seen_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WeedDates, "MOST", 3)
    dates = WeedDates()
    for number in range(1, 9):
        assert dates[f"2026-11-{number:02d}"] is not None
        assert len(dates) <= 3


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
