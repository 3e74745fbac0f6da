"""Programs killed at work leave whole lists, and torn ones would be seen."""

from pathlib import Path

from benchmarks.hotlist_scale import kills


def test_killed_programs_leave_whole_lists(tmp_path: Path) -> None:
    report = kills.measure(tmp_path, 6, 300, 5, lambda _: None)
    assert (report.kills, report.lost, report.torn, report.database_sound) == (6, 0, 0, True)
    assert report.during_import + report.during_sync >= 3
