"""One value for whatever was answered: merged from several sources, tidy whatever they sent, each trouble its own sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.enquiries.answer import (
    EnquiryAnswer,
    Outcome,
    Told,
    day_of,
    no_answer,
    number_of,
    text_of,
    together,
    year_of,
)

NOW = datetime(2026, 11, 29, 2, 14, tzinfo=UTC)


def found(source: str, after_s: float = 1.0, **facts: str | int) -> EnquiryAnswer:
    at = NOW + timedelta(seconds=after_s)
    return replace(EnquiryAnswer("AB12CDE", NOW, at, (Told(source, Outcome.FOUND, at),)), **facts)  # type: ignore[arg-type]


def test_every_outcome_has_its_own_sentence_that_names_the_source() -> None:
    sentences = {Told("DVLA", outcome, NOW).sentence for outcome in Outcome}
    assert len(sentences) == len(Outcome)
    assert all(one.startswith(("DVLA ", "Today's questions to DVLA ")) and one.endswith(".") for one in sentences)
    again = Told("DVLA", Outcome.DOWN, NOW, again=True).sentence
    assert again == "DVLA is out of order. It is asked again by itself."


def test_two_sources_are_one_answer() -> None:
    dvla = found("DVLA", 1, tax="Taxed", make="FORD", colour="GREY", mot="Valid", mot_until="2027-03-31")
    dvsa = found(
        "DVSA",
        2,
        make="FORD",
        model="FOCUS",
        colour="Silver",
        mot="Last test passed",
        mot_until="2027-03-30",
        mileage=5,
    )
    one = together([dvla, dvsa])
    assert (one.tax, one.model, one.colour, one.mileage) == ("Taxed", "FOCUS", "GREY", 5)
    assert (one.mot, one.mot_until) == ("Valid", "2027-03-31")
    assert one.source == "DVLA + DVSA"
    assert one.answered_utc == NOW + timedelta(seconds=2)


def test_a_status_without_a_day_gives_way_to_one_with_a_day() -> None:
    dvla = found("DVLA", mot="No details held by DVLA")
    one = together([dvla, found("DVSA", mot="First test due", mot_until="2027-09-01")])
    assert (one.mot, one.mot_until) == ("First test due", "2027-09-01")


def test_what_one_source_knows_is_not_hidden_by_the_trouble_of_another() -> None:
    down = no_answer("AB12CDE", "DVLA", Outcome.DOWN, NOW, NOW + timedelta(seconds=9))
    one = together([down, found("DVSA", model="FOCUS")])
    assert one.found
    assert (one.model, one.source) == ("FOCUS", "DVSA")
    assert one.answered_utc == NOW + timedelta(seconds=1)
    assert [told.outcome for told in one.told] == [Outcome.DOWN, Outcome.FOUND]


def test_not_found_is_told_only_when_nobody_found_it() -> None:
    missing = no_answer("AB12CDE", "DVLA", Outcome.NOT_FOUND, NOW, NOW)
    waits = no_answer("AB12CDE", "DVSA", Outcome.WAITING, NOW, NOW)
    assert together([missing, waits]).outcome is Outcome.NOT_FOUND
    assert together([missing, found("DVSA")]).outcome is Outcome.FOUND


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2027-03-31", "2027-03-31"), ("2024.06.26 10:14:00", "2024-06-26"), ("2027-02-30", ""), ("31/03/2027", ""), (None, ""), (7, "")],
)  # fmt: skip
def test_days(value: object, expected: str) -> None:
    assert day_of({"day": value}, "day") == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(5, 5), ("84210", 84210), ("-1", None), (True, None), (1e9, None), ("9" * 400, None), ("٣", None)]
)  # fmt: skip
def test_numbers(value: object, expected: int | None) -> None:
    assert number_of({"n": value}, "n", 9_999_999) == expected


def test_years_before_the_first_motor_car_are_none() -> None:
    assert year_of({"y": 1884}, "y") is None
    assert year_of({"y": "2019"}, "y") == 2019


def test_texts_are_one_line_and_short_and_hold_nothing_that_cannot_be_shown() -> None:
    assert text_of({"a": 7, "b": "  FORD \n TRANSIT "}, "a", "b") == "FORD TRANSIT"
    assert text_of({"a": "FO\x1b[2JRD"}, "a") == ""
    assert len(text_of({"a": "x" * 500}, "a")) == 80


@given(
    st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.none() | st.text(max_size=20) | st.floats() | st.integers() | st.just([]),
    )
)
@settings(max_examples=25, deadline=None)
def test_nothing_that_a_source_sends_breaks_the_reading(fields: dict[str, object]) -> None:
    assert "\n" not in text_of(fields, "a", "b")
    assert len(day_of(fields, "a", "b")) in {0, 10}
    number = number_of(fields, "a", 100)
    assert number is None or 0 <= number <= 100
