"""What events do to the car: a clock is as wrong as its event says and right again, every event has what it does."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.day import happenings
from benchmarks.day.car import MARKS, Disk, Satellites
from benchmarks.day.clock import DayClock
from benchmarks.day.happenings import begin, end
from benchmarks.day.judge import Judge
from benchmarks.day.script import CLOCK_MARK, Event, Group, Planned


@pytest.fixture
def day(tmp_path: Path) -> Any:
    clock = DayClock.made(tmp_path / "clock")
    clock.stand()
    return SimpleNamespace(
        clock=clock, judge=Judge(clock.monotonic_ns()), now_s=10.0, note=lambda text: None, active=[], settled_s=0.0,
        fine_until_s=0.0, pass_due_s=0.0, gps=SimpleNamespace(has_fix=True), is_gps_silent=False, satellites=Satellites(clock),
        engine=SimpleNamespace(is_json=False), disk=Disk(tmp_path, is_own=False),
    )  # fmt: skip


def planned(event: Event, lasts_s: float = 30.0, chance: float = 0.4) -> Planned:
    return Planned(0, event, 0.0, lasts_s, chance)


def test_every_group_has_what_begins_and_what_ends() -> None:
    assert happenings._ACTIONS.keys() == happenings._ENDINGS.keys() == set(Group)


@pytest.mark.parametrize("chance", [0.0, 0.2, 0.49, 0.51, 0.99])
@pytest.mark.parametrize("event", [Event.CLOCK_YEARS, Event.CLOCK_MINUTES, Event.CLOCK_BACK])
def test_a_clock_is_wrong_enough_to_be_told_and_right_again(day: Any, event: Event, chance: float) -> None:
    begin(day, planned(event, chance=chance))
    off_s = (day.clock.utc() - day.clock.true_utc()).total_seconds()
    assert abs(off_s) > 100
    assert event is not Event.CLOCK_BACK or off_s < -86_000
    assert event is not Event.CLOCK_YEARS or abs(off_s) > 300 * 86_400
    end(day, day.active[0])
    assert abs((day.clock.utc() - day.clock.true_utc()).total_seconds()) < 1
    assert day.active == []
    assert day.settled_s > day.now_s


def test_the_satellites_fall_silent_or_begin_anew_and_are_well_again(day: Any) -> None:
    for event, is_so in (
        (Event.GPS_NO_FIX, lambda: not day.gps.has_fix),
        (Event.GPS_SILENT, lambda: day.is_gps_silent),
        (Event.GPS_ROLLOVER, lambda: day.satellites.rounds == 1),
    ):
        begin(day, planned(event))
        assert is_so(), event
        end(day, day.active[0])
        assert (day.gps.has_fix, day.is_gps_silent, day.satellites.rounds) == (True, False, 0)


def test_a_rollover_that_turns_the_clocks_mark_is_counted(day: Any) -> None:
    begin(day, planned(Event.GPS_ROLLOVER))
    day.judge.standing[CLOCK_MARK] = 1.0
    end(day, day.active[0])
    assert [one.count for one in day.judge.failures] == ["other"]


def test_a_full_disk_without_one_of_its_own_is_skipped_and_said_to_be(day: Any) -> None:
    begin(day, planned(Event.DISK_FULL))
    assert day.active == []
    assert day.judge.events[0].skipped.startswith("no file system")
    assert day.judge.events[0].faults == frozenset()


def test_a_terminal_that_goes_away_is_no_fault(day: Any) -> None:
    closed: list[bool] = []
    day.engine.close_output = lambda: closed.append(True)
    begin(day, planned(Event.OUTPUT_CLOSED))
    assert closed == [True]
    assert day.active[0].faults == frozenset()


@pytest.mark.parametrize("event", [Event.IMPORT_CUT, Event.IMPORT_GIBBERISH, Event.IMPORT_SHORT])
def test_what_a_clerk_imports_leaves_alone_what_the_back_office_serves(day: Any, event: Event) -> None:
    done: list[str] = []
    day.office = SimpleNamespace(spoil=lambda _: done.append("spoiled"), repair=lambda: done.append("repaired"))
    day.clerk = SimpleNamespace(import_broken=lambda _: "refused")
    day.judge.lists = dict.fromkeys(MARKS, 1)
    begin(day, planned(Event.SYNC_CUT))
    begin(day, planned(event))
    end(day, day.active[-1])
    assert done == ["spoiled"]
    end(day, day.active[0])
    assert done == ["spoiled", "repaired"]
