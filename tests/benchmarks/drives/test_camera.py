"""Known points project where the pinhole model says, and rows are seen at their own time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drives.camera import Camera, Fixed, MountedCamera, Shake

STILL = Shake(np.zeros((3, 5)), np.ones((3, 5)), np.zeros((3, 5)))
LEVEL = Camera(mount_pitch_rad=0.0, mount_yaw_rad=0.0, focal_px=2000.0, mount_height_m=1.2, readout_s=0.0)


@given(st.floats(-3, 3), st.floats(-1, 4), st.floats(5, 100))
def test_a_point_before_a_level_camera_is_where_the_pinhole_says(right: float, up: float, ahead: float) -> None:
    mounted = MountedCamera(LEVEL, STILL, 0.0, sway_m=0.0)
    pixels, depth = mounted.project(Fixed(np.array([[right, up, ahead]])), 0.0)
    assert np.allclose(pixels[0], [639.5 + 2000 * right / ahead, 359.5 - 2000 * (up - 1.2) / ahead])
    assert np.isclose(depth[0], ahead)


def test_a_yawed_camera_sees_the_road_to_its_left() -> None:
    camera = Camera(mount_pitch_rad=0.0, mount_yaw_rad=0.1, focal_px=1000.0, readout_s=0.0)
    mounted = MountedCamera(camera, STILL, 0.0, sway_m=0.0)
    pixels, _ = mounted.project(Fixed(np.array([[0.0, 1.25, 50.0]])), 0.0)
    assert np.isclose(pixels[0, 0], 639.5 - 1000 * np.tan(0.1))


def test_driving_brings_things_closer() -> None:
    mounted = MountedCamera(LEVEL, STILL, 20.0, sway_m=0.0)
    _, depth = mounted.project(Fixed(np.array([[0.0, 0.0, 50.0]])), 1.0)
    assert np.isclose(depth[0], 30.0)


def test_a_rolling_shutter_sees_lower_rows_later() -> None:
    rolling = Camera(mount_pitch_rad=0.0, mount_yaw_rad=0.0, focal_px=2000.0, mount_height_m=1.2, readout_s=0.02)
    mounted = MountedCamera(rolling, STILL, 30.0, sway_m=0.0)
    low = np.array([[0.0, 0.0, 12.0]])
    pixels, depth = mounted.project(Fixed(low), 0.0)
    row_time = (pixels[0, 1] / 720 - 0.5) * 0.02
    assert row_time > 0.003
    assert np.isclose(depth[0], 12.0 - 30.0 * row_time, atol=4e-3)
    assert np.isclose(pixels[0, 1], 359.5 + 2000 * 1.2 / depth[0], atol=0.1)


def test_shake_is_the_same_for_the_same_seed_and_small() -> None:
    first, second = (Shake.of_a_road(np.random.default_rng(3)) for _ in range(2))
    times = np.linspace(0, 5, 200)
    assert np.array_equal(first.angles(times), second.angles(times))
    assert 0.0005 < np.abs(first.angles(times)).max() < 0.02
