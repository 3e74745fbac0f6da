import numpy as np
import pytest

from models.plates.random_plate import random_plate
from models.train.optics.photograph import INPUT_SIZE, no_plate, photograph, places_of, prepare, random_cut


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_photograph_has_the_readers_shape_and_a_place_for_each_character(rng: np.random.Generator) -> None:
    for _ in range(25):
        plate = random_plate(rng)
        taken = photograph(rng, prepare(plate))
        assert taken.image.shape == (INPUT_SIZE[1], INPUT_SIZE[0], 3)
        assert taken.image.dtype == np.uint8
        assert taken.places.shape == (len(taken.text), 3)
        assert ((taken.places[:, 0] > 0) & (taken.places[:, 0] < INPUT_SIZE[0])).all()
        assert set(taken.places[:, 2]) <= ({0.0, 1.0} if plate.lines > 1 else {0.0})


def test_same_seed_gives_the_same_photograph() -> None:
    pictures = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        pictures.append(photograph(rng, prepare(random_plate(rng))).image)
    assert (pictures[0] == pictures[1]).all()


def test_characters_are_where_the_places_say(rng: np.random.Generator) -> None:
    plate = random_plate(rng, styles=("GB current",))
    taken = photograph(rng, prepare(plate), strength=0.0)
    while taken.text != plate.text or plate.lines != 1:
        plate = random_plate(rng, styles=("GB current",))
        taken = photograph(rng, prepare(plate), strength=0.0)
    grey = taken.image.astype(float).mean(axis=2)
    middle = grey[14:34]
    span = np.abs(middle - np.median(middle))
    on, off = [], []
    for x, width, _ in taken.places:
        on.append(span[:, int(max(0, x - width / 2)) : int(x + width / 2) + 1].max())
    ends = taken.places[:, 0]
    gap = int((ends[3] + ends[4]) / 2)
    off.append(span[:, gap : gap + 1].max())
    assert min(on) > max(off)


def test_places_in_reading_order_for_one_line(rng: np.random.Generator) -> None:
    plate = random_plate(rng, styles=("D",))
    while plate.lines != 1:
        plate = random_plate(rng, styles=("D",))
    text, places = places_of(plate, np.diag([160 / plate.image.shape[1], 48 / plate.image.shape[0], 1.0]))
    assert text == plate.text
    assert (np.diff(places[:, 0]) > 0).all()


def test_cut_by_corners_or_box_holds_the_plate(rng: np.random.Generator) -> None:
    corners = np.array([[20, 20], [120, 30], [120, 55], [20, 45]], np.float32)
    for _ in range(30):
        matrix = random_cut(rng, corners, 1.0)
        middle = matrix @ np.array([70, 37.5, 1.0])
        assert 40 < middle[0] / middle[2] < 120
        assert 12 < middle[1] / middle[2] < 36


def test_nothing_is_written_on_no_plate(rng: np.random.Generator) -> None:
    taken = no_plate(rng, ())
    assert taken.text == ""
    assert len(taken.places) == 0
    assert taken.image.shape == (48, 160, 3)
