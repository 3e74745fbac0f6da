from itertools import combinations

import numpy as np
import pytest

from anpr.vrm import ALPHABET
from models.plates.drawings import BRITISH, EUROPEAN, FORGERY_PROOF
from models.plates.glyphs import DESIGNS, VARIANTS, face
from models.plates.strokes import Pen, draw

CAR = Pen(width=50.0, height=79.0, stroke=14.0, corner=15.0)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_face_draws_every_character(name: str) -> None:
    for character in ALPHABET:
        mask = face(name, 3).mask(character, 48)
        assert mask.dtype == np.uint8
        assert mask.shape[0] == 48
        assert 2 <= mask.shape[1] <= 90
        assert 0.06 < mask.mean() / 255 <= 1.0, character
        assert mask.max() > 200, character


@pytest.mark.parametrize("name", ["british", "british wide", "british motorcycle"])
def test_british_one_and_zero_have_no_twin(name: str) -> None:
    drawn = face(name, 0)
    assert np.array_equal(drawn.mask("1", 79), drawn.mask("I", 79))
    assert np.array_equal(drawn.mask("0", 79), drawn.mask("O", 79))


def test_british_measures_are_those_of_the_regulation() -> None:
    drawn = face("british", 0)
    assert drawn.mask("1", 79).shape == (79, 14)
    assert (drawn.mask("1", 79) > 250).mean() > 0.9, "the bar is bare: ink from edge to edge"
    for character in set(ALPHABET) - set("1I"):
        assert drawn.mask(character, 79).shape[1] == pytest.approx(50, abs=2), character
    assert face("british wide", 0).mask("H", 79).shape[1] == 57
    stem = drawn.mask("H", 79)[20] > 128
    assert stem[:25].sum() == pytest.approx(14, abs=1)


@pytest.mark.parametrize("name", ["din", "even", "forgery proof", "square"])
def test_continental_faces_tell_one_from_i(name: str) -> None:
    drawn = face(name, 0)
    assert drawn.mask("1", 60).shape[1] > 1.5 * drawn.mask("I", 60).shape[1] or name.startswith("forgery")
    assert not np.array_equal(drawn.mask("1", 60), drawn.mask("I", 60))


def test_the_forgery_proof_zero_has_its_slit_and_o_has_none() -> None:
    drawn = face("forgery proof", 0)

    def slit(character: str) -> int:
        """Return by how much the upper right corner is emptier than the upper left one, in pixels."""
        mask = drawn.mask(character, 75)[2:20].astype(int)
        half = mask.shape[1] // 2
        return int((mask[:, ::-1][:, :half] < 64).sum() - (mask[:, :half] < 64).sum())

    assert slit("0") > 30
    assert abs(slit("O")) < 10


def test_variants_differ_and_are_the_same_every_time() -> None:
    masks = [face("din", v).mask("R", 60) for v in range(VARIANTS)]
    assert len({m.tobytes() for m in masks}) > VARIANTS / 2
    face.cache_clear()
    assert np.array_equal(face("din", 5).mask("R", 60), masks[5])


@pytest.mark.parametrize("drawings", [BRITISH, EUROPEAN, FORGERY_PROOF])
def test_no_two_characters_look_alike(drawings: dict[str, str]) -> None:
    drawn = {c: draw(s, CAR, 48).astype(np.float64) / 255 for c, s in drawings.items() if c not in "1I"}
    for (one, ink), (other, other_ink) in combinations(drawn.items(), 2):
        if {one, other} not in ({"0", "O"}, {"O", "Q"}, {"0", "Q"}):
            assert np.abs(ink - other_ink).mean() > 0.02, (one, other)
