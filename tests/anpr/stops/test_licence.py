"""The driver number against its public description."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.errors import InputError
from anpr.stops.licence import Holder, licence, misfits, surname_part

MORGAN = "MORGA657054SM9IJ"
HOLDER = Holder("Morgan", "Samantha Michelle", date(1964, 7, 5), "female")
"""The example of the published guidance: Samantha Michelle Morgan, born on 5 July 1964."""


def test_the_published_example_fits_and_each_part_is_noticed() -> None:
    assert licence("morga 657054 sm9ij 35") == f"{MORGAN}35"
    assert misfits(MORGAN, HOLDER) == ()
    assert misfits(MORGAN, Holder("Morgen", "Samantha Michelle", date(1964, 7, 5), "female")) == ("surname",)
    assert misfits(MORGAN, Holder("Morgan", "Samantha Anne", date(1964, 7, 5), "female")) == ("forenames",)
    assert misfits(MORGAN, Holder("Morgan", "Samantha", date(1964, 7, 6), "female")) == ("date of birth",)
    assert misfits(MORGAN, Holder("Morgan", "Samantha", date(1964, 7, 5), "male")) == ("sex",)
    assert misfits(MORGAN, Holder("Morgan", "", None, "another")) == ()
    assert misfits(MORGAN, Holder()) == ()


@pytest.mark.parametrize(
    ("surname", "part"),
    [("Man", "MAN99"), ("Mack", "MCK99"), ("MacDonald", "MCDON"), ("McDonald", "MCDON"), ("O'Brien", "OBRIE"), ("Ng", "NG999"),
     ("Ó Sé", "OSE99"), ("Smith-Jones", "SMITH"), ("Müller", "MULLE")],
)  # fmt: skip
def test_surnames_are_written_as_described(surname: str, part: str) -> None:
    assert surname_part(surname) == part


@pytest.mark.parametrize(
    ("number", "named"),
    [("MORGA657054SM9I", "15 characters"), ("MORGA677054SM9IJ", "month"), ("MORGA657324SM9IJ", "day"), ("99999657054SM9IJ", "surname"),
     ("MO9GA657054SM9IJ", "surname"), ("MORGA657054S19IJ", "initials"), ("MORGA657054SMXIJ", "a digit"), ("MORGA600054SM9IJ", "month"),
     ("MORGA657054SM9IJX5", "two digits"), ("", "0 characters")],
)  # fmt: skip
def test_what_is_not_built_so_is_refused_and_says_where(number: str, named: str) -> None:
    with pytest.raises(InputError, match=named):
        licence(number)


def test_a_number_of_northern_ireland_says_nothing_of_its_holder() -> None:
    assert licence("1234 5678") == "12345678"
    assert misfits("12345678", HOLDER) == ()


@given(
    st.sampled_from(("Morgan", "Ng", "MacIver", "O'Neill", "Żak")), st.sampled_from(("Samantha Michelle", "Al", "Jo Ann Sue")),
    st.dates(date(1920, 1, 1), date(2009, 12, 31)), st.sampled_from(("female", "male")), st.integers(0, 9),
)  # fmt: skip
def test_a_number_made_by_the_description_is_taken_and_fits(
    surname: str, forenames: str, born: date, sex: str, namesake: int
) -> None:
    initials = "".join(name[0] for name in forenames.split())[:2].upper().ljust(2, "9")
    month = born.month + (50 if sex == "female" else 0)
    year = f"{born.year % 100:02d}"
    number = f"{surname_part(surname)}{year[0]}{month:02d}{born.day:02d}{year[1]}{initials}{namesake}AB"
    assert misfits(licence(number), Holder(surname, forenames, born, sex)) == ()


@given(st.text(max_size=20))
def test_whatever_is_typed_is_taken_or_refused_in_a_sentence(text: str) -> None:
    number, said = "", ""
    try:
        number = licence(text)
    except InputError as error:
        said = str(error)
    assert bool(number) != bool(said)
    assert "\n" not in said
