"""Killed writers lose nothing, and a lost record or a broken file would be seen."""

from pathlib import Path

from anpr import sqlite
from benchmarks.load.record_kills import Killed, judge, kill_writers


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    found = kill_writers(path, 2)
    assert found.is_sound
    assert found.kills == 2
    with sqlite.connect(path) as file:
        file.execute("DELETE FROM sightings WHERE id = 1")
    file.close()
    assert judge(path, 2, {1: "AB00CAA", 2: "AB01CAA"}).lost == 1


def test_a_broken_file_or_runs_without_a_record_are_not_sound() -> None:
    assert not Killed(2, 9, 0, "page 3 is never used").is_sound
    assert not Killed(2, 1, 0, "ok").is_sound
    assert not Killed(2, 9, 1, "ok").is_sound
