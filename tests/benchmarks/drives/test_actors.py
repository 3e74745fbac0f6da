"""A vehicle in one frame: all of its points are projected together, at the ends of the exposure too."""

import numpy as np
import pytest

from benchmarks.drives.actors import Actor
from benchmarks.drives.camera import Camera, MountedCamera, Shake
from benchmarks.drives.number_plate import make_plate
from benchmarks.drives.plan import Lane, Mover
from benchmarks.drives.truth import MPH, VehicleTruth
from benchmarks.drives.vehicles import make_body, plate_corners

STILL = Shake(np.zeros((3, 5)), np.ones((3, 5)), np.zeros((3, 5)))
CAMERA = Camera(mount_pitch_rad=0.0, mount_yaw_rad=0.0, readout_s=0.0)
OWN_MPS = 10.0
MOUNTED = MountedCamera(CAMERA, STILL, OWN_MPS, sway_m=0.0)


def actor(lane: Lane = "oncoming", closing_mph: float = 40.0, meet_s: float = 1.0, meet_m: float = 17.0) -> Actor:
    mover = Mover("AB46 CDE", "current", lane, closing_mph, meet_s, meet_m)
    body = make_body("hatch", "BLUE", np.random.default_rng(1))
    plate = make_plate(mover.words, mover.kind, rear=mover.end == "rear")
    truth = VehicleTruth(0, plate.vrm, "current", "hatch", "BLUE", lane, mover.end, closing_mph)
    return Actor.of(mover, body, mover.path(OWN_MPS), plate, truth, (0.02, 0.05))


def test_parts_are_where_their_slices_say() -> None:
    made = actor()
    local = made.points.local_m
    panels = 4 * len(made.body.panels)
    assert np.array_equal(local[:4], made.body.panels[0].corners_m)
    assert np.array_equal(local[made.plate_part], plate_corners(made.body, "front", made.plate.size_m, 0.02, 0.05))
    assert np.array_equal(local[made.hull_part], made.body.hull())
    assert (local[made.shadow_part][:, 1] == 0).all()
    assert len(local[made.lamps_part]) == len(made.body.lamps) == 4
    assert made.plate_part.start == panels
    assert made.points.count == panels + 4 + 4 + 8 + 4


@pytest.mark.parametrize(("lane", "closing_mph"), [("oncoming", 40.0), ("overtaken", 12.0), ("following", 0.0)])
def test_it_is_met_when_and_where_it_was_planned_and_closes_as_said(lane: Lane, closing_mph: float) -> None:
    made = actor(lane, closing_mph)
    assert made.distance(MOUNTED, 1.0) == pytest.approx(17.0, abs=0.3)
    half_a_second = made.distance(MOUNTED, 1.0) - made.distance(MOUNTED, 1.5)
    assert half_a_second == pytest.approx(closing_mph * MPH / 2, abs=1e-6)


def test_blur_is_the_way_within_the_exposure_and_grows_with_speed_and_time() -> None:
    def blur(closing_mph: float, exposure_s: float) -> float:
        made = actor(closing_mph=closing_mph)
        shot = made.shoot(MOUNTED, 17.0, 1.0, exposure_s, still=False)
        assert np.allclose((shot.first_px + shot.last_px) / 2, shot.pixels, atol=0.2)
        return float(np.linalg.norm((shot.last_px - shot.first_px)[made.plate_part], axis=1).max())

    assert blur(40.0, 0.002) == pytest.approx(2 * blur(40.0, 0.001), rel=0.02)
    assert blur(80.0, 0.001) == pytest.approx(2 * blur(40.0, 0.001), rel=0.05)


def test_a_shot_that_is_still_has_no_blur_and_depths_are_before_the_camera() -> None:
    made = actor()
    shot = made.shoot(MOUNTED, 17.0, 1.0, 0.01, still=True)
    assert np.array_equal(shot.first_px, shot.last_px)
    assert (shot.depths_m > 0).all()
    assert shot.depths_m[made.plate_part].mean() == pytest.approx(17.0, abs=0.4)
    assert shot.from_camera[:, 2] == pytest.approx(shot.depths_m)  # a level camera looks along the road
    assert np.cos(shot.heading_rad) == pytest.approx(-1.0)
