"""Faults of the lists on the board."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from anpr.alerting.board import AlertBoard
from anpr.config.data_folder import log_file
from anpr.errors import Failure
from anpr.patrol.watch import LISTS_S, CarWatch
from anpr.support.log import logged

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_lists_that_are_not_reloaded_are_a_fault_until_they_are() -> None:
    board = AlertBoard()
    matcher = SimpleNamespace(
        stale_lists=lambda now: [], status=lambda now: [], trouble=Failure("the store cannot be read")
    )
    desk = SimpleNamespace(announce=lambda changes: None)
    watch = CarWatch(board, matcher, desk, {}, frozenset())  # type: ignore[arg-type]
    watch.check(0, NOW)
    (fault,) = watch.faults()
    assert fault.name == "hotlist_reload_failed"
    assert "the store cannot be read" in fault.text
    matcher.trouble = None
    watch.check(round((LISTS_S + 1) * 1e9), NOW)
    assert watch.faults() == ()


def test_a_log_that_cannot_be_written_is_a_fault_until_it_can(tmp_path: Path) -> None:
    board = AlertBoard()
    matcher = SimpleNamespace(stale_lists=lambda now: [], trouble=None)
    watch = CarWatch(board, matcher, SimpleNamespace(announce=lambda changes: None), {}, frozenset())  # type: ignore[arg-type]
    (tmp_path / "logs").write_text("in the way")
    with logged(log_file(tmp_path), "test"):
        watch.check(0, NOW)
        assert [fault.name for fault in watch.faults()] == ["log_failed"]
        (tmp_path / "logs").unlink()
        watch.check(round((LISTS_S + 1) * 1e9), NOW)
        assert watch.faults() == ()
    assert "fault cleared: log_failed" in log_file(tmp_path).read_text(encoding="utf-8")


def test_a_covert_list_that_is_too_old_is_not_named() -> None:
    board = AlertBoard()
    lists = [SimpleNamespace(name="Stolen", covert=False), SimpleNamespace(name="Nightjar", covert=True)]
    matcher = SimpleNamespace(stale_lists=lambda now: lists, trouble=None)
    watch = CarWatch(board, matcher, SimpleNamespace(announce=lambda changes: None), {}, frozenset())  # type: ignore[arg-type]
    watch.check(0, NOW)
    assert [(fault.name, fault.subject) for fault in watch.faults()] == [("hotlist_stale", "Stolen")]
