"""Faults of the lists on the board."""

from datetime import UTC, datetime
from types import SimpleNamespace

from anpr.alerting.board import AlertBoard
from anpr.errors import Failure
from anpr.patrol.watch import LISTS_S, CarWatch

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_lists_that_are_not_reloaded_are_a_fault_until_they_are() -> None:
    board = AlertBoard()
    matcher = SimpleNamespace(
        stale_lists=lambda now: [], status=lambda now: [], trouble=Failure("the store cannot be read")
    )
    desk = SimpleNamespace(announce=lambda changes: None)
    watch = CarWatch(board, matcher, desk, {}, frozenset())  # type: ignore[arg-type]
    watch.look(0, NOW)
    (fault,) = watch.faults()
    assert fault.name == "hotlist_reload_failed"
    assert "the store cannot be read" in fault.text
    matcher.trouble = None
    watch.look(round((LISTS_S + 1) * 1e9), NOW)
    assert watch.faults() == ()
