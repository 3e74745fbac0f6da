from hypothesis import given
from hypothesis import strategies as st

from anpr.vrm import ALPHABET, fold, normalise


def test_normalise_takes_out_spaces_and_dashes() -> None:
    assert normalise(" ab51\tcde ") == "AB51CDE"
    assert normalise("B-12·345") == "B12345"


def test_normalise_keeps_characters_that_are_not_of_a_mark() -> None:
    assert normalise("ab?1*") == "AB?1*"


def test_fold_makes_marks_equal_that_look_the_same() -> None:
    assert fold("OI10AB") == fold("0110AB") == "0110AB"


@given(st.text(alphabet=ALPHABET, max_size=10))
def test_normalise_and_fold_are_stable(text: str) -> None:
    assert normalise(text) == text
    assert fold(fold(text)) == fold(text)
