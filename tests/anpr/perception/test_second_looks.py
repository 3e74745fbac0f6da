"""Further looks at a plate: where they are cut, and what they say together."""

import numpy as np
import pytest
from numpy.typing import NDArray

from anpr.evidence import k_best
from anpr.perception.rectification import box_matrix
from anpr.perception.second_looks import INPUT_SIZE, combine, other_looks, positions_of
from anpr.vrm import ALPHABET, NOTHING


def look(text: str, doubt: str, share: float) -> NDArray[np.float64]:
    """Steps that spell a text, one a character; where `doubt` differs it has this share."""
    steps = np.full((2 * len(text) + 1, NOTHING + 1), 1e-9)
    steps[0::2, NOTHING] = 1.0
    for i, (character, other) in enumerate(zip(text, doubt, strict=True)):
        steps[2 * i + 1, ALPHABET.index(other)] += share
        steps[2 * i + 1, ALPHABET.index(character)] += 1 - share
    return np.asarray(steps / steps.sum(axis=1, keepdims=True))


def test_looks_at_flat_plates_are_not_turned() -> None:
    base = box_matrix((0, 0, 320, 96), INPUT_SIZE, (0, 0))
    flat, any_way = other_looks(base, flat=True), other_looks(base, flat=False)
    assert [len(cuts) for _, cuts in flat] == [1, 2]
    assert [len(cuts) for _, cuts in any_way] == [1, 2, 2, 2]
    assert [below for below, _ in any_way] == sorted((below for below, _ in any_way), reverse=True)
    for matrix in (look for _, cuts in any_way for look in cuts):
        middle = matrix @ np.array([160, 48, 1.0])
        assert middle[:2] / middle[2] == pytest.approx((80, 24))


def test_combined_looks_follow_the_majority_and_stay_probabilities() -> None:
    looks = [look("AB51", "A851", 0.4), look("A851", "AB51", 0.3), look("AB51", "AB51", 0.0)]
    readings = combine(looks, (("AB51", 0.6), ("A851", 0.4)))
    evidence = positions_of(readings)
    assert readings[0][0] == "AB51"
    assert readings[0][1] == pytest.approx((0.6 + 0.3 + 1.0) / 3, abs=1e-3)
    assert evidence[1, ALPHABET.index("8")] == pytest.approx((0.4 + 0.7) / 3, abs=1e-2)
    assert evidence.sum(axis=1) == pytest.approx(np.ones(4))


def test_a_look_may_bring_a_text_that_the_first_one_did_not_know() -> None:
    readings = combine(
        [look("AB51", "AB51", 0.0), look("XB51", "XB51", 0.0), look("XB51", "XB51", 0.0)], (("AB51", 1.0),)
    )
    assert readings[0][0] == "XB51"


def test_looks_of_different_lengths_in_steps_count_alike() -> None:
    short, known = look("AB51", "A851", 0.4), (("AB51", 0.6), ("A851", 0.4))
    long = np.concatenate([short, np.tile(look("A", "A", 0.0)[:1], (30, 1))])
    for (text, probability), (same, expected) in zip(combine([long], known), combine([short], known), strict=True):
        assert text == same
        assert probability == pytest.approx(expected, abs=1e-5)


def test_sharpness_makes_the_first_reading_surer() -> None:
    looks = [look("AB51", "A851", 0.4), look("AB51", "A851", 0.3)]
    assert combine(looks, (("A851", 0.4),), 2.0)[0][1] > combine(looks, (("A851", 0.4),), 1.0)[0][1]


def test_lengths_that_differ_become_doubt_about_a_position() -> None:
    looks = [look("AB51", "AB51", 0.0), look("AB51", "AB51", 0.0), look("A51", "A51", 0.0)]
    evidence = positions_of(combine(looks, (("AB51", 1.0),)))
    assert len(evidence) == 4
    assert evidence[1, NOTHING] == pytest.approx(1 / 3, abs=1e-3)


def test_no_text_has_no_positions() -> None:
    assert positions_of((("", 0.9), ("A", 0.1))).shape == (0, NOTHING + 1)


def test_what_the_readings_leave_to_others_stays_doubt_in_the_positions() -> None:
    table = positions_of((("AB51", 0.6), ("A851", 0.1)))
    assert table.sum(axis=1) == pytest.approx(np.ones(4))
    codes = [ALPHABET.index(c) for c in "AB51"]
    assert table[np.arange(4), codes].prod() == pytest.approx(0.9 * 0.7, abs=0.06)


def test_a_character_that_longer_readings_add_is_a_position_of_its_own() -> None:
    table = positions_of((("F05", 0.6), ("IF05", 0.3), ("F05A", 0.005)))
    assert table.shape == (4, NOTHING + 1)
    assert table[0, ALPHABET.index("I")] == pytest.approx(0.3)
    assert table[0, NOTHING] == pytest.approx(0.7)
    assert table[1].argmax() == ALPHABET.index("F")
    readings = dict(k_best(table))
    assert readings["IF05"] == pytest.approx(0.3, abs=0.03)


def test_evidence_never_has_more_positions_than_the_longest_plate() -> None:
    table = positions_of((("ABCDEFGHIJ", 0.5), ("XABCDEFGHI", 0.2), ("ABCDEFGHIJK"[:10], 0.1), ("ABCDEFGHI", 0.1)))
    assert len(table) == 10
