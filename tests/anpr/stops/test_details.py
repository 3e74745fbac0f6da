"""Dates of birth, postcodes, self-defined ethnicity."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import InputError
from anpr.stops.details import ETHNICITIES, LATER_ETHNICITIES, OLDEST, age, birth_date, ethnicity, postcode

TODAY = date(2026, 11, 29)


@given(st.dates(date(1907, 1, 1), TODAY), st.sampled_from(("%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%d%m%Y")))
def test_a_date_of_birth_is_read_day_first_however_it_is_written(born: date, form: str) -> None:
    assert birth_date(born.strftime(form), TODAY) == born


@pytest.mark.parametrize(
    "text", ["30/11/2026", "31/2/1990", "1/13/1990", "5/7/64", "", "yesterday", "29/11/1905", "29/02/2025"]
)
def test_what_is_no_date_of_birth_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="date"):
        birth_date(text, TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, OLDEST))
def test_age_grows_on_the_birthday(born: date, years: int) -> None:
    later = born.year + years
    assert age(born, date(later, 12, 31)) == years
    if (born.month, born.day) != (1, 1):
        assert age(born, date(later, 1, 1)) == years - 1


@pytest.mark.parametrize(
    "text",
    ["M1 1AA", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "SW1A 1AA", "GIR 0AA", "BT1 5GS", "ZE1 0AA"],
)
def test_every_form_of_a_postcode_is_taken(text: str) -> None:
    """The forms and most examples are those of the published standard: A9, A99, AA9, AA99, A9A, AA9A."""
    assert postcode(text.lower().replace(" ", "")) == text


@pytest.mark.parametrize(
    "text", ["", "SW1A", "QA1 1AA", "AI1 1AA", "M1 1CA", "W1I 1AA", "EC1C 1BB", "M1A1 1AA", "SW1A 1A", "12345"]
)
def test_what_is_not_built_so_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        postcode(text)


def test_the_codes_are_the_sixteen_and_one_and_what_came_later() -> None:
    assert list(ETHNICITIES) == [
        "W1",
        "W2",
        "W9",
        "M1",
        "M2",
        "M3",
        "M9",
        "A1",
        "A2",
        "A3",
        "A9",
        "B1",
        "B2",
        "B9",
        "O1",
        "O9",
        "NS",
    ]
    assert list(LATER_ETHNICITIES) == ["W3", "A4", "O2"]
    assert [ethnicity(code.lower()) for code in (*ETHNICITIES, *LATER_ETHNICITIES)] == [
        *ETHNICITIES,
        *LATER_ETHNICITIES,
    ]
    for code in ("IC1", "W4", "", "X9", "1"):
        with pytest.raises(InputError):
            ethnicity(code)
