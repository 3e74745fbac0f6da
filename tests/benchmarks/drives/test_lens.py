"""What lamps, weather, lens and sensor add: blur that grows with the way, noise that is the same twice."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr.values import Image
from benchmarks.drives.camera import Camera
from benchmarks.drives.conditions import DAY, LIGHTS, conditions
from benchmarks.drives.lens import Lens

CAMERA = Camera(width_px=160, height_px=120, focus_sigma_px=0.0)
LENS = Lens(CAMERA, np.random.default_rng(1))
CLEAN = replace(DAY, noise_sigma=0.0)


def grey(level: int = 100) -> Image:
    return np.full((120, 160, 3), level, np.uint8)


def dot() -> Image:
    picture = grey(0)
    picture[60, 80] = 255
    return picture


def width_of(picture: Image, axis: int) -> int:
    return int(np.ptp(np.flatnonzero(picture[..., 0].max(axis=axis) > 0))) + 1


@settings(max_examples=30, deadline=None)
@given(st.floats(1.0, 40.0), st.floats(0.0, 2 * np.pi))
def test_a_smear_is_as_long_as_the_way_along_it_and_keeps_the_light(length: float, angle: float) -> None:
    way = np.array([length * np.cos(angle), length * np.sin(angle)])
    picture = grey(0)
    picture[56:65, 76:85] = 250
    smeared = LENS.smear(picture, way)
    assert width_of(smeared, 0) == pytest.approx(9 + abs(way[0]), abs=2.5)
    assert width_of(smeared, 1) == pytest.approx(9 + abs(way[1]), abs=2.5)
    assert smeared.mean() == pytest.approx(picture.mean(), rel=0.06)


def test_a_smear_below_a_pixel_changes_nothing() -> None:
    picture = dot()
    assert LENS.smear(picture, np.array([0.4, 0.4])) is picture


def test_a_lamp_glows_around_its_place_the_more_the_nearer() -> None:
    spots = []
    for px_per_m in (20.0, 60.0):
        picture = grey(0)
        LENS.glow(picture, np.array([80.0, 60.0]), px_per_m, 0.9, (40, 30, 255))
        rows, columns = np.nonzero(picture[..., 2] > 8)
        assert (columns.mean(), rows.mean()) == pytest.approx((80, 60), abs=1.0)
        assert picture[60, 80, 2] > picture[60, 80, 1]
        spots.append(len(rows))
    assert spots[1] > 3 * spots[0]


@pytest.mark.parametrize("centre", [(0.0, 0.0), (159.0, 119.0), (-5.0, 60.0), (80.0, 130.0)])
def test_a_lamp_at_the_edge_is_cut_off_not_moved(centre: tuple[float, float]) -> None:
    picture = grey(0)
    LENS.glow(picture, np.array(centre), 40.0, 0.9, (255, 255, 255))
    rows, columns = np.nonzero(picture[..., 0] == picture.max())
    assert picture.max() > 0
    assert np.hypot(columns - centre[0], rows - centre[1]).min() <= 12


def test_a_lamp_outside_adds_nothing() -> None:
    picture = grey(0)
    LENS.glow(picture, np.array([-200.0, 60.0]), 40.0, 0.9, (255, 255, 255))
    assert picture.max() == 0


def test_a_clean_dry_day_adds_nothing_and_noise_is_as_strong_as_said() -> None:
    assert np.array_equal(LENS.finish(grey(), CLEAN, 0), grey())
    noisy = LENS.finish(grey(), replace(CLEAN, noise_sigma=6.0), 0).astype(float) - 100
    assert noisy.std() == pytest.approx(6.0, rel=0.1)
    assert abs(noisy.mean()) < 0.5


def test_noise_is_the_same_for_the_same_frame_and_seed_and_another_in_the_next() -> None:
    again = Lens(CAMERA, np.random.default_rng(1))
    assert np.array_equal(LENS.finish(grey(), DAY, 5), again.finish(grey(), DAY, 5))
    assert not np.array_equal(LENS.finish(grey(), DAY, 5), LENS.finish(grey(), DAY, 6))
    other = Lens(CAMERA, np.random.default_rng(2))
    assert not np.array_equal(LENS.finish(grey(), DAY, 5), other.finish(grey(), DAY, 5))


def test_infrared_has_no_colour() -> None:
    picture = grey()
    picture[:, :80] = (200, 20, 20)
    finished = LENS.finish(picture, LIGHTS["infrared"], 1)
    assert np.ptp(finished, axis=2).max() == 0


def test_focus_softens_rain_streaks_and_glare_veils() -> None:
    soft = Lens(replace(CAMERA, focus_sigma_px=0.8), np.random.default_rng(1)).finish(dot(), CLEAN, 0)
    assert 0 < soft[60, 80, 0] < 255
    assert soft[60, 81, 0] > 0
    rain = LENS.finish(grey(), replace(CLEAN, rain=1.0), 0)
    assert rain.max() > 110
    assert not np.array_equal(rain, LENS.finish(grey(), replace(CLEAN, rain=1.0), 1))
    glare = LENS.finish(grey(20), replace(CLEAN, glare=0.75), 0)
    assert glare.astype(int).mean() > 40
    assert glare[..., 2].mean() > glare[..., 0].mean()  # a low sun is warm


def test_headlights_light_the_road_below_the_horizon_only() -> None:
    picture = grey(40)
    LENS.light_road(picture, conditions("night"))
    assert (picture[:50] == 40).all()
    assert picture[80:, 60:80].mean() > 60
    by_day = grey(40)
    LENS.light_road(by_day, DAY)
    assert (by_day == 40).all()


def test_drops_bend_the_picture_upside_down() -> None:
    picture = np.repeat(np.linspace(0, 255, 120).astype(np.uint8)[:, None, None], 160, axis=1).repeat(3, axis=2)
    wet = LENS.finish(picture.copy(), replace(CLEAN, rain=0.021, ambient=0.0), 0)
    changed = cv2.absdiff(wet, picture).max(axis=2) > 12
    assert 0.005 < changed.mean() < 0.6
