import numpy as np
import pytest

from anpr.vrm import ALPHABET, MAX_LENGTH
from models.plates.random_plate import STYLES, contact_sheet, random_plate


def test_shares_of_the_styles_sum_to_one() -> None:
    assert sum(STYLES.values()) == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_plate() -> None:
    one, other = (random_plate(np.random.default_rng(5)) for _ in range(2))
    assert one.text == other.text
    assert np.array_equal(one.image, other.image)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_gives_plates_that_keep_the_contract(style: str) -> None:
    rng = np.random.default_rng(11)
    for _ in range(6):
        plate = random_plate(rng, styles=[style])
        height, width = plate.image.shape[:2]
        assert plate.image.dtype == np.uint8
        assert plate.coverage.shape == (height, width)
        assert 1 <= len(plate.text) <= MAX_LENGTH
        assert set(plate.text) <= set(ALPHABET)
        assert plate.lines in {1, 2}
        assert plate.character_boxes_px.shape == (len(plate.text), 4)
        x0, y0, x1, y1 = plate.character_boxes_px.T
        assert ((x0 >= 0) & (x0 < x1) & (x1 <= width) & (y0 >= 0) & (y0 < y1) & (y1 <= height)).all()
        assert width <= 600


def test_characters_stand_in_their_boxes_with_contrast() -> None:
    rng = np.random.default_rng(3)
    for _ in range(100):
        plate = random_plate(rng)
        grey = plate.image.mean(axis=2)
        for x0, y0, x1, y1 in plate.character_boxes_px.astype(int):
            part = grey[y0:y1, max(x0 - 4, 0) : x1 + 4]  # a bar fills its own box
            assert part.max() - part.min() > 25, plate.text


def test_an_unknown_style_is_named() -> None:
    with pytest.raises(KeyError, match="Atlantis"):
        random_plate(np.random.default_rng(0), styles=["Atlantis"])


def test_contact_sheet_is_a_picture() -> None:
    sheet = contact_sheet(1, rows=2, columns=2)
    assert sheet.shape == (248, 640, 3)
    assert sheet.std() > 20
