"""The filter of a plate's motion against vehicles whose motion is known."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.perception.kinematics import NEARER, Kinematics, measure
from anpr.values import Box

FOCAL_PX, PLATE_M, MIDDLE_PX = 2000.0, 0.52, 640.0
S = 1_000_000_000


def seen_at(distance_m: float, aside_m: float = 2.0, down_m: float = 1.0) -> Box:
    """Where a plate is seen by a pinhole camera that looks along the road."""
    half, x, y = (
        FOCAL_PX * PLATE_M / distance_m / 2,
        MIDDLE_PX + FOCAL_PX * aside_m / distance_m,
        FOCAL_PX * down_m / distance_m,
    )
    return (x - half, y - half / 4, x + half, y + half / 4)


def followed(speed_mps: float, start_m: float, frames: int = 12, rate: float = 30.0) -> Kinematics:
    motion = Kinematics.start(seen_at(start_m), 0)
    for n in range(1, frames):
        motion.update(seen_at(start_m - speed_mps * n / rate), round(n / rate * S))
    return motion


def test_a_box_is_its_middle_and_the_log_of_its_width() -> None:
    assert measure((10.0, 20.0, 110.0, 50.0)) == (60.0, 35.0, pytest.approx(math.log(100)))
    assert measure((10.0, 20.0, 10.0, 20.0))[2] == 0.0  # no width: one pixel


@pytest.mark.parametrize("speed_mps", [-10.0, 0.0, 15.0, 30.0])
def test_a_vehicle_at_constant_speed_is_foretold(speed_mps: float) -> None:
    motion = followed(speed_mps, 40.0)
    after_s = 11 / 30 + 0.3
    expected = seen_at(40.0 - speed_mps * after_s)
    box = motion.box_at(round(after_s * S))
    width = expected[2] - expected[0]
    assert box[2] - box[0] == pytest.approx(width, rel=0.1)
    assert (box[0] + box[2]) / 2 == pytest.approx((expected[0] + expected[2]) / 2, abs=0.3 * width)
    assert box[3] - box[1] == pytest.approx((box[2] - box[0]) * 0.25)


def test_frames_need_not_come_evenly() -> None:
    """The filter is over time: the same way with every other frame lost ends in nearly the same state."""
    every, half = followed(15.0, 40.0, 13), followed(15.0, 40.0, 7, rate=15.0)
    assert every.at_ns == pytest.approx(half.at_ns, abs=2)
    assert every.state == pytest.approx(half.state, rel=0.01)


@given(st.floats(-100.0, 100.0), st.floats(0.001, 10.0))
def test_a_prediction_grows_or_shrinks_at_most_threefold_in_a_step(rate: float, dt: float) -> None:
    motion = Kinematics.start((600.0, 400.0, 700.0, 425.0), 0)
    x, y, width = motion.axes
    motion.axes = (x, y, type(width)(width.value, rate, width.var, width.cov, width.rate_var))
    grown = motion.predicted(round(dt * S))[0][2] - width.value
    assert -math.log(NEARER) - 1e-9 <= grown <= math.log(NEARER) + 1e-9


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_what_lies_further_ahead_is_less_certain(one: float, other: float) -> None:
    sooner, later = sorted((one, other))
    motion = followed(0.0, 40.0)
    near, far = (motion.predicted(motion.at_ns + round(after * S))[1] for after in (sooner, later))
    assert all(a <= b + 1e-9 for a, b in zip(near, far, strict=True))


def test_detections_make_it_surer() -> None:
    variances = [sum(axis.var for axis in followed(0.0, 40.0, frames).axes[:2]) for frames in (1, 2, 4, 8)]
    assert all(a > b for a, b in pairwise(variances))


def test_its_own_plate_is_far_likelier_than_any_and_one_elsewhere_far_less() -> None:
    motion = followed(15.0, 40.0)
    at = motion.at_ns + S // 30
    mine = seen_at(40.0 - 15.0 * 12 / 30)
    size = mine[2] - mine[0]
    elsewhere = (mine[0] + 8 * size, mine[1], mine[2] + 8 * size, mine[3])
    assert motion.log_odds(mine, at, (1280, 720)) > 3
    assert motion.log_odds(elsewhere, at, (1280, 720)) < -10
    # A larger picture has more room for others: that this is the same plate is likelier by the area.
    gained = motion.log_odds(mine, at, (2560, 1440)) - motion.log_odds(mine, at, (1280, 720))
    assert gained == pytest.approx(math.log(4))


def test_a_plate_that_jumped_begins_anew() -> None:
    motion = followed(15.0, 40.0)
    far = (100.0, 50.0, 160.0, 65.0)
    at = motion.at_ns + S // 30
    motion.update(far, at)
    assert motion == Kinematics.start(far, at)


@pytest.mark.parametrize(("deviations", "anew"), [(4.9, False), (5.1, True)])
def test_a_jump_of_more_than_five_deviations_is_a_surprise(deviations: float, anew: bool) -> None:
    motion = followed(0.0, 40.0)
    at = motion.at_ns + S // 30
    (x, y, log_width), variances = motion.predicted(at)
    half = math.exp(log_width) / 2
    jumped = x + deviations * math.sqrt(variances[0])
    box = (jumped - half, y - half / 4, jumped + half, y + half / 4)
    motion.update(box, at)
    assert (motion == Kinematics.start(box, at)) == anew
