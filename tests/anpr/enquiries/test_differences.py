"""Whether a vehicle is the one that its mark belongs to: many pairs, of which no confusion is a difference and no clone is missed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.enquiries import vocabulary
from anpr.enquiries.differences import Comparison, Described, Match, compare


def matches(comparison: Comparison) -> dict[str, str]:
    return {one.what: one.match.value for one in comparison.parts}


@pytest.mark.parametrize(
    ("described", "registered", "make", "colour"),
    [
        (("BMW", "BLUE"), ("FORD", "GREY"), "differs", "differs"),
        (("BMW", "BLU"), ("BMW", "BLUE"), "same", "same"),
        (("VW", "SLV"), ("VOLKSWAGEN", "GREY"), "same", "near"),
        (("VAUXHALL", "WHT"), ("OPEL", "WHITE"), "near", "same"),
        (("MERC", "BLACK"), ("MERCEDES-BENZ", "BLACK"), "same", "same"),
        (("AUDI", "BLACK"), ("AUDI", "WHITE"), "same", "differs"),
        (("AUDI", "BLACK"), ("SEAT", "BLACK"), "differs", "same"),
        (("AUDI", ""), ("AUDI", "WHITE"), "same", "unknown"),
        (("", "RED"), ("FORD", "RED"), "unknown", "same"),
        (("UNKNOWN", "N/K"), ("FORD", "RED"), "unknown", "unknown"),
        (("FORD", "RED"), ("", ""), "unknown", "unknown"),
        (("FORD", "BLUE/WHITE"), ("FORD", "WHITE"), "same", "same"),
        (("FORD", "BLUE/WHITE"), ("FORD", "RED"), "same", "differs"),
        (("FORD", "RED"), ("FORD", "MULTI-COLOUR"), "same", "near"),
        (("FORD", "BURGUNDY"), ("FORD", "RED"), "same", "near"),
        (("FORD", "NAVY"), ("FORD", "BLACK"), "same", "near"),
        (("FORD", "GOLD"), ("FORD", "BEIGE"), "same", "near"),
        (("RANGE ROVER", "GRN"), ("LAND ROVER", "GREEN"), "same", "same"),
        (("CUPRA", "GRY"), ("SEAT", "GREY"), "near", "same"),
        (("SOME VAN", "WHITE"), ("FORD", "WHITE"), "unknown", "same"),
        (("FORD", "SPARKLY"), ("FORD", "RED"), "same", "unknown"),
        (("NISSAN", "YEL"), ("NISSAN", "GREEN"), "same", "near"),
        (("PEUG", "ORG"), ("PEUGEOT", "BLUE"), "same", "differs"),
        (("TRIUMPH", "GREEN"), ("YAMAHA", "GREEN"), "differs", "same"),
        (("MINI", "RED"), ("BMW", "RED"), "near", "same"),
        (("FORD TRANSIT", "WHITE"), ("MERCEDES-BENZ", "WHITE"), "differs", "same"),
    ],
)  # fmt: skip
def test_pairs(described: tuple[str, str], registered: tuple[str, str], make: str, colour: str) -> None:
    comparison = compare(Described(described[0], colour=described[1]), Described(registered[0], colour=registered[1]))
    found = matches(comparison)
    assert (found["make"], found["colour"]) == (make, colour)
    assert comparison.possible_clone == (make == "differs")
    assert bool(comparison.sentence) == ("differs" in {make, colour})


def test_a_clone_is_said_to_be_possible_and_a_painted_car_to_be_painted() -> None:
    clone = compare(Described("BMW", colour="BLUE"), Described("FORD", colour="GREY"))
    assert "possible clone" in clone.sentence
    assert [(one.what, one.described, one.registered) for one in clone.different] == [
        ("make", "BMW", "FORD"), ("colour", "BLUE", "GREY"),
    ]  # fmt: skip
    painted = compare(Described("BMW", colour="RED"), Described("BMW", colour="WHITE"))
    assert "painted" in painted.sentence
    assert not painted.possible_clone


def test_a_make_is_told_by_the_model_where_the_list_gives_none() -> None:
    comparison = compare(Described("", "FIESTA", "BLUE"), Described("BMW", "", "BLUE"))
    assert comparison.possible_clone
    assert comparison.different[0].described == "FORD"


@pytest.mark.parametrize(
    ("described", "registered", "expected"),
    [("GOLF", "GOLF GTI TDI", "same"), ("3 SERIES", "320D M SPORT", "unknown"), ("C CLASS", "C-CLASS", "same"), ("", "X5", "unknown"), ("X5", "", "unknown")],
)  # fmt: skip
def test_models_agree_or_say_nothing(described: str, registered: str, expected: str) -> None:
    assert matches(compare(Described(model=described), Described(model=registered)))["model"] == expected


words = st.sampled_from(["", *vocabulary._MAKES, "VW", "MERC", "??"])
colours = st.sampled_from(["", *vocabulary._COLOURS, "BLU/WHT", "MET GRN", "??"])
vehicles = st.builds(Described, words, st.just(""), colours)


@given(vehicles)
@settings(max_examples=30, deadline=None)
def test_no_vehicle_differs_from_itself(one: Described) -> None:
    assert not compare(one, one).different


@given(vehicles, vehicles)
@settings(max_examples=40, deadline=None)
def test_it_does_not_matter_who_describes_whom(one: Described, other: Described) -> None:
    assert matches(compare(one, other)) == matches(compare(other, one))


def test_every_pair_of_makes_that_are_not_near_is_a_possible_clone() -> None:
    makes = sorted(vocabulary._MAKES)
    for number, one in enumerate(makes):
        for other in makes[number + 1 :: 7]:
            comparison = compare(Described(one), Described(other))
            is_near = vocabulary.are_near(one, other)
            assert comparison.parts[0].match is (Match.NEAR if is_near else Match.DIFFERS)
