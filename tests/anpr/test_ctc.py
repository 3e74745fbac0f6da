"""Decoding against sums over every path, written out."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anpr.ctc import CERTAIN, active_steps, best_path, decode, soften, text_probabilities
from anpr.vrm import ALPHABET, MAX_LENGTH, NOTHING


def posteriors(rng: np.random.Generator, steps: int, used: tuple[int, ...] = (0, 1, 2)) -> NDArray[np.float32]:
    """Random log posteriors over a few characters and blank; the other characters are all but impossible."""
    scores = np.full((steps, NOTHING + 1), -40.0)
    for column in (*used, NOTHING):
        scores[:, column] = rng.normal(0, 2, steps)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)


def every_text(log_posteriors: NDArray[np.float32], used: tuple[int, ...] = (0, 1, 2)) -> dict[str, float]:
    """P(text) of each text by adding up all paths, one by one."""
    steps = np.exp(log_posteriors.astype(np.float64))
    sums: dict[str, float] = {}
    for path in itertools.product((*used, NOTHING), repeat=len(steps)):
        text = "".join(ALPHABET[c] for c, _ in itertools.groupby(path) if c != NOTHING)
        sums[text] = sums.get(text, 0.0) + float(np.prod(steps[np.arange(len(path)), path]))
    return sums


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_probability_of_a_text_is_the_sum_over_its_paths(seed: int, steps: int) -> None:
    scores = posteriors(np.random.default_rng(seed), steps)
    expected = every_text(scores)
    texts = sorted(expected, key=lambda text: -expected[text])[:12]
    found = text_probabilities([np.exp(scores.astype(np.float64))], texts)[0]
    assert found == pytest.approx([expected[t] for t in texts], rel=1e-4, abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_decoded_text_beats_every_text_one_edit_away_and_rows_are_exact(seed: int) -> None:
    scores = posteriors(np.random.default_rng(seed), 5)
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


def spelled(text: str, doubt: dict[int, tuple[str, float]] | None = None, steps: int = 160) -> NDArray[np.float32]:
    """Log posteriors that spell a text, 5 steps a character with the character on two; a doubtful one on one."""
    p = np.full((steps, NOTHING + 1), 1e-7)
    p[:, NOTHING] = 1.0
    for i, character in enumerate(text):
        other, share = (doubt or {}).get(i, (character, 0.0))
        for step in (10 + 5 * i, 11 + 5 * i)[: 1 if share else 2]:
            p[step, NOTHING] = 1e-6
            p[step, ALPHABET.index(other)] = share
            p[step, ALPHABET.index(character)] = 1.0 - share
    return np.asarray(np.log(p / p.sum(axis=1, keepdims=True)), np.float32)


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


def test_nothing_to_read_gives_empty_text_and_no_positions() -> None:
    decoded = decode(spelled(""))
    assert decoded.text == ""
    assert decoded.probabilities.shape == (0, 37)


def test_never_more_positions_than_the_longest_plate() -> None:
    decoded = decode(spelled("ABCDEFGHIJKLM"))
    assert len(decoded.text) == MAX_LENGTH
    assert len(decoded.probabilities) == MAX_LENGTH


def test_temperature_above_one_makes_less_certain() -> None:
    scores = spelled("AB51CDE", {2: ("S", 0.2)})
    assert decode(scores, temperature=2.0).probability < decode(scores).probability
    assert soften(scores, 2.0).sum(axis=1) == pytest.approx(np.ones(160))


def test_probabilities_of_texts_of_any_length_under_looks_of_any_length() -> None:
    doubtful, sure = soften(spelled("AB51CDE", {2: ("S", 0.2)}), 1.0), soften(spelled("AB5", steps=40), 1.0)
    found = text_probabilities([doubtful, sure], ["AB51CDE", "ABS1CDE", "AB5", ""])
    assert found[0, :2] == pytest.approx([0.8, 0.2], abs=1e-3)
    assert found[0, 2:] == pytest.approx([0.0, 0.0], abs=1e-3)
    assert found[1] == pytest.approx([0.0, 0.0, 1.0, 0.0], abs=1e-3)
    assert found[1] == pytest.approx(text_probabilities([sure], ["AB51CDE", "ABS1CDE", "AB5", ""])[0])


def test_runs_of_a_certain_class_are_merged_and_best_path_is_kept() -> None:
    steps = soften(spelled("AB11CDE"), 1.0)
    active = active_steps(steps)
    assert len(active) < 40
    assert best_path(active) == best_path(steps)
    assert (active[:, NOTHING] > CERTAIN).sum() == 8
    assert (active[:, ALPHABET.index("1")] > CERTAIN).sum() == 2


def test_merged_steps_give_nearly_the_same_probabilities() -> None:
    rng = np.random.default_rng(1)
    whole = posteriors(rng, 30)
    sure = rng.random(30) < 0.6
    whole[sure] = np.log(1e-12)
    whole[sure, rng.integers(0, 3, int(sure.sum()))] = 0.0
    steps = soften(np.repeat(whole, 2, axis=0), 1.0)
    merged = active_steps(steps)
    assert len(merged) < len(steps) - 10
    best = decode(whole).text
    texts = [best, best[1:], best[:-1]]
    assert text_probabilities([merged], texts) == pytest.approx(text_probabilities([steps], texts), abs=5e-3)


def test_noise_over_all_steps_is_decoded_without_overflow() -> None:
    rng = np.random.default_rng(0)
    for spread in (0.01, 1.0, 4.0):
        scores = rng.normal(0, spread, (160, NOTHING + 1))
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        decoded = decode(scores.astype(np.float32))
        assert np.isfinite(decoded.probabilities).all()
        assert 0 <= decoded.probability <= 1
