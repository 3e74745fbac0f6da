from dataclasses import replace

import pytest

from anpr.perception.plate_probability import plate_probability
from anpr.values import Detection, Read
from tests.builders.read import read_of


def reads(text: str, confidence: float) -> list[Read]:
    return [replace(read_of(text), detection=Detection((600, 400, 700, 425), confidence))]


def test_a_short_text_from_a_doubtful_box_is_hardly_a_plate_but_never_ruled_out() -> None:
    assert plate_probability(reads("A5", 0.6), "A5") < 0.1
    assert plate_probability(reads("A5", 0.999), "A5") > 0.9
    assert plate_probability(reads("AB12CDE", 0.6), "AB12CDE") == pytest.approx(0.6)
    assert plate_probability([], "AB12CDE") == 0.0


def test_names_and_bare_numbers_are_doubted_unless_the_detection_is_sure() -> None:
    assert plate_probability(reads("AUCHAN", 0.6), "AUCHAN") < 0.2
    assert plate_probability(reads("MARCUS", 0.99), "MARCUS") > 0.9
    assert plate_probability(reads("34512", 0.6), "34512") < plate_probability(reads("J4512", 0.6), "J4512")
