from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anpr.evidence import spell
from anpr.vrm import ALPHABET, NOTHING, fold
from hotlists.keys import unpack
from hotlists.matching.readings import PlateReadings, folded_readings, readings_of_texts

COLUMNS = [ALPHABET.index(c) for c in "AO0B"] + [NOTHING]


def table(weights: np.ndarray) -> np.ndarray:
    """Probabilities over a few characters, so that all texts can be counted up."""
    rows = np.zeros((len(weights), NOTHING + 1), np.float32)
    rows[:, COLUMNS] = weights / weights.sum(axis=1, keepdims=True)
    return rows


def brute_force(rows: np.ndarray) -> dict[str, float]:
    texts: dict[str, float] = {"": 1.0}
    for row in rows.astype(np.float64):
        longer: dict[str, float] = defaultdict(float)
        for text, probability in texts.items():
            for column in COLUMNS:
                added = "" if column == NOTHING else fold(ALPHABET[column])
                longer[text + added] += probability * row[column]
        texts = longer
    texts.pop("", None)
    return texts


def as_dict(readings: PlateReadings) -> dict[str, float]:
    return {unpack(int(k)): float(p) for k, p in zip(readings.folded, readings.probability, strict=True)}


@given(arrays(np.float64, (5, 5), elements=st.floats(0.01, 1.0)))
def test_readings_are_the_most_probable_folded_texts(weights: np.ndarray) -> None:
    rows = table(weights)
    expected = brute_force(rows)
    found = as_dict(folded_readings(rows, k=4000, coverage=1.0))
    assert found.keys() <= expected.keys()
    assert all(found[text] == pytest.approx(expected[text], rel=1e-5) for text in found)
    # Evidence that says next to nothing spreads a text over many paths; the best one found is then still a good one.
    assert expected[unpack(int(folded_readings(rows).folded[0]))] >= 0.5 * max(expected.values())


@given(arrays(np.float64, (6, 4), elements=st.floats(0.001, 1.0)))
def test_k_best_are_exact_when_the_length_is_certain(weights: np.ndarray) -> None:
    rows = table(np.concatenate([weights, np.zeros((6, 1))], axis=1))
    expected = sorted(brute_force(rows).values(), reverse=True)
    found = folded_readings(rows, k=20, coverage=1.0)
    assert found.probability == pytest.approx(expected[:20], rel=1e-4)
    assert (np.diff(found.probability) <= 1e-12).all()


def test_coverage_ends_the_list() -> None:
    certain = folded_readings(spell("AB51CDE", 0.99999))
    assert len(certain.folded) == 1
    assert certain.text(0) == "AB51CDE"


def test_glyph_that_is_shown_is_the_more_probable_one() -> None:
    rows = spell("O1", 0.9)
    rows[0, ALPHABET.index("0")] = 0.05
    readings = folded_readings(rows)
    assert readings.text(0) == "O1"
    assert unpack(int(readings.folded[0])) == "01"


@given(arrays(np.float32, (4, 37), elements=st.floats(width=32)))
def test_any_numbers_at_all_are_taken(rows: np.ndarray) -> None:
    readings = folded_readings(rows)
    assert np.isfinite(readings.probability).all()
    assert readings.probability.sum() <= 1.0 + 1e-9


def test_more_positions_than_a_key_holds_lose_only_the_longest_texts() -> None:
    rows = np.zeros((14, 37), np.float32)
    rows[:, ALPHABET.index("A")] = 1.0
    assert len(folded_readings(rows).folded) == 0
    rows[2:4] = 0.0
    rows[2:4, NOTHING] = 1.0
    assert folded_readings(rows).text(0) == "A" * 12


def test_texts_alone_serve_as_readings() -> None:
    readings = readings_of_texts((("AB51CDE", 0.6), ("AB5ICDE", 0.3), ("?", 0.1), ("A" * 20, 0.1)))
    assert as_dict(readings) == {"AB51CDE": pytest.approx(0.9)}
    assert readings.text(0) == "AB51CDE"
