"""The tables of faults (test_every_fault) have these conditions come and go; here is what else they do."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.errors import StoreError
from anpr.faults import FaultKind
from anpr.patrol.lost_lists import LostLists, UnreadableLists
from anpr.set_aside import files_set_aside
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.renewal import ready_hotlists
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms

NOW = datetime(2026, 11, 29, 2, 45, tzinfo=UTC)


def test_lists_that_are_erased_later_were_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "hotlists.db"
    path.write_bytes(b"no database" * 1000)
    ready_hotlists(path, NOW)
    with closing(HotlistMatcher(path)) as matcher, HotlistStore(path) as store:
        lost = LostLists(path, matcher)
        fault = lost.look(NOW)
        assert fault is not None
        assert "hotlists-damaged-20261129T024500Z.db" in fault.text
        import_vrms(store, tmp_path, ["AB12CDE"])
        matcher.refresh()
        assert lost.look(NOW) is None
        assert [one.settled for one in files_set_aside(path)] == [True]
        store.erase("stolen")
        matcher.refresh()
        assert lost.look(NOW) is None


def test_a_car_that_never_had_lists_has_lost_none(tmp_path: Path) -> None:
    with HotlistStore(tmp_path / "hotlists.db"), closing(HotlistMatcher(tmp_path / "hotlists.db")) as matcher:
        assert LostLists(tmp_path / "hotlists.db", matcher).look(NOW) is None


def test_lists_that_cannot_be_opened_yet_are_told_before_any_vehicle_comes(tmp_path: Path) -> None:
    matcher = HotlistMatcher(tmp_path / "a file" / "hotlists.db", at_once=False) if blocked(tmp_path) else None
    assert matcher is not None
    keeper = FaultKeeper(AlertBoard(), lambda: 0)
    look = UnreadableLists(matcher, keeper, lambda changes: None).look
    fault = look(NOW)
    assert fault is not None
    assert fault.name == FaultKind.HOTLISTS_UNREADABLE.id
    (tmp_path / "a file").unlink()
    matcher.refresh()
    assert look(NOW) is None
    matcher.close()


def blocked(folder: Path) -> bool:
    return (folder / "a file").write_text("in the way") > 0


def test_what_the_engine_found_is_over_when_it_can_be_read_again() -> None:
    troubles: list[StoreError | None] = [StoreError("a page"), None]
    matcher = cast("Any", SimpleNamespace(unreadable=lambda: troubles.pop(0)))
    keeper = FaultKeeper(AlertBoard(), lambda: 0)
    keeper.found(FaultKind.HOTLISTS_UNREADABLE.fault(NOW))
    look = UnreadableLists(matcher, keeper, lambda changes: None).look
    assert look(NOW) is not None
    assert len(keeper.holding()) == 1
    assert look(NOW) is None
    assert keeper.holding() == ()
