"""The sums: a hit that is nowhere is swallowed, what comes and goes flaps, and a missed floor is an error."""

from typing import Any

from benchmarks.shift.script import Event
from benchmarks.shift.statements import Statement
from benchmarks.shift.tally import Tally
from benchmarks.shift.truth import HitHeard, Outage, Truth
from tests.benchmarks.shift import made


def heard() -> Truth:
    truth = made.truth()
    truth.hits[0, made.LISTED.vrm] = HitHeard(0, made.LISTED.vrm, 11.2)
    return truth


def test_a_hit_on_the_screen_in_time_is_not_swallowed() -> None:
    tally = Tally(heard())
    tally.look(12.0, made.reading(12.0, cards=[], panel=None))
    tally.look(13.0, made.reading(13.0))
    tally.look(20.0, made.reading(20.0, cards=[], panel=None))
    assert tally.swallowed == []
    assert tally.unread() == []


def test_a_hit_that_is_nowhere_is_swallowed() -> None:
    tally = Tally(heard())
    tally.look(14.0, made.reading(14.0, cards=[], panel=None))
    assert [one.vrm for one in tally.swallowed] == [made.LISTED.vrm]


def test_behind_another_alert_in_driver_view_it_counts_as_shown_where_the_view_says_that_more_wait() -> None:
    other = made.driver(alert=5, vrm="XX99 XXX")
    empty: dict[str, Any] = {"view": "driver", "cards": [], "panel": None}
    tally = Tally(heard())
    tally.look(14.0, made.reading(14.0, driver=other | {"foot": "Seen 1 more"}, **empty))
    assert tally.swallowed == []
    tally = Tally(heard())
    tally.look(14.0, made.reading(14.0, driver=other, **empty))
    assert len(tally.swallowed) == 1


def test_a_listed_vehicle_without_any_hit_is_unread_and_no_swallowed_one() -> None:
    tally = Tally(made.truth())
    assert tally.unread() == [(0, made.LISTED.vrm)]


def test_an_alert_that_is_raised_again_flaps() -> None:
    truth = made.truth()
    made.hear(truth, 12.0, made.alert_line(7, 11.0, steps=["raised", "withdrawn", "raised_again"]))
    assert len(Tally(truth).flaps()) == 1


def fault(truth: Truth, alert_id: int, raised_s: float, cleared_s: float) -> None:
    line = made.alert_line(alert_id, 0.0, kind="fault", fault="camera_silent", vrm="", seen_utc="")
    made.hear(truth, raised_s, line)
    made.hear(truth, cleared_s, line | {"state": "cleared"})


def test_a_fault_flaps_when_it_comes_back_without_cause() -> None:
    truth = made.truth()
    fault(truth, 20, 10.0, 14.0)
    fault(truth, 21, 20.0, 24.0)
    assert len(Tally(truth).flaps()) == 1
    truth.outages.append(Outage(Event.CAMERA_LOST, 19.0, 23.0))
    assert Tally(truth).flaps() == []


def test_each_floor_that_is_missed_is_named_and_a_sound_shift_has_no_error() -> None:
    tally = Tally(heard())
    tally.truth.paints_ms = [80.0, 120.0]
    tally.add([Statement(1.0, "time", "strip", "12:00", "12:00", right=True)])
    assert tally.section("A shift")["errors"] == []
    for _ in range(2):
        tally.add([Statement(2.0, "mark", "alert 7", "A", "B", right=False)])
    tally.truth.paints_ms.append(400.0)
    section = tally.section("A shift")
    assert (section["statements"], section["wrong"], section["swallowed"], section["flaps"]) == (3, 2, 0, 0)
    assert section["wrong_list"][0]["times"] == 2
    assert [error.split(" is ")[0] for error in section["errors"]] == ["shift: wrong", "shift: grab to paint p99, ms"]


def test_a_shift_without_any_paint_time_misses_the_floor() -> None:
    assert "not measured" in Tally(heard()).section("A shift")["errors"][0]
