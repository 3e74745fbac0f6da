import numpy as np
import pytest

from anpr.perception.reader import PlateReader
from anpr.perception.second_looks import WIDE_BELOW
from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, NOTHING
from models.plates.random_plate import random_plate
from models.train.optics.legibility import is_legible
from models.train.optics.photograph import Photograph, photograph, prepare
from models.train.reader.data import Renderer
from models.train.reader.unsure import SURE_SHARE, Unsure, folded_confidence


def positions(*columns: dict[str, float]) -> CharacterProbabilities:
    table = np.zeros((len(columns), NOTHING + 1), np.float32)
    for row, column in zip(table, columns, strict=True):
        for character, probability in column.items():
            row[ALPHABET.index(character)] = probability
    return table


def test_doubt_between_look_alikes_is_no_doubt() -> None:
    assert folded_confidence(positions({"O": 0.5, "0": 0.5}, {"1": 0.3, "I": 0.7})) == pytest.approx(1.0)
    assert folded_confidence(positions({"O": 0.4, "0": 0.2, "D": 0.4}, {"A": 0.5, "B": 0.5})) == pytest.approx(0.3)
    assert folded_confidence(positions()) == 0.0


def test_sure_samples_are_rare_and_uncertain_ones_show_their_characters() -> None:
    reader, rng = PlateReader(), np.random.default_rng(4)
    chooses = Unsure(reader, np.random.default_rng(5))
    kept: dict[tuple[bool, bool], list[bool]] = {}
    for _ in range(250):
        plate = random_plate(rng)
        taken = photograph(rng, prepare(plate))
        (read,) = reader.read_crops([taken.image], look_again=False)
        sure = max(read.confidence, folded_confidence(read.probabilities)) >= WIDE_BELOW
        kept.setdefault((sure, is_legible(plate, taken)), []).append(chooses(taken, plate))
    assert all(kept[False, True])
    assert sum(kept[True, True]) / len(kept[True, True]) < 4 * SURE_SHARE
    assert not all(kept[False, False])


def test_a_renderer_gives_only_what_is_chosen() -> None:
    source = Renderer(3, (), kept=12, chosen=lambda taken, plate: plate is not None and len(taken.text) > 4)
    assert min(len(source.photograph(0.5).text) for _ in range(20)) > 4


def test_a_picture_of_nothing_is_read_with_certainty_and_seldom_kept() -> None:
    chooses = Unsure(PlateReader(), np.random.default_rng(1))
    nothing = Photograph(np.full((48, 160, 3), 120, np.uint8), "", np.zeros((0, 3), np.float32))
    assert sum(chooses(nothing, None) for _ in range(100)) < 15
