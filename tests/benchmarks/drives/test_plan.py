"""Who drives where."""

import numpy as np
import pytest

from anpr.errors import InputError
from benchmarks.drives.plan import SETS, Lane, Mover, plan
from benchmarks.drives.scenery import LANE_M
from benchmarks.drives.truth import MPH


@pytest.mark.parametrize("name", SETS)
def test_every_set_meets_its_vehicles_at_the_closing_speeds_it_promises(name: str) -> None:
    drives = [plan(name, index, 7) for index in range(6)]
    assert plan(name, 3, 7) == drives[3]
    assert plan(name, 3, 8) != drives[3]
    closing = [mover.closing_mph for drive in drives for mover in drive.movers if mover.lane == "oncoming"]
    assert len(closing) >= 12
    assert max(closing) <= SETS[name].oncoming_mph[1] + 8
    assert all(len(drive.movers) >= 3 for drive in drives)


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(InputError, match="choose among day"):
        plan("midday", 0, 1)


@pytest.mark.parametrize(
    ("lane", "closing_mph", "x_m", "speed_mps", "end"),
    [
        ("oncoming", 50.0, LANE_M, 50 * MPH - 10.0, "front"),
        ("overtaken", 10.0, -LANE_M, 10.0 - 10 * MPH, "rear"),
        ("parked", 10.0 / MPH, -LANE_M - 0.2, 0.0, "rear"),
        ("following", 0.0, 0.0, 10.0, "rear"),
    ],
)
def test_a_mover_s_way_gives_its_closing_speed_in_its_lane(
    lane: Lane, closing_mph: float, x_m: float, speed_mps: float, end: str
) -> None:
    mover = Mover("AB46 CDE", "current", lane, closing_mph, 2.0, 17.0)
    path = mover.path(10.0)
    assert (path.x_m, path.speed_mps, mover.end) == (x_m, pytest.approx(speed_mps), end)
    places = path.at(np.array([2.0, 3.0]))[0]
    closed = (places[0, 1] - 10.0 * 2.0) - (places[1, 1] - 10.0 * 3.0)
    assert closed == pytest.approx(closing_mph * MPH)
    assert places[0, 1] - 20.0 == pytest.approx(17.0 + 2.2)


@pytest.mark.parametrize("name", SETS)
def test_every_vehicle_is_met_within_the_clip_and_nobody_drives_backwards(name: str) -> None:
    for index in range(8):
        drive = plan(name, index, 5)
        assert SETS[name].own_mph[0] <= drive.own_mph <= SETS[name].own_mph[1]
        for mover in drive.movers:
            assert 0 < mover.meet_s < drive.seconds
            assert mover.path(drive.own_mph * MPH).speed_mps >= -1e-9
        met = sorted(mover.meet_s for mover in drive.movers if mover.lane == "oncoming")
        assert np.diff(met).min(initial=1.0) >= 0.7
