"""Probabilities of texts against sums over every path, written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.perception.ctc import CERTAIN, active_steps, best_path, soften, text_probabilities
from anpr.perception.decoding import decode
from anpr.vrm import ALPHABET, NOTHING
from tests.builders.evidence import every_text, posteriors, spelled


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_probability_of_a_text_is_the_sum_over_its_paths(seed: int, steps: int) -> None:
    scores = posteriors(np.random.default_rng(seed), steps)
    expected = every_text(scores)
    texts = sorted(expected, key=lambda text: -expected[text])[:12]
    found = text_probabilities([np.exp(scores.astype(np.float64))], texts)[0]
    assert found == pytest.approx([expected[t] for t in texts], rel=1e-4, abs=1e-9)


def test_temperature_above_one_makes_less_certain() -> None:
    scores = spelled("AB51CDE", {2: ("S", 0.2)})
    sharp, soft = soften(scores, 1.0), soften(scores, 2.0)
    assert soft.max(axis=1).min() < sharp.max(axis=1).min()
    assert soft.sum(axis=1) == pytest.approx(np.ones(160))


def test_probabilities_of_texts_of_any_length_under_looks_of_any_length() -> None:
    doubtful, sure = soften(spelled("AB51CDE", {2: ("S", 0.2)}), 1.0), soften(spelled("AB5", steps=40), 1.0)
    found = text_probabilities([doubtful, sure], ["AB51CDE", "ABS1CDE", "AB5", ""])
    assert found[0, :2] == pytest.approx([0.8, 0.2], abs=1e-3)
    assert found[0, 2:] == pytest.approx([0.0, 0.0], abs=1e-3)
    assert found[1] == pytest.approx([0.0, 0.0, 1.0, 0.0], abs=1e-3)
    assert found[1] == pytest.approx(text_probabilities([sure], ["AB51CDE", "ABS1CDE", "AB5", ""])[0])


def test_runs_of_a_certain_class_are_merged_and_best_path_is_kept() -> None:
    scores = spelled("AB11CDE")
    active = soften(active_steps(scores), 1.0)
    assert len(active) < 40
    assert best_path(active) == best_path(soften(scores, 1.0))
    assert (active[:, NOTHING] > CERTAIN).sum() == 8
    assert (active[:, ALPHABET.index("1")] > CERTAIN).sum() == 2


def test_merged_steps_give_nearly_the_same_probabilities() -> None:
    rng = np.random.default_rng(1)
    whole = posteriors(rng, 30)
    sure = rng.random(30) < 0.6
    whole[sure] = np.log(1e-12)
    whole[sure, rng.integers(0, 3, int(sure.sum()))] = 0.0
    scores = np.repeat(whole, 2, axis=0)
    steps, merged = soften(scores, 1.0), soften(active_steps(scores), 1.0)
    assert len(merged) < len(steps) - 10
    best = decode(whole).text
    texts = [best, best[1:], best[:-1]]
    assert text_probabilities([merged], texts) == pytest.approx(text_probabilities([steps], texts), abs=5e-3)
