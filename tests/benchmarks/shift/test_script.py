"""The script of a shift: who passes, who looks alike, what fails, where the car is."""

from itertools import pairwise

import pytest

from benchmarks.shift.script import Event, Role, Script, full_script, quick_script, shortest_script


def of(script: Script, role: Role) -> list[str]:
    return [vehicle.vrm for vehicle in script.vehicles if vehicle.role is role]


def test_the_hour_has_forty_vehicles_twelve_listed_four_that_come_back_and_everything_that_fails() -> None:
    script = full_script()
    assert (script.length_s, len(script.vehicles)) == (3600.0, 40)
    assert (len(of(script, Role.LISTED)), len(of(script, Role.LOOK_ALIKE)), len(of(script, Role.COVERT))) == (12, 12, 1)
    times = {
        vrm: [p.at_s for p in script.passes if vrm in [v.vrm for v in p.vehicles]] for vrm in of(script, Role.LISTED)
    }
    gaps = [b - a for first in times.values() for a, b in pairwise(first)]
    assert sum(gap < 60 for gap in gaps) >= 2
    assert sum(gap > 60 for gap in gaps) >= 2
    assert sorted(one.event for one in script.happenings) == sorted(Event)


def test_each_listed_mark_has_a_look_alike_one_character_away() -> None:
    script = full_script()
    alike = of(script, Role.LOOK_ALIKE)
    for mark in of(script, Role.LISTED):
        assert any(len(a) == len(mark) and sum(x != y for x, y in zip(a, mark, strict=True)) == 1 for a in alike), mark


@pytest.mark.parametrize("make", [full_script, quick_script, shortest_script])
@pytest.mark.parametrize("seed", range(1, 6))
def test_nobody_passes_while_something_fails_and_each_pass_is_within_its_phase(make: type, seed: int) -> None:
    script: Script = make(seed)
    for one in script.passes:
        assert script.moving_at(one.at_s) == script.moving_at(one.at_s + one.seconds) == one.moving
        assert not any(-one.seconds < one.at_s - what.at_s < what.lasts_s + 5 for what in script.happenings)
    for a, b in pairwise(script.passes):
        assert b.at_s - a.at_s > a.seconds


def test_the_same_seed_is_the_same_shift_and_another_is_another() -> None:
    assert full_script(3) == full_script(3)
    assert full_script(3) != full_script(4)


def test_the_car_is_where_it_drove_to() -> None:
    script = full_script()
    standing, moving = script.phases[0], script.phases[1]
    assert script.place_at(standing.to_s) == script.place_at(0.0)
    assert script.is_from(script.place_at(0.0), moving.from_s + 10.0) == pytest.approx(89.4, abs=1.0)
    assert script.is_from(script.place_at(20.0), 20.0) == 0.0
