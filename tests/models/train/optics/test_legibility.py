import numpy as np
import pytest

from models.plates.canvas import Plate
from models.plates.random_plate import random_plate
from models.train.optics.legibility import LEGIBLE, is_legible, visibility
from models.train.optics.photograph import Photograph, no_plate, photograph, prepare


@pytest.fixture
def taken() -> tuple[Plate, Photograph]:
    rng = np.random.default_rng(5)
    plate = random_plate(rng, styles=("GB current",))
    return plate, photograph(rng, prepare(plate), strength=0.05, least_height=20.0)


def test_every_character_of_a_clean_plate_shows(taken: tuple[Plate, Photograph]) -> None:
    plate, picture = taken
    assert visibility(plate, picture).min() > 0.8
    assert is_legible(plate, picture)


def test_a_character_that_glare_took_away_does_not(taken: tuple[Plate, Photograph]) -> None:
    plate, picture = taken
    x, width, _row = picture.places[2]
    glaring = picture.image.copy()
    glaring[:, int(x - width) : int(x + width)] = 255
    shown = visibility(plate, Photograph(glaring, picture.text, picture.places, picture.to_input))
    assert shown[2] < LEGIBLE < 0.6 < min(shown[0], shown[5])
    assert not is_legible(plate, Photograph(glaring, picture.text, picture.places, picture.to_input))


def test_noise_alone_shows_nothing(taken: tuple[Plate, Photograph]) -> None:
    plate, picture = taken
    noise = np.random.default_rng(1).integers(0, 256, picture.image.shape, np.uint8)
    assert np.median(visibility(plate, Photograph(noise, picture.text, picture.places, picture.to_input))) < LEGIBLE


def test_a_picture_of_no_plate_is_refused(taken: tuple[Plate, Photograph]) -> None:
    with pytest.raises(ValueError, match="no rendered plate"):
        visibility(taken[0], no_plate(np.random.default_rng(2), ()))
