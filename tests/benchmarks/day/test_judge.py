"""The day's judge: what must be counted is counted, and what is well is not."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from anpr import sqlite
from benchmarks.day.judge import UNCAUSED_S, Judge
from benchmarks.day.script import CLOCK_MARK, RULES, Event, Planned


def line(at_s: float, **content: Any) -> dict[str, Any]:
    return {"at": round(at_s * 1e9), **content}


def fault(at_s: float, name: str, state: str = "raised", number: int = 1) -> dict[str, Any]:
    return line(at_s, k="alert", id=number, kind="fault", state=state, fault=name, text=name)


def hit(at_s: float, number: int, state: str = "raised") -> dict[str, Any]:
    return line(at_s, k="alert", id=number, kind="hit", state=state, fault="", text="AB12CDE")


def planned(event: Event, lasts_s: float = 30.0) -> Planned:
    return Planned(0, event, 0.0, lasts_s, 0.5)


def counted(judge: Judge) -> list[str]:
    return [one.count for one in judge.failures]


def pass_time(judge: Judge, from_s: float, to_s: float, read: bool = True) -> None:
    for second in range(round(from_s), round(to_s)):
        judge.tick(float(second), float(second) if read else from_s)


def test_a_cause_of_which_nothing_is_told_is_counted_once() -> None:
    judge = Judge(0)
    judge.begin(planned(Event.GPS_NO_FIX), 0.0)
    pass_time(judge, 0, 12)
    assert counted(judge) == []
    pass_time(judge, 12, 40)
    assert counted(judge) == ["faults_untold"]


def test_a_cause_that_is_told_and_cleared_is_well() -> None:
    judge = Judge(0)
    under = judge.begin(planned(Event.GPS_NO_FIX), 0.0)
    judge.take([fault(7.0, "gps_no_fix")])
    pass_time(judge, 7, 30)
    judge.end(under, 30.0)
    judge.take([fault(36.0, "gps_no_fix", "cleared")])
    pass_time(judge, 36, 100)
    assert counted(judge) == []
    assert under.line() == {
        "number": 0, "event": "GPS without a fix", "from_s": 0.0, "to_s": 30.0, "told": "gps_no_fix", "told_after_s": 7.0,
        "cleared_after_s": 6.0, "skipped": "", "seen": [],
    }  # fmt: skip


def test_after_a_start_a_cause_that_still_holds_is_to_be_told_again() -> None:
    judge = Judge(0)
    judge.begin(planned(Event.CAMERA_DIES, 60.0), 0.0)
    judge.take([fault(2.0, "camera_silent")])
    pass_time(judge, 2, 20)
    judge.take([line(20.0, k="started", waiting=[])])
    pass_time(judge, 21, 25)
    assert counted(judge) == []
    pass_time(judge, 25, 30)
    assert counted(judge) == ["faults_untold"]


def test_a_fault_that_outlives_its_cause_is_counted_once() -> None:
    judge = Judge(0)
    under = judge.begin(planned(Event.DISK_FULL), 0.0)
    judge.take([fault(2.0, "disk_full")])
    pass_time(judge, 2, 30)
    judge.end(under, 30.0)
    clear_s = RULES[Event.DISK_FULL].clear_s
    pass_time(judge, 30, 30 + clear_s + UNCAUSED_S)
    assert counted(judge) == []
    pass_time(judge, 30 + clear_s + UNCAUSED_S, 400)
    assert counted(judge) == ["faults_left_standing"]


def test_a_fault_that_nothing_causes_is_counted_and_how_fast_the_machine_is_is_not() -> None:
    judge = Judge(0)
    judge.take([fault(1.0, "gps_silent"), fault(1.0, "budget_missed", number=2)])
    pass_time(judge, 1, 60)
    assert [one.words for one in judge.failures] == ["gps_silent stands without a cause, after: "]


def test_a_fault_that_stood_while_the_tablet_slept_gets_its_time_afterwards() -> None:
    judge = Judge(0)
    judge.take([fault(1.0, "camera_silent")])
    judge.tick(1.0, 1.0)
    judge.slept(600.0)
    pass_time(judge, 600, 610)
    assert counted(judge) == []
    pass_time(judge, 610, 630)
    assert counted(judge) == ["faults_left_standing"]


def test_the_clocks_mark_is_a_fault_like_others() -> None:
    judge = Judge(0)
    judge.begin(planned(Event.CLOCK_YEARS), 0.0)
    judge.take([line(2.0, k="clock", value=["fault", "The date cannot be trusted."])])
    pass_time(judge, 2, 30)
    assert judge.events[0].told == CLOCK_MARK
    judge.take([line(30.0, k="clock", value=["ok", "agrees"])])
    assert judge.standing == {}
    assert counted(judge) == []


def test_reading_that_does_not_go_on_is_counted_once_each_time() -> None:
    judge = Judge(0)
    under = judge.begin(planned(Event.CAMERA_DIES), 0.0)
    judge.take([fault(2.0, "camera_silent")])
    pass_time(judge, 2, 30, read=False)
    judge.end(under, 30.0)
    judge.tick(34.0, 0.0)
    assert counted(judge) == []
    pass_time(judge, 35, 42, read=False)
    judge.tick(42.0, 0.0)
    assert counted(judge) == ["reading_stopped"]
    judge.tick(43.0, 43.0)
    judge.tick(50.0, 43.0)
    assert counted(judge) == ["reading_stopped", "reading_stopped"]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    with closing(sqlite.connect(path)) as file, file:
        file.execute("CREATE TABLE sightings (vrm, last_utc, final)")
        file.execute("CREATE TABLE alerts (id, state)")
        file.execute("INSERT INTO sightings VALUES ('AB12CDE', '2026-01-01T00:00:00+00:00', 1)")
        file.execute("INSERT INTO sightings VALUES ('CD34EFG', '2026-01-01T00:00:05+00:00', 0)")
        file.execute("INSERT INTO alerts VALUES (1, 'raised')")
    return path


def told(text: str, second: int) -> dict[str, Any]:
    return line(float(second), k="sighting", text=text, last_utc=f"2026-01-01T00:00:0{second}+00:00")


def test_what_was_told_and_is_not_in_the_records_is_lost(records: Path) -> None:
    judge = Judge(0)
    judge.take([told("AB12CDE", 0), hit(1.0, 1)])
    judge.judge_records(records, 10.0)
    assert counted(judge) == []
    judge.take([told("CD34EFG", 5), told("EF56GHJ", 6), hit(7.0, 2)])
    judge.judge_records(records, 10.0)
    assert counted(judge) == ["records_lost"] * 3


def test_an_alert_that_waited_and_is_gone_after_a_start_is_lost_unless_it_was_decided() -> None:
    judge = Judge(0)
    judge.take([hit(1.0, 1), hit(1.0, 2), hit(1.0, 3), hit(2.0, 2, "decided")])
    judge.take([line(3.0, k="started", waiting=[3])])
    assert [one.words for one in judge.failures] == ["alert 1 waited for a decision and is not there after the start"]


def test_growth_of_memory_is_told_over_the_day_and_within_a_start() -> None:
    judge = Judge(0)
    assert judge.growth() == (None, None)
    ways = ["json", "terminal"] * 4
    mb = [100.0, 150.0, 140.0, 150.0, 120.0, 150.0, 132.0, 150.0]
    judge.memory_mb = [(start, way, of) for start, (way, of) in enumerate(zip(ways, mb, strict=True)) for _ in range(6)]
    over, within = judge.growth()
    assert over == pytest.approx(126 / 120 - 1)  # 100 and 140, then 120 and 132
    assert within == pytest.approx(0.0)
    judge.memory_mb = judge.memory_mb[:36]  # three starts of each are too few to tell
    assert judge.growth() == (None, pytest.approx(0.0))
    judge.memory_mb = [(1, "json", 100.0 + 5 * n) for n in range(20)]
    assert judge.growth()[1] == pytest.approx(190 / 105 - 1)
