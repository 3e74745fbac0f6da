"""Programs killed at work leave whole lists, and torn ones would be seen."""

from pathlib import Path

from benchmarks.hotlist_scale import kills
from benchmarks.hotlist_scale.made_up_lists import write_police_csv
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore


def test_killed_programs_leave_whole_lists(tmp_path: Path) -> None:
    report = kills.measure(tmp_path, 6, 300, 5, lambda _: None)
    assert (report.kills, report.lost, report.torn, report.database_sound) == (6, 0, 0, True)
    assert report.during_import + report.during_sync >= 3


def test_a_torn_and_a_lost_list_would_be_seen(tmp_path: Path) -> None:
    old, new = {"AB51CDE", "AB51CDF"}, {"AB51CDF", "AB51CDG"}

    def found(marks: set[str] | None) -> tuple[int, kills.KillReport]:
        report = kills.KillReport()
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
        with HotlistStore(path) as store:
            if marks is not None:
                import_list(store, write_police_csv(tmp_path / "a.csv", sorted(marks), 1), ListSettings("list"))
        return kills._look(path, [old, new], 0, 1, report), report

    which, report = found(old)
    assert (which, report.new_in_force, report.torn, report.lost) == (0, 0, 0, 0)
    which, report = found(new)
    assert (which, report.new_in_force, report.torn, report.lost) == (1, 1, 0, 0)
    which, report = found(old | new)
    assert (which, report.torn, report.lost) == (0, 1, 0)
    which, report = found(None)
    assert (which, report.torn, report.lost) == (0, 0, 1)
