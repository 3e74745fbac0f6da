"""Words for colours and makes: no short form means two of them, and every one of DVLA's is there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.enquiries import vocabulary
from anpr.enquiries.vocabulary import are_near, colours_of, is_nothing, make_of, model_words


def test_the_basic_colours_are_dvlas_twenty() -> None:
    assert len(vocabulary._COLOURS) == 20
    assert all(colours_of(colour) == {colour} for colour in vocabulary._COLOURS)


@pytest.mark.parametrize(("table", "between"), [(vocabulary._COLOURS, None), (vocabulary._MAKES, "|")])
def test_no_word_means_two_things(table: dict[str, str], between: str | None) -> None:
    ways = [(way, word) for word, others in table.items() for way in {word, *filter(None, others.split(between))}]
    twice = [way for way, _ in ways if len({word for other, word in ways if other == way}) > 1]
    assert twice == []
    # A short form that begins another word as well may have been meant for either.
    ambiguous = {
        way
        for way, word in ways
        if len(way) <= 3
        and any(other.startswith(way) for other in table if other != word and not word.startswith(other))
    }
    assert ambiguous == set()


def test_pairs_that_are_near_name_words_that_there_are() -> None:
    words = {*vocabulary._COLOURS, *vocabulary._MAKES}
    assert {word for pair in vocabulary._NEAR for word in pair} - words == set()
    assert all(len(pair) == 2 for pair in vocabulary._NEAR)
    assert set(vocabulary._MODELS) <= set(vocabulary._MAKES)
    assert are_near("VAUXHALL", "OPEL")
    assert are_near("OPEL", "VAUXHALL")
    assert not are_near("BLUE", "GREY")


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("BLU", {"BLUE"}), ("met. blue", {"BLUE"}), ("DARK GREEN METALLIC", {"GREEN"}), ("WHI/BLU", {"WHITE", "BLUE"}),
        ("Black & White", {"BLACK", "WHITE"}), ("GRAY", {"GREY"}), ("Multi-colour", {"MULTI-COLOUR"}), ("burgundy", {"MAROON"}),
        ("", set()), ("UNKNOWN", set()), ("N/K", set()), ("SPARKLY BLUE", set()), ("GRE", set()), ("BL", set()), ("DARK", set()),
    ],
)  # fmt: skip
def test_colours(text: str, colours: set[str]) -> None:
    assert colours_of(text) == colours


@pytest.mark.parametrize(
    ("make", "model", "meant"),
    [
        ("VW", "", "VOLKSWAGEN"), ("v.w.", "", "VOLKSWAGEN"), ("VOLKSWAGEN GOLF", "", "VOLKSWAGEN"), ("Merc", "", "MERCEDES-BENZ"),
        ("MERCEDES BENZ C220", "", "MERCEDES-BENZ"), ("Citroën", "C3", "CITROEN"), ("ŠKODA", "", "SKODA"),
        ("LANDROVER", "", "LAND ROVER"), ("RANGE ROVER SPORT", "", "LAND ROVER"), ("L/ROVER", "", "LAND ROVER"), ("ROVER 75", "", "ROVER"),
        ("VAUX", "", "VAUXHALL"), ("BMW MINI", "", "MINI"), ("FORD TRANSIT", "", "FORD"), ("FIESTA", "", "FORD"), ("", "Corsa", "VAUXHALL"),
        ("UNK", "GOLF", "VOLKSWAGEN"), ("VOLKSWAG", "", "VOLKSWAGEN"), ("HARLEY", "", "HARLEY-DAVIDSON"), ("LTI", "TX4", "LEVC"),
        ("VOL", "", ""), ("ZZTOP", "", ""), ("", "", ""), ("GENERIC VAN", "", ""),
    ],
)  # fmt: skip
def test_makes(make: str, model: str, meant: str) -> None:
    assert make_of(make, model) == meant


@given(st.text(max_size=20), st.text(max_size=10))
@settings(max_examples=30, deadline=None)
def test_any_text_has_a_make_and_colours_or_none(text: str, model: str) -> None:
    assert make_of(text, model) in {"", *vocabulary._MAKES}
    assert colours_of(text) <= set(vocabulary._COLOURS)
    assert isinstance(is_nothing(text), bool)
    assert " " not in model_words(model)
