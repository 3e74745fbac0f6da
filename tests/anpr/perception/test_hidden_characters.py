"""Doubts on a read: which place or character they belong to, what they do to text, evidence and confidence, and the edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.evidence import k_best, spell
from anpr.hidden import LEAST, places
from anpr.perception.character_places import Place
from anpr.perception.hidden_characters import (
    BEYOND_EDGE,
    Doubts,
    HiddenCharacters,
    Looked,
    doubts_of,
    reaches_edge,
    rows_of,
    whole,
    with_doubts,
)
from anpr.perception.hidden_cut import COLUMNS, column_of
from anpr.perception.rectification import box_matrix
from anpr.perception.second_looks import INPUT_SIZE
from anpr.values import Hidden
from anpr.vrm import NOTHING
from tests.builders.evidence import evidence
from tests.builders.read import read_of

SURE = -12.0


def doubts(
    length: int, missing: dict[int, float] | None = None, wrong: dict[int, tuple[float, float]] | None = None
) -> Doubts:
    made = Doubts(np.zeros(length + 1), np.zeros(length), np.zeros(length))
    for place, chance in (missing or {}).items():
        made.missing[place] = chance
    for place, (chance, cover) in (wrong or {}).items():
        made.wrong[place], made.covered[place] = chance, cover
    return made


def test_an_answer_belongs_to_the_gap_or_character_at_its_column() -> None:
    places = [Place(0.2, 0), Place(0.5, 0), Place(0.8, 0)]
    answers = np.full((3, 2, COLUMNS), SURE)
    answers[0, 0, int(column_of(0.65))] = 3.0
    answers[1, 0, int(column_of(0.2))] = 2.0
    answers[2, 0, int(column_of(0.5))] = 1.0
    found = doubts_of(answers, places)
    assert found.missing == pytest.approx([0, 0, 1 / (1 + np.exp(-3)), 0], abs=1e-3)
    assert found.wrong == pytest.approx([1 / (1 + np.exp(-2)), 0, 0], abs=1e-3)
    assert found.covered == pytest.approx([0, 1 / (1 + np.exp(-1)), 0], abs=1e-3)


def test_the_second_line_follows_the_first() -> None:
    answers = np.full((3, 2, COLUMNS), SURE)
    answers[0, 0, -2] = answers[0, 1, 1] = 0.0
    found = doubts_of(answers, [Place(0.3, 0), Place(0.7, 0), Place(0.3, 1), Place(0.7, 1)])
    assert found.missing == pytest.approx([0, 0, 0.75, 0, 0], abs=1e-3)


def test_characters_of_unknown_place_lie_between_their_neighbours() -> None:
    answers = np.full((3, 2, COLUMNS), SURE)
    answers[1, 0, int(column_of(0.5))] = 4.0
    assert doubts_of(answers, [Place(0.3, 0), None, Place(0.7, 0)]).wrong[1] > 0.9
    assert doubts_of(answers, [None, None]).wrong.shape == (2,)


def test_a_hidden_place_lowers_the_confidence_and_leaves_what_was_seen() -> None:
    read = read_of("K64AGY", certainty=0.999)
    doubted = with_doubts(read, doubts(6, {0: 0.9, 3: 0.009}))
    assert doubted.hidden == (Hidden(0, 0.9),)
    assert doubted.confidence == pytest.approx(read.confidence * 0.1)
    assert doubted.text == "K64AGY"
    assert doubted.probabilities == pytest.approx(read.probabilities)


def test_a_character_that_something_covers_leaves_the_text_and_its_place_is_hidden() -> None:
    read = read_of("IK64AGY", certainty=0.999)
    doubted = with_doubts(read, doubts(7, {}, {0: (0.95, 0.9)}))
    assert doubted.text == "K64AGY"
    (place,) = doubted.hidden
    assert (place.position, place.probability) == (0, pytest.approx(0.95))
    assert doubted.confidence == pytest.approx(0.05, abs=0.01)
    assert k_best(doubted.probabilities)[0][0] == "K64AGY"


def test_a_doubtful_character_stays_but_is_no_surer_than_the_doubt() -> None:
    read = read_of(evidence("RQ51GFJ", {1: {"Q": 0.98, "O": 0.015}}), certainty=0.999)
    doubted = with_doubts(read, doubts(7, {}, {1: (0.4, 0.1)}))
    row = doubted.probabilities[1]
    assert row.max() == pytest.approx(0.6, abs=1e-3)
    assert row.sum() == pytest.approx(1.0, abs=1e-5)
    assert row.argsort()[-2] == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index("O")
    assert doubted.confidence == pytest.approx(read.confidence * 0.6 / 0.98, rel=0.01)


@given(st.lists(st.floats(0, 1), min_size=22, max_size=22))
def test_doubts_never_make_a_read_surer_and_leave_evidence_of_probabilities(numbers: list[float]) -> None:
    read = read_of("AB12CDE", certainty=0.98)
    told = Doubts(np.array(numbers[:8]), np.array(numbers[8:15]), np.array(numbers[15:22]))
    doubted = with_doubts(read, told)
    assert 0.0 <= doubted.confidence <= max(read.confidence * whole(doubted.hidden), read.confidence) + 1e-9
    assert doubted.probabilities.sum(axis=1) == pytest.approx(1.0, abs=1e-4)
    assert all(0 < one.probability <= 1 and 0 <= one.position <= len(doubted.text) for one in doubted.hidden)
    assert doubted.confidence <= whole(doubted.hidden) + 1e-9


def test_rows_of_a_text_leave_out_empty_ones() -> None:
    table = np.vstack([spell("A"), np.full((1, NOTHING + 1), 0.01), spell("B12")]).astype(np.float32)
    table[1, NOTHING] = 0.9
    assert rows_of("AB12", table) == [0, 2, 3, 4]
    assert rows_of("AB12", table[:3]) == [0, 1, 2, 2]


def test_a_place_that_makes_hits_only_possible_is_never_left_unsaid() -> None:
    read = read_of("K64AGY", certainty=0.999)
    assert with_doubts(read, doubts(6, {3: LEAST})).hidden == places([Hidden(3, LEAST)], 6)


def test_a_box_at_the_picture_s_edge_is_not_seen_whole() -> None:
    image = np.zeros((100, 300, 3), np.uint8)
    assert reaches_edge((0.5, 40, 90, 60), image) == (True, False)
    assert reaches_edge((50, 40, 299, 60), image) == (False, True)
    assert reaches_edge((9, 40, 90, 60), image) == (True, False)
    assert reaches_edge((50, 40, 200, 60), image) == (False, False)


def test_the_edge_hides_unless_the_picture_is_the_whole_plate() -> None:
    network = HiddenCharacters()
    image = np.full((60, 200, 3), 128, np.uint8)
    box = (0.0, 10.0, 190.0, 50.0)
    read = read_of("K64AGY", box=box)
    steps = np.full((160, NOTHING + 1), -20.0, np.float32)
    steps[:, NOTHING] = 0.0
    looked = Looked(image, box_matrix(box, INPUT_SIZE), steps, read)
    (doubted,) = network.doubted([looked])
    places = {one.position: one.probability for one in doubted.hidden}
    if doubted.text == "K64AGY":
        assert places[0] >= BEYOND_EDGE
    (crop,) = network.doubted([Looked(image, looked.to_cut, steps, read, is_whole=True)])
    assert len(crop.text) < 6 or 0 not in {one.position for one in crop.hidden}
    (nothing,) = network.doubted([Looked(image, looked.to_cut, steps, read_of(np.zeros((0, 37), np.float32)))])
    assert nothing.text == ""
