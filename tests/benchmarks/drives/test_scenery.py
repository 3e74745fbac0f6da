"""What stands along the road: nothing on the road itself, no seams, the same for the same seed."""

import numpy as np
import pytest

from benchmarks.drives.scenery import (
    GROUND_PX_PER_M,
    HALF_WIDTH_M,
    LANE_M,
    PERIOD_M,
    RoadKind,
    make_ground,
    make_sky,
    make_things,
)

KINDS: tuple[RoadKind, ...] = ("street", "dual")


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def column(x_m: float) -> int:
    return int((x_m + HALF_WIDTH_M) * GROUND_PX_PER_M)


@pytest.mark.parametrize("kind", KINDS)
def test_the_ground_repeats_without_a_seam(kind: RoadKind) -> None:
    ground = make_ground(kind, rng()).astype(float)
    assert ground.shape == (PERIOD_M * GROUND_PX_PER_M, 2 * HALF_WIDTH_M * GROUND_PX_PER_M, 3)
    smooth = ground[:, column(3) : column(5)].mean(axis=(1, 2))  # tarmac beside the markings
    steps = np.abs(np.diff(smooth))
    assert abs(smooth[0] - smooth[-1]) < steps.max() + 1.0


def test_markings_are_where_the_lanes_end() -> None:
    street = make_ground("street", rng()).astype(float).mean(axis=2)
    middle, lane = street[:, column(1.75)], street[:, column(1.0)]
    assert middle[: 3 * GROUND_PX_PER_M].mean() > lane.mean() + 80
    assert middle[5 * GROUND_PX_PER_M : 6 * GROUND_PX_PER_M].mean() < lane.mean() + 30  # a gap in the line
    assert LANE_M / 2 == 1.75
    dual = make_ground("dual", rng()).astype(float).mean(axis=2)
    assert dual[:, column(-5.28)].mean() > dual[:, column(-4.5)].mean() + 80


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_on_the_road(kind: RoadKind) -> None:
    things = make_things(kind, 300.0, rng())
    assert len(things) > 20
    for thing in things:
        assert np.abs(thing.corners_m[:, 0]).min() > 5.6
        assert thing.corners_m[:, 1].min() >= 0
        assert (thing.corners_m[0, 1], thing.corners_m[1, 1]) >= (thing.corners_m[3, 1], thing.corners_m[2, 1])
    places = [thing.corners_m[:, 2].mean() for thing in things]
    assert min(places) < 30
    assert max(places) > 270
    assert {np.sign(thing.corners_m[0, 0]) for thing in things} == {-1.0, 1.0}


def test_the_horizon_is_see_through_above_and_closed_below() -> None:
    opacity = make_sky(640, 180, "street", rng()).levels[0][..., 3]
    assert opacity.shape == (60, 1040)
    assert (opacity[0] == 0).all()
    assert (opacity[-1] == 255).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_scenery(kind: RoadKind) -> None:
    assert np.array_equal(make_ground(kind, rng()), make_ground(kind, rng()))
    assert not np.array_equal(make_ground(kind, rng()), make_ground(kind, rng(2)))
    one, other = make_things(kind, 100.0, rng()), make_things(kind, 100.0, rng())
    assert all(np.array_equal(a.corners_m, b.corners_m) for a, b in zip(one, other, strict=True))
