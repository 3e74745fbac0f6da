"""Where a plate is in a frame, and whether a person could read it there."""

from dataclasses import replace

import numpy as np
import pytest

from anpr.values import Image
from benchmarks.drives.actors import Actor, Shot
from benchmarks.drives.camera import Camera, Points
from benchmarks.drives.number_plate import make_plate
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.plate_in_frame import LEGIBLE_PX, is_facing, plate_in_frame
from benchmarks.drives.scene import Scene
from benchmarks.drives.truth import VehicleTruth
from benchmarks.drives.vehicles import make_body


def test_legible_means_large_sharp_whole_and_facing(close: tuple[Scene, list[Image]]) -> None:
    rows = [row for actor in close[0].actors for row in actor.truth.frames]
    assert any(row.legible for row in rows)
    for row in rows:
        if row.legible:
            assert row.character_px >= LEGIBLE_PX
            assert row.blur_px < row.character_px * 14 / 79
            assert row.visible > 0.99
            assert row.box[0] >= 0
            assert row.box[2] <= 1279


def test_a_long_exposure_makes_the_same_drive_illegible() -> None:
    mover = Mover("AB46 CDE", "current", "oncoming", 60, 0.1, 12.0)
    sharp = Scene(Drive("sharp", 1, (mover,), own_mph=20, seconds=0.1, exposure_s=1 / 2000))
    smeared = Scene(Drive("smeared", 1, (mover,), own_mph=20, seconds=0.1, exposure_s=1 / 30))
    for scene in (sharp, smeared):
        list(scene.frames())
    blur = [max(row.blur_px for row in scene.actors[0].truth.frames) for scene in (sharp, smeared)]
    assert blur[1] > 20 * blur[0]
    assert sharp.actors[0].truth.legible_frames()
    assert not smeared.actors[0].truth.legible_frames()


def test_a_car_behind_another_is_not_legible() -> None:
    hidden = Mover("AB46 CDE", "current", "following", 0, 0.0, 17.0)
    hiding = Mover("KX95 LMN", "current", "following", 0, 0.0, 8.0, body="van")
    scene = Scene(Drive("hidden", 1, (hidden, hiding), own_mph=10, seconds=0.1))
    list(scene.frames())
    assert all(row.visible < 0.5 and not row.legible for row in scene.actors[0].truth.frames)
    assert all(row.visible == 1.0 for row in scene.actors[1].truth.frames)


CAMERA = Camera(width_px=1280, height_px=720)
BODY = make_body("hatch", "BLUE", np.random.default_rng(1))
FAR_PX = np.array([[500.0, 300.0], [605.0, 300.0], [605.0, 322.4], [500.0, 322.4]])
"""A plate of 22.4 px by 111 mm: its characters of 79 mm are 15.9 px high, its strokes of 14 mm 2.8 px wide."""


def shot(pixels: Points = FAR_PX, blur_px: float = 0.0, turned_rad: float = 0.0) -> Shot:
    """A plate at these pixels, 15 m ahead, turned about its upright axis."""
    mover = Mover("AB46 CDE", "current", "following", 0, 0.0)
    plate = make_plate(mover.words, "current", rear=True)
    truth = VehicleTruth(0, plate.vrm, "current", "hatch", "BLUE", "following", "rear", 0.0)
    made = Actor.of(mover, BODY, mover.path(10.0), plate, truth, (0.0, 0.0))
    every = np.zeros((made.points.count, 2))
    every[made.plate_part] = pixels
    across = 0.26 * np.array([-1.0, 1.0, 1.0, -1.0])
    places = np.zeros((made.points.count, 3))
    places[made.plate_part] = np.stack(
        [across * np.cos(turned_rad), [0.05, 0.05, -0.06, -0.06], 15.0 + across * np.sin(turned_rad)], axis=1
    )
    moved = np.array([blur_px / 2, 0.0])
    return Shot(made, 15.0, 0.0, places, every - moved, every, every + moved, np.full(made.points.count, 15.0))


def test_a_plate_is_measured_in_the_picture() -> None:
    row = plate_in_frame(CAMERA, shot(blur_px=1.0), 7, [])
    assert row is not None
    assert (row.frame, row.box, row.distance_m) == (7, (500.0, 300.0, 605.0, 322.4), 15.0)
    assert row.character_px == pytest.approx(22.4 * 79 / 111, abs=1e-3)
    assert (row.blur_px, row.visible, row.legible) == (1.0, 1.0, True)


@pytest.mark.parametrize(
    ("height_px", "found", "legible"),
    [(4.21, False, False), (4.22, True, False), (11.23, True, False), (11.25, True, True)],
)
def test_characters_of_three_px_are_in_the_truth_and_of_eight_legible(
    height_px: float, found: bool, legible: bool
) -> None:
    pixels = FAR_PX.copy()
    pixels[2:, 1] = 300.0 + height_px  # 3 px are 4.215 of the plate, 8 px 11.24
    row = plate_in_frame(CAMERA, shot(pixels), 0, [])
    assert (row is not None) == found
    assert (row is not None and row.legible) == legible


@pytest.mark.parametrize(("blur_px", "legible"), [(2.82, True), (2.83, False)])
def test_blur_as_wide_as_a_stroke_is_not_legible(blur_px: float, legible: bool) -> None:
    row = plate_in_frame(CAMERA, shot(blur_px=blur_px), 0, [])  # a stroke is 15.94 * 14 / 79 = 2.825 px
    assert row is not None
    assert row.legible == legible


@pytest.mark.parametrize(("degrees", "legible"), [(0, True), (58, True), (62, False)])
def test_a_plate_turned_by_more_than_sixty_degrees_is_not_legible(degrees: float, legible: bool) -> None:
    row = plate_in_frame(CAMERA, shot(turned_rad=np.radians(degrees)), 0, [])
    assert row is not None
    assert row.legible == legible


def test_a_plate_that_is_partly_out_of_the_picture_or_hidden_is_so_far_visible() -> None:
    half_out = plate_in_frame(CAMERA, shot(FAR_PX - (552.0, 0.0)), 0, [])
    assert half_out is not None
    assert half_out.visible == pytest.approx(0.5, abs=0.1)
    assert not half_out.legible
    hull = np.array([[552.0, 0.0], [900.0, 0.0], [900.0, 700.0], [552.0, 700.0]])
    hidden = plate_in_frame(CAMERA, shot(), 0, [hull])
    assert hidden is not None
    assert hidden.visible == pytest.approx(0.5, abs=0.1)
    assert not hidden.legible
    beside = plate_in_frame(CAMERA, shot(), 0, [hull + np.array([100.0, 0.0])])
    assert beside is not None
    assert beside.legible


def test_what_faces_away_is_behind_or_outside_is_not_in_the_truth() -> None:
    assert is_facing(FAR_PX)
    assert not is_facing(FAR_PX[[1, 0, 3, 2]])
    assert plate_in_frame(CAMERA, shot(FAR_PX[[1, 0, 3, 2]]), 0, []) is None
    for away in ((-700.0, 0.0), (900.0, 0.0), (0.0, -400.0), (0.0, 500.0)):
        assert plate_in_frame(CAMERA, shot(FAR_PX + away), 0, []) is None
    near = shot()
    assert plate_in_frame(CAMERA, replace(near, depths_m=np.full_like(near.depths_m, 0.4)), 0, []) is None
