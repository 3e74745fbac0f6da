"""Decoding against sums over every path, written out."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anpr.perception.ctc import CERTAIN, text_probabilities
from anpr.perception.decoding import decode
from anpr.vrm import ALPHABET, MAX_LENGTH, NOTHING
from tests.builders.evidence import every_text, posteriors, spelled


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_decoded_text_beats_every_text_one_edit_away_and_rows_are_exact(seed: int) -> None:
    scores = posteriors(np.random.default_rng(seed), 5)
    assume(np.exp(scores[:, NOTHING]).max() < CERTAIN)
    expected = every_text(scores)
    decoded = decode(scores)
    assert decoded.probability == pytest.approx(expected[decoded.text], rel=1e-4, abs=1e-6)
    for i in range(len(decoded.text)):
        for other in ("", *"012"):
            near = decoded.text[:i] + other + decoded.text[i + 1 :]
            assert expected.get(near, 0.0) <= expected[decoded.text] * (1 + 1e-4)
    assert decoded.probabilities.sum(axis=1) == pytest.approx(np.ones(len(decoded.probabilities)), abs=1e-5)


def test_row_of_a_position_holds_replacements_and_omission_in_proportion() -> None:
    scores = posteriors(np.random.default_rng(4), 6)
    expected = every_text(scores)
    decoded = decode(scores)
    sizes = [i for i, row in enumerate(decoded.probabilities) if row[NOTHING] < 0.5]
    assert len(sizes) == len(decoded.text) > 0
    row = decoded.probabilities[sizes[0]]
    weights = {c: expected.get(c + decoded.text[1:], 0.0) for c in ("0", "1", "2", "")}
    total = sum(weights.values())
    assert row[[0, 1, 2, NOTHING]] == pytest.approx([w / total for w in weights.values()], rel=1e-3, abs=1e-6)


def test_clear_plate_is_certain_and_double_characters_stay_two() -> None:
    decoded = decode(spelled("AB11CDE"))
    assert decoded.text == "AB11CDE"
    assert decoded.probability > 0.99
    assert decoded.probabilities.shape == (7, 37)


def test_doubtful_character_is_shared_between_both() -> None:
    row = decode(spelled("AB51CDE", {2: ("S", 0.3)})).probabilities[2]
    assert row[ALPHABET.index("S")] == pytest.approx(0.3, abs=0.01)
    assert row[ALPHABET.index("5")] == pytest.approx(0.7, abs=0.01)


def test_possible_extra_character_gets_a_position_of_its_own() -> None:
    scores = np.exp(spelled("AB51CDE"))
    scores[50] = 1e-7
    scores[50, ALPHABET.index("I")], scores[50, NOTHING] = 0.3, 0.7
    decoded = decode(np.log(scores))
    assert decoded.text == "AB51CDE"
    assert len(decoded.probabilities) == 8
    assert decoded.probabilities[7, ALPHABET.index("I")] == pytest.approx(0.3, abs=0.02)


def parted(rng: np.random.Generator, segments: int) -> NDArray[np.float32]:
    """Random log posteriors of segments of one to three steps between certain blanks, each of two characters of its own."""
    blank = np.full((1, NOTHING + 1), 1e-9)
    blank[:, NOTHING] = 1.0
    rows = [np.log(blank)]
    for k in range(segments):
        rows += [posteriors(rng, int(rng.integers(1, 4)), used=(2 * k, 2 * k + 1)), np.log(blank)]
    return np.concatenate(rows).astype(np.float32)


@pytest.mark.parametrize("seed", range(40))
def test_segments_between_certain_blanks_are_decoded_as_the_whole_is(seed: int) -> None:
    scores = parted(np.random.default_rng(seed), 4)
    steps = np.exp(scores.astype(np.float64))
    decoded = decode(scores)
    assert decoded.probability == pytest.approx(text_probabilities([steps], [decoded.text])[0, 0], rel=5e-3)
    own = [row for row in decoded.probabilities if row.argmax() != NOTHING]
    assert [ALPHABET[int(row.argmax())] for row in own] == list(decoded.text)
    for i, row in enumerate(own):
        first = ALPHABET.index(decoded.text[i]) // 2 * 2
        near = [
            decoded.text[:i] + other + decoded.text[i + 1 :] for other in (ALPHABET[first], ALPHABET[first + 1], "")
        ]
        weights = text_probabilities([steps], near)[0]
        assert row[[first, first + 1, NOTHING]] == pytest.approx(weights / weights.sum(), abs=5e-3)


def test_two_characters_in_one_segment_are_both_read() -> None:
    scores = spelled("AB51CDE")
    scores[21] = spelled("5")[10]  # 5 and 1 without a blank between them
    scores[22:25] = scores[21]
    decoded = decode(scores)
    assert decoded.text == "AB51CDE"
    assert decoded.probabilities.shape == (7, 37)


def test_unlikely_extra_character_gets_none() -> None:
    scores = np.exp(spelled("AB51CDE"))
    scores[50, ALPHABET.index("I")] = 0.02
    scores /= scores.sum(axis=1, keepdims=True)
    assert decode(np.log(scores)).probabilities.shape == (7, 37)


def test_nothing_to_read_gives_empty_text_and_no_positions() -> None:
    decoded = decode(spelled(""))
    assert decoded.text == ""
    assert decoded.probabilities.shape == (0, 37)


def test_never_more_positions_than_the_longest_plate() -> None:
    decoded = decode(spelled("ABCDEFGHIJKLM"))
    assert len(decoded.text) == MAX_LENGTH
    assert len(decoded.probabilities) == MAX_LENGTH


@pytest.mark.slow
def test_noise_over_all_steps_is_decoded_without_overflow() -> None:
    rng = np.random.default_rng(0)
    for spread in (0.01, 1.0, 4.0):
        scores = rng.normal(0, spread, (160, NOTHING + 1))
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        decoded = decode(scores.astype(np.float32))
        assert np.isfinite(decoded.probabilities).all()
        assert 0 <= decoded.probability <= 1
