import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.perception.fixings import ADDED, MEANT, added_and_meant, doubted_characters
from anpr.vrm import ALPHABET, NOTHING


def test_the_shipped_table_knows_every_character_and_makes_none_surer() -> None:
    assert ADDED.shape == (len(ALPHABET),)
    assert MEANT.shape == (len(ALPHABET), NOTHING + 1)
    assert (ADDED >= 0).all()
    assert ADDED[ALPHABET.index("6")] > np.median(ADDED)
    assert MEANT[ALPHABET.index("Q")].argmax() in {ALPHABET.index("O"), ALPHABET.index("0")}
    assert MEANT.sum(axis=1) == pytest.approx(np.where(MEANT.any(axis=1), 1.0, 0.0))


def test_a_table_of_shares_becomes_rows_that_sum_to_one() -> None:
    added, meant = added_and_meant(
        {"Q": {"added": 1.5, "meant": {"O": 0.6, "G": 0.2}}, "B": {"added": 0.0, "meant": {}}}
    )
    assert added[ALPHABET.index("Q")] == 1.5
    assert meant[ALPHABET.index("Q"), ALPHABET.index("O")] == pytest.approx(0.75)
    assert not meant[ALPHABET.index("B")].any()


@given(st.text(ALPHABET, min_size=1, max_size=8), st.data())
def test_no_character_is_doubted_less_than_the_network_doubts_it(text: str, data: st.DataObject) -> None:
    wrong = np.array([data.draw(st.floats(0, 1)) for _ in text])
    told = doubted_characters(text, wrong)
    assert ((told >= wrong) & (told <= 1)).all()
