import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.evidence import k_best, spell
from anpr.perception.far_reads import CONFUSIONS, doubted
from anpr.vrm import ALPHABET

FAR = (0.0, 0.0, 30.0, 8.0)
NEAR = (0.0, 0.0, 60.0, 15.0)
FAR_TWO_LINES = (0.0, 0.0, 18.0, 14.0)
NEAR_TWO_LINES = (0.0, 0.0, 26.0, 20.0)


@pytest.mark.parametrize("box", [FAR, FAR_TWO_LINES])
def test_an_eight_from_afar_may_be_a_six(box: tuple[float, float, float, float]) -> None:
    readings = dict(k_best(doubted(spell("HC48XRJ", 1.0), box)))
    assert readings["HC46XRJ"] > 0.08
    assert readings["HC48XRJ"] < 0.8


@pytest.mark.parametrize("box", [NEAR, NEAR_TWO_LINES])
def test_nothing_is_taken_off_near_plates(box: tuple[float, float, float, float]) -> None:
    evidence = spell("HC48XRJ", 1.0)
    assert doubted(evidence, box) is evidence


def test_nothing_read_stays_nothing() -> None:
    assert doubted(spell(""), FAR).shape == (0, 37)


@given(st.text(ALPHABET, min_size=1, max_size=10), st.floats(0.1, 1.0), st.floats(20.0, 80.0))
def test_evidence_stays_probabilities_and_gains_no_certainty_of_its_own(
    text: str, certainty: float, width: float
) -> None:
    evidence = spell(text, certainty)
    told = doubted(evidence, (0.0, 0.0, width, width / 4.5))
    assert told.dtype == np.float32
    assert np.allclose(told.sum(axis=1), 1.0, atol=1e-5)
    assert (told >= 0.0).all()
    if certainty > 0.5:
        from_look_alikes = max(share for truths in CONFUSIONS.values() for share in truths.values()) * (1.0 - certainty)
        assert (told.max(axis=1) <= evidence.max(axis=1) + from_look_alikes + 1e-6).all()


@given(st.text(sorted(CONFUSIONS), min_size=1, max_size=10), st.floats(0.9, 1.0), st.floats(20.0, 30.0))
def test_a_character_that_is_mistaken_from_afar_loses_certainty(text: str, certainty: float, width: float) -> None:
    evidence = spell(text, certainty)
    assert (doubted(evidence, (0.0, 0.0, width, width / 4.5)).max(axis=1) < evidence.max(axis=1)).all()


def test_no_character_is_more_often_another_than_itself() -> None:
    assert all(sum(truths.values()) < 0.5 for truths in CONFUSIONS.values())
