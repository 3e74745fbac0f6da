import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpr.vrm import ALPHABET
from models.plates.texts import chance, pattern_text, random_text, shade


@given(st.text("A0j-. *1", max_size=12), st.integers(0, 2**32))
def test_pattern_is_followed_place_by_place(pattern: str, seed: int) -> None:
    text = pattern_text(np.random.default_rng(seed), pattern, "XYZ")
    forms = {"A": "[XYZ]", "0": r"\d", "j": "J"}
    assert re.fullmatch("".join(forms.get(c, re.escape(c)) for c in pattern), text)


def test_every_letter_and_digit_comes_up() -> None:
    rng = np.random.default_rng(1)
    drawn = "".join(pattern_text(rng, "A0A0A0", "XYZ") for _ in range(200))
    assert set(drawn) == set("XYZ0123456789")


def test_random_texts_use_the_whole_alphabet_and_a_third_repeat_themselves() -> None:
    rng = np.random.default_rng(2)
    texts = [random_text(rng, 9) for _ in range(600)]
    assert {len(text) for text in texts} == {9}
    assert set("".join(texts)) == set(ALPHABET)
    assert 0.25 < np.mean([len(set(text)) <= 4 for text in texts]) < 0.42


@given(st.tuples(*[st.integers(0, 255)] * 3), st.floats(0, 200), st.integers(0, 1000))
def test_shades_stay_colours(colour: tuple[int, int, int], spread: float, seed: int) -> None:
    assert all(0 <= c <= 255 for c in shade(np.random.default_rng(seed), colour, spread))
    assert shade(np.random.default_rng(seed), colour, 0.0) == colour


def test_chance_is_a_share() -> None:
    rng = np.random.default_rng(3)
    assert 0.27 < np.mean([chance(rng, 0.3) for _ in range(3000)]) < 0.33
    assert not any(chance(rng, 0.0) for _ in range(50))
    assert all(chance(rng, 1.0) for _ in range(50))
