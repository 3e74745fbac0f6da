"""Textured quads: area means, right in perspective, opacity, gain and haze."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drives.raster import Pyramid, blend, draw, quad_size, window

RNG = np.random.default_rng(1)


def plain(bgr: tuple[int, int, int], opacity: int = 255, size: tuple[int, int] = (64, 64)) -> Pyramid:
    return Pyramid.of(np.full((*size, 4), (*bgr, opacity), np.uint8))


def square(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """The quad whose area reaches from pixel edge to pixel edge."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64) - 0.5


def grey(level: int = 100) -> np.ndarray:
    return np.full((60, 80, 3), level, np.uint8)


def test_each_level_is_the_area_mean_of_the_one_before() -> None:
    picture = RNG.integers(0, 256, (64, 96, 3), dtype=np.uint8)
    levels = Pyramid.of(picture).levels
    assert [level.shape for level in levels] == [(64, 96, 4), (32, 48, 4), (16, 24, 4), (8, 12, 4), (4, 6, 4)]
    means = picture.reshape(32, 2, 48, 2, 3).mean(axis=(1, 3))
    assert np.abs(levels[1][..., :3] - means).max() <= 1
    assert (levels[-1][..., 3] == 255).all()


def test_colours_are_premultiplied_by_opacity() -> None:
    level = plain((200, 100, 50), opacity=51).levels[0]
    assert level[0, 0].tolist() == [40, 20, 10, 51]


def test_the_smallest_level_with_the_detail_is_taken() -> None:
    pyramid = plain((0, 0, 0), size=(64, 128))
    assert pyramid.for_size(128, 64).shape[:2] == (64, 128)
    assert pyramid.for_size(80, 40).shape[:2] == (32, 64)  # 64 px are 0.8 of 80
    assert pyramid.for_size(81, 40).shape[:2] == (64, 128)
    assert pyramid.for_size(1000, 1000).shape[:2] == (64, 128)
    assert pyramid.for_size(1, 1).shape[:2] == (4, 8)


def test_the_size_of_a_quad_is_its_longer_sides() -> None:
    assert quad_size(np.array([[0, 0], [10, 0], [8, 5], [0, 3.0]])) == pytest.approx((10.0, np.hypot(2, 5)))
    assert quad_size(square(0, 0, 30, 7)) == (30.0, 7.0)


def test_the_window_ends_at_the_picture_and_none_lies_outside() -> None:
    assert window(square(10, 20, 30, 25), grey()) == (7, 17, 33, 28)
    assert window(square(-50, -50, 500, 500), grey()) == (0, 0, 80, 60)
    assert window(square(100, 0, 120, 10), grey()) is None
    assert window(square(0, -30, 10, -10), grey()) is None


@pytest.mark.parametrize("supersample", [1, 3])
def test_a_quad_covers_its_own_pixels_and_no_others(supersample: int) -> None:
    picture = grey()
    draw(picture, plain((10, 20, 250)), [square(20, 10, 50, 40)], supersample=supersample)
    assert (picture[12:38, 22:48] == (10, 20, 250)).all()
    untouched = np.ones((60, 80), bool)
    untouched[9:41, 19:51] = False
    assert (picture[untouched] == 100).all()


def test_a_texture_is_not_mirrored_and_stands_upright() -> None:
    corners = np.zeros((64, 64, 3), np.uint8)
    corners[:32, :32], corners[:32, 32:], corners[32:, 32:], corners[32:, :32] = 50, 100, 150, 200
    picture = grey(0)
    draw(picture, Pyramid.of(corners), [square(10, 10, 50, 50)])
    assert [int(picture[y, x, 0]) for y, x in ((15, 15), (15, 45), (45, 45), (45, 15))] == [50, 100, 150, 200]


def test_movement_within_the_exposure_is_the_mean_over_its_instants() -> None:
    picture = grey(0)
    draw(picture, plain((200, 200, 200)), [square(10, 10, 30, 30), square(20, 10, 40, 30)])
    assert picture[20, [12, 25, 37], 0].tolist() == pytest.approx([100, 200, 100], abs=2)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_blending_is_over(under: int, colour: int, opacity: int) -> None:
    target = np.full((4, 4, 3), under, np.uint8)
    blend(target, plain((colour,) * 3, opacity, (4, 4)).levels[0], (1.0, 1.0, 1.0), (0.0, (0.0, 0.0, 0.0)))
    share = opacity / 255
    assert np.abs(target.astype(float) - (under * (1 - share) + colour * share)).max() <= 2


def test_gain_saturates_and_haze_takes_its_share() -> None:
    target = grey()
    blend(target[:4, :4], plain((100, 150, 10), size=(4, 4)).levels[0], (2.0, 2.0, 2.0), (0.0, (0.0, 0.0, 0.0)))
    assert target[0, 0].tolist() == [200, 255, 20]
    blend(target[:4, :4], plain((100, 100, 100), size=(4, 4)).levels[0], (1.0, 1.0, 1.0), (0.25, (200.0, 100.0, 0.0)))
    assert target[0, 0].tolist() == pytest.approx([125, 100, 75], abs=2)


def test_what_lies_outside_the_picture_is_not_drawn() -> None:
    picture = grey()
    draw(picture, plain((0, 0, 0)), [square(200, 200, 220, 220)])
    assert (picture == 100).all()
