import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera.picture_measures import measure
from tests.camera.parts import scene


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (2000, 3, 3), (7, 95, 3), (89, 161, 3)])
def test_pictures_of_any_size_are_measured(shape: tuple[int, int, int]) -> None:
    seen = measure(np.full(shape, 128, np.uint8))
    assert seen.spread == 0
    assert seen.sharpness is None


@given(st.integers(1, 400), st.integers(1, 400))
def test_pixels_are_picked_and_not_averaged(height: int, width: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[::2, ::2] = 200
    grey = measure(picture).grey
    assert set(np.unique(grey)) <= {0, 200}
    assert (1 if height < 180 else 90) <= grey.shape[0] <= 180
    assert (1 if width < 320 else 160) <= grey.shape[1] <= 320


def test_shares_and_extremes() -> None:
    picture = np.full((90, 160, 3), 100, np.uint8)
    picture[:30] = 255
    seen = measure(picture)
    assert seen.blinded_share == pytest.approx(1 / 3)
    assert (seen.brightest, seen.spread) == (255, 155)
    # levels from 250 are white
    assert measure(np.full((90, 160, 3), 250, np.uint8)).blinded_share == 1.0
    assert measure(np.full((90, 160, 3), 249, np.uint8)).blinded_share == 0.0


def test_one_lamp_counts_and_a_few_hot_pixels_do_not() -> None:
    hot = np.zeros((90, 160, 3), np.uint8)
    hot[40, 80:87] = 255  # 7 of 14,400 pixels are 0.05 %
    assert measure(hot).brightest == 0
    hot[40, 87] = 255
    assert measure(hot).brightest == 255


def test_sharpness_falls_with_blur_and_hardly_with_contrast() -> None:
    sharp = scene(1, 640, 480)
    values = [measure(np.asarray(cv2.GaussianBlur(sharp, (0, 0), s), np.uint8)).sharpness for s in (0.3, 1.5, 3.0, 6.0)]
    known = [value for value in values if value is not None]
    assert len(known) == 4
    assert known == sorted(known, reverse=True)
    assert known[3] < 0.4 * known[0]
    dim = measure((sharp * 0.5).astype(np.uint8)).sharpness
    assert dim is not None
    assert dim > 0.7 * known[0]


def test_without_contrast_there_is_no_sharpness() -> None:
    wall = np.full((360, 640, 3), 100, np.uint8)
    wall[:, 320:] = 115
    assert measure(wall).sharpness is None
    assert measure(scene(1)[:, :95]).sharpness is None
    assert measure(scene(1)[:7]).sharpness is None
