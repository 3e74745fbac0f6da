from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.hidden import LEAST, SYMBOL, confidence_of_seen, doubt, in_words, marked, marked_of, places
from anpr.values import Hidden
from tests.builders.sighting import sighting

chances = st.floats(0.0, 1.0)
hidden_places = st.lists(st.builds(Hidden, st.integers(-2, 12), chances), max_size=5)


@given(st.text("ABC123", max_size=8), hidden_places)
def test_the_places_that_count_are_within_the_text_and_each_is_marked_once(text: str, hidden: list[Hidden]) -> None:
    found = places(hidden, len(text))
    expected = {min(max(h.position, 0), len(text)) for h in hidden if h.probability >= LEAST}
    assert [one.position for one in found] == sorted(expected)
    shown = marked(text, hidden)
    assert shown.count(SYMBOL) == len(found)
    assert shown.replace(SYMBOL, "") == text
    assert bool(in_words(text, hidden)) == bool(found)


def test_where_a_character_may_be_hidden_is_said_in_words() -> None:
    assert in_words("RK64AG", [Hidden(6, 0.9)]) == "a character may be hidden after G"
    assert in_words("RK64AG", [Hidden(2, 0.9), Hidden(0, 0.5)]) == (
        "a character may be hidden before R and between K and 6"
    )
    assert in_words("", [Hidden(0, 0.9)]) == "a character may be hidden in the mark"
    assert in_words("RK64AGY", []) == ""


def test_what_was_seen_is_as_sure_as_ever_when_something_else_is_hidden() -> None:
    seen = replace(sighting("K64AGY"), confidence=0.095, hidden=(Hidden(0, 0.9),))
    assert confidence_of_seen(seen) == pytest.approx(0.95)
    assert marked_of(seen) == "▯K64AGY"
    assert confidence_of_seen(replace(seen, hidden=())) == 0.095
    hopeless = replace(seen, confidence=0.0, hidden=(Hidden(0, 1.0),))
    assert confidence_of_seen(hopeless) == pytest.approx(float(np.prod(hopeless.probabilities.max(axis=1))))
    assert doubt((Hidden(0, 0.5), Hidden(6, 0.5))) == pytest.approx(0.75)
