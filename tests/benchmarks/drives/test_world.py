"""The scenery of a clip, drawn from wherever the camera is."""

import itertools

import numpy as np
import pytest

from anpr.values import Image
from benchmarks.drives.camera import Camera, MountedCamera, Shake
from benchmarks.drives.conditions import DAY, conditions
from benchmarks.drives.world import BANDS, World

STILL = Shake(np.zeros((3, 5)), np.ones((3, 5)), np.zeros((3, 5)))
CAMERA = Camera(width_px=320, height_px=180, focal_px=500.0, mount_pitch_rad=0.0, mount_yaw_rad=0.0, readout_s=0.0)


def world(speed_mps: float = 12.0, exposure_s: float = 0.001, seed: int = 1) -> World:
    mounted = MountedCamera(CAMERA, STILL, speed_mps, sway_m=0.0)
    return World("street", 300.0, mounted, exposure_s, np.random.default_rng(seed))


def drawn(made: World, second: float = 0.0, light: str = "day") -> Image:
    picture = np.zeros((180, 320, 3), np.uint8)
    made.draw(picture, second, conditions(light))
    return picture


def test_the_whole_picture_is_drawn_and_sky_is_above_the_road() -> None:
    picture = drawn(world())
    assert (picture.max(axis=2) > 0).all()
    assert picture[5:30, :, 0].mean() > picture[5:30, :, 2].mean() + 30  # blue
    road = picture[150:, 140:180].astype(float)
    assert np.ptp(road.mean(axis=(0, 1))) < 20  # grey


def test_bands_meet_without_a_gap() -> None:
    for far, near in itertools.pairwise(BANDS):
        assert near.far_m > far.near_m
        assert near.near_m < far.near_m


def test_the_scenery_moves_with_the_car_and_stands_with_it() -> None:
    made, standing = world(), world(speed_mps=0.0)
    assert np.abs(drawn(made, 0.0).astype(int) - drawn(made, 0.5)).mean() > 2
    assert np.array_equal(drawn(standing, 0.0), drawn(standing, 0.5))


def test_the_road_repeats_after_its_period() -> None:
    """Twelve metres further the same markings are seen: one second at 12 m/s."""
    made = world()
    first, later = (drawn(made, second)[120:, 120:200].astype(int) for second in (0.0, 1.0))
    between = drawn(made, 0.25)[120:, 120:200].astype(int)
    assert np.abs(first - later).mean() < 0.5 * np.abs(first - between).mean()


def test_a_long_exposure_smears_the_road_along_itself() -> None:
    sharp, smeared = (drawn(world(30.0, exposure)).astype(float)[165:, 60:260] for exposure in (0.0002, 0.05))
    assert np.abs(np.diff(smeared, axis=0)).mean() < np.abs(np.diff(sharp, axis=0)).mean()


@pytest.mark.parametrize("light", ["night", "infrared", "dusk"])
def test_it_is_darker_than_by_day(light: str) -> None:
    made = world()
    assert drawn(made, 0.0, light).mean() < 0.7 * drawn(made).mean()


def test_the_same_seed_gives_the_same_picture() -> None:
    assert np.array_equal(drawn(world(), 0.3), drawn(world(), 0.3))
    assert not np.array_equal(drawn(world(), 0.3), drawn(world(seed=2), 0.3))
    assert DAY.light == "day"
