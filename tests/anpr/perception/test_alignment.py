import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpr.evidence import spell
from anpr.perception.alignment import align
from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, NOTHING
from tests.builders.evidence import evidence

marks = st.text(alphabet=ALPHABET, min_size=1, max_size=10)


@given(marks, marks)
def test_every_position_of_both_stands_once_and_in_order(a: str, b: str) -> None:
    pairs = align(spell(a, 0.97), spell(b, 0.97)).pairs
    assert [i for i, _ in pairs if i is not None] == list(range(len(a)))
    assert [j for _, j in pairs if j is not None] == list(range(len(b)))


def test_a_character_cut_off_at_the_edge_leaves_the_rest_paired() -> None:
    pairs = align(spell("AB12CDE", 0.97), spell("B12CDE", 0.97)).pairs
    assert pairs[0] == (0, None)
    assert pairs[1:] == tuple((i + 1, i) for i in range(6))


def test_a_dropped_character_inside_is_found() -> None:
    assert (3, None) in align(spell("AB12CDE", 0.97), spell("AB1CDE", 0.97)).pairs


def test_same_plate_has_high_odds_and_another_has_low() -> None:
    mine = spell("AB12CDE", 0.97)
    assert align(mine, evidence("AB12CDE", {2: {"1": 0.4, "7": 0.5}})).log_odds > 10
    assert align(mine, spell("KX63PLR", 0.97)).log_odds < -10


def test_a_read_without_information_says_nothing_either_way() -> None:
    blurred = spell("AAAAAAA", 1 / 36)
    assert abs(align(spell("AB12CDE", 0.97), blurred).log_odds) < 1


def with_empty(text: str, place: int, character: str, share: float = 0.02) -> CharacterProbabilities:
    """Return a text with one more position at `place`, which is all but surely empty."""
    row = np.zeros((1, NOTHING + 1), np.float32)
    row[0, NOTHING], row[0, ALPHABET.index(character)] = 1 - share, share
    table = spell(text, 0.97)
    return np.concatenate((table[:place], row, table[place:]))


def test_a_position_that_is_probably_empty_is_no_match_for_a_character() -> None:
    pairs = align(with_empty("OR08GUU", 3, "0"), with_empty("OR08GUU", 2, "0")).pairs
    assert (2, 3) in pairs  # the zeros of both
    assert {(i, j) for i, j in pairs if i is not None and j is not None} >= {(0, 0), (1, 1), (4, 4), (7, 7)}


def test_a_plate_half_hidden_is_more_likely_the_same_than_one_with_holes() -> None:
    mine = spell("AB12CDE", 0.97)
    hidden, holes = align(mine, spell("CDE", 0.97)), align(mine, spell("A1D", 0.97))
    assert hidden.pairs == ((0, None), (1, None), (2, None), (3, None), (4, 0), (5, 1), (6, 2))
    assert hidden.log_odds > 3 > holes.log_odds
    assert align(spell("AB12", 0.97), mine).pairs[-3:] == ((None, 4), (None, 5), (None, 6))
