"""Other vehicles: ways over the ground, bodies that are closed outwards, plates on their ends."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drives.vehicles import MEASURES, Body, End, OnVehicle, Path, make_body, plate_corners

KINDS = list(MEASURES)
SPEEDS = st.floats(0.5, 40.0)
ANGLES = st.floats(-3.0, 3.0)


def at(path: Path, second: float) -> tuple[np.ndarray, float]:
    place, heading = path.at(np.array([second]))
    return place[0], float(heading[0])


@given(ANGLES, SPEEDS, st.floats(-0.5, 0.5), st.floats(0, 5))
def test_a_vehicle_moves_along_its_heading_at_its_speed(
    heading: float, speed: float, turn: float, second: float
) -> None:
    path = Path(1.0, 20.0, heading, speed, turn, start_s=2.0)
    here, now = at(path, second)
    there, _ = at(path, second + 1e-4)
    assert now == pytest.approx(heading + turn * (second - 2.0))
    assert (there - here) / 1e-4 == pytest.approx([speed * np.sin(now), speed * np.cos(now)], abs=0.02)
    assert at(path, 2.0)[0] == pytest.approx([1.0, 20.0])


def test_a_slight_turn_is_next_to_none() -> None:
    straight, slight = Path(0, 0, 0.3, 20.0), Path(0, 0, 0.3, 20.0, turn_rad_per_s=2e-6)
    assert at(straight, 5.0)[0] == pytest.approx(at(slight, 5.0)[0], abs=1e-2)


def test_sway_is_sideways_and_no_more_than_said() -> None:
    path, times = Path(2.0, 30.0, 0.0, 10.0, sway_m=0.12), np.linspace(0, 20, 400)
    sideways = path.at(times)[0][:, 0] - 2.0
    assert 0.11 < np.abs(sideways).max() <= 0.12
    assert path.at(times)[0][:, 1] == pytest.approx(30.0 + 10.0 * times)


@given(ANGLES, st.floats(-2, 2), st.floats(0, 3), st.floats(-4, 4))
def test_points_keep_their_place_on_the_vehicle(heading: float, right: float, up: float, ahead: float) -> None:
    path = Path(5.0, 40.0, heading, 12.0)
    points = OnVehicle(np.array([[0.0, 0.0, 0.0], [right, up, ahead]]), path)
    assert points.count == 2
    middle, point = points.at(np.array([1.5, 1.5]))
    assert middle == pytest.approx([*np.insert(at(path, 1.5)[0], 1, 0.0)])
    offset = point - middle
    assert np.linalg.norm(offset) == pytest.approx(np.linalg.norm([right, up, ahead]), abs=1e-9)
    assert offset @ [np.sin(heading), 0, np.cos(heading)] == pytest.approx(ahead, abs=1e-9)
    assert offset @ [np.cos(heading), 0, -np.sin(heading)] == pytest.approx(right, abs=1e-9)


@cache
def body(kind: str, seed: int = 1) -> Body:
    return make_body(kind, "BLUE", np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS)
def test_every_panel_faces_out_of_the_body_and_lies_within_its_measures(kind: str) -> None:
    made = body(kind)
    middle = np.array([0.0, made.height_m / 2, 0.0])
    for panel in made.panels:
        assert panel.normal @ (panel.corners_m.mean(axis=0) - middle) > 0
        assert np.linalg.norm(panel.normal) == pytest.approx(1.0)
        assert (np.abs(panel.corners_m[:, 0]) <= made.width_m / 2 + 1e-9).all()
        assert (np.abs(panel.corners_m[:, 2]) <= made.length_m / 2 + 1e-9).all()
        assert panel.corners_m[:, 1].min() >= 0
        assert panel.corners_m[:, 1].max() <= made.height_m + 1e-9
    assert [panel.normal[2] for panel in made.panels if panel.end == "rear"] == pytest.approx([-1.0])
    assert [panel.normal[2] for panel in made.panels if panel.end == "front"] == pytest.approx([1.0])


@pytest.mark.parametrize("kind", KINDS)
def test_measures_are_those_of_the_kind_within_four_percent(kind: str) -> None:
    made = [body(kind, seed) for seed in range(20)]
    for usual, name in zip(MEASURES[kind], ("length_m", "width_m", "height_m"), strict=True):
        shares = [getattr(one, name) / usual for one in made]
        assert 0.96 <= min(shares) < max(shares) <= 1.04
    hull = made[0].hull()
    assert hull.shape == (8, 3)
    assert np.ptp(hull, axis=0) == pytest.approx([made[0].width_m, made[0].height_m - 0.15, made[0].length_m])


@pytest.mark.parametrize("kind", KINDS)
def test_lamps_sit_in_pairs_on_their_ends(kind: str) -> None:
    made = body(kind)
    for end, sign in (("front", 1), ("rear", -1)):
        lamps = [lamp.local_m[0] for lamp in made.lamps if lamp.end == end]
        assert len(lamps) == 2
        assert lamps[0][0] == -lamps[1][0]
        assert all(sign * lamp[2] > made.length_m / 2 for lamp in lamps)


@pytest.mark.parametrize("end", ["front", "rear"])
@given(offset=st.floats(-0.3, 0.3), tilt=st.floats(-0.3, 0.3))
def test_a_plate_is_flat_of_its_size_in_front_of_its_end_and_reads_from_outside(
    end: End, offset: float, tilt: float
) -> None:
    made, (width, height) = body("hatch"), (0.52, 0.111)
    corners = plate_corners(made, end, (width, height), offset, tilt)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    assert sides == pytest.approx([width, height, width, height])
    out = 1.0 if end == "front" else -1.0
    assert corners.mean(axis=0) == pytest.approx([offset, made.plate_heights_m[end], out * (made.length_m / 2 + 0.015)])
    # Seen from outside its first corner is at the left: across x down points out (x right, y up, z ahead).
    assert out * np.cross(corners[1] - corners[0], corners[3] - corners[0])[2] > 0
    top, bottom = corners[:2, 2].mean(), corners[2:, 2].mean()
    assert out * (bottom - top) == pytest.approx(height * np.sin(tilt), abs=1e-9)  # leans its top back


def test_the_same_seed_makes_the_same_body() -> None:
    one, other, third = (make_body("suv", "BLUE", np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.panels[0].picture.levels[0], other.panels[0].picture.levels[0])
    assert (one.length_m, one.plate_heights_m) == (other.length_m, other.plate_heights_m)
    assert one.length_m != third.length_m
