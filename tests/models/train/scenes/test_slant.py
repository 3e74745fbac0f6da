import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.train.scenes.slant import MOST_PITCH, MOST_ROLL, MOST_YAW, Slant, random_slant, seen_aslant, slant_matrix

SIZE = (416, 250)
SHOWN = (320, 192)
PLATE = np.array([[[180, 110], [240, 110], [240, 125], [180, 125]]], np.float32)


def scene() -> np.ndarray:
    image = np.full((SIZE[1], SIZE[0], 3), 40, np.uint8)
    image[110:125, 180:240] = 250
    return image


def test_a_scene_that_is_not_turned_is_its_middle() -> None:
    matrix = slant_matrix(Slant(0.0), SIZE, SHOWN)
    picture, quads, mirrored = seen_aslant(scene(), PLATE, matrix, SHOWN, cv2.BORDER_CONSTANT)
    assert np.array_equal(picture, scene()[29:221, 48:368])
    assert np.allclose(quads, PLATE - (48, 29), atol=1e-4)
    assert mirrored.shape == (0, 4, 2)


def test_a_roll_turns_clockwise_as_seen() -> None:
    quads = seen_aslant(scene(), PLATE, slant_matrix(Slant(30.0), SIZE, SHOWN), SHOWN, cv2.BORDER_CONSTANT)[1]
    across = quads[0, 1] - quads[0, 0]
    assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(30.0, abs=1e-3)
    assert np.hypot(*across) == pytest.approx(60.0, abs=1e-3)


def test_yaw_and_pitch_shorten_the_plate_by_their_cosine_when_seen_from_afar() -> None:
    matrix = slant_matrix(Slant(0.0, 50.0, 20.0, away=1000.0), SIZE, SHOWN)
    quad = seen_aslant(scene(), PLATE, matrix, SHOWN, cv2.BORDER_CONSTANT)[1][0]
    assert quad[1, 0] - quad[0, 0] == pytest.approx(60 * np.cos(np.radians(50)), abs=0.1)
    assert quad[3, 1] - quad[0, 1] == pytest.approx(15 * np.cos(np.radians(20)), abs=0.1)


@given(st.integers(0, 10_000))
def test_the_corners_go_where_the_picture_goes_and_keep_their_order(seed: int) -> None:
    slant = random_slant(np.random.default_rng(seed))
    assert abs(slant.yaw) <= MOST_YAW
    assert abs(slant.pitch) <= MOST_PITCH
    assert slant.yaw or abs(slant.roll) <= MOST_ROLL
    matrix = slant_matrix(slant, SIZE, SHOWN)
    picture, quads, _ = seen_aslant(scene(), PLATE, matrix, SHOWN, cv2.BORDER_CONSTANT)
    across = quads[0, 1] + quads[0, 2] - quads[0, 0] - quads[0, 3]
    assert across[0] > 0  # a plate is never upside down
    assert cv2.contourArea(quads[0], oriented=True) > 0  # nor seen in a mirror
    drawn = np.zeros((SHOWN[1], SHOWN[0]), np.uint8)
    cv2.fillPoly(drawn, [np.round(quads[0] - 0.5).astype(np.int32)], 1)
    bright = picture[..., 0] > 145
    assert (bright == (drawn > 0)).mean() > 0.99
    assert (bright & (drawn > 0)).sum() > 0.6 * max(bright.sum(), drawn.sum())


def test_mirror_images_beyond_the_ends_are_told() -> None:
    image = np.full((SIZE[1], SIZE[0], 3), 40, np.uint8)
    image[200:215, 180:240] = 250
    plate = PLATE + np.array([0, 90], np.float32)
    matrix = slant_matrix(Slant(0.0, zoom=0.5), SIZE, SHOWN)
    picture, quads, mirrored = seen_aslant(image, plate, matrix, SHOWN, cv2.BORDER_REFLECT)
    bright = picture[..., 0] > 145
    for quad in (*quads, *mirrored):
        (x0, y0), (x1, y1) = np.round(quad.min(axis=0)).astype(int), np.round(quad.max(axis=0)).astype(int)
        assert bright[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1].all()
        bright[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1] = False
    assert not bright.any()
    assert len(mirrored) >= 1
