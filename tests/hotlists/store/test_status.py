from datetime import timedelta
from pathlib import Path

from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.store.settings import ListSettings
from hotlists.store.status import ListStatus, list_status
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, import_vrms, police_row, write_rows


def status(store: HotlistStore, clock: Clock, seconds: float = 0.0) -> ListStatus:
    (one,) = list_status(store, clock.at + timedelta(seconds=seconds))
    return one


def test_list_turns_stale_after_its_time_and_not_with_it(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    import_vrms(store, tmp_path, ["A1"], max_age_s=3600)
    assert [status(store, clock, s).stale for s in (0, 3599, 3600, 3600.001, 7200)] == [False, False, False, True, True]
    assert status(store, clock, 3600.5).age_s == 3600.5
    store.confirm_current("stolen", clock.at + timedelta(seconds=3000))
    assert not status(store, clock, 6600).stale
    assert status(store, clock, 6601).stale


def test_age_is_that_of_the_content_not_of_its_arrival(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    path = write_rows(tmp_path / "list.csv", [police_row("A1")])
    effective = clock.at - timedelta(hours=5)
    import_list(store, path, ListSettings("stolen", max_age_s=3600), ImportOptions(effective_utc=effective))
    one = status(store, clock)
    assert (one.age_s, one.stale) == (5 * 3600, True)
    assert (one.received_utc, one.effective_utc) == (clock.at, effective)


def test_list_that_never_came_is_stale_if_it_has_an_age_and_one_without_never(
    store: HotlistStore, tmp_path: Path, clock: Clock
) -> None:
    store.define(ListSettings("awaited", max_age_s=60), origin="sync", source="ed25519:0")
    store.define(ListSettings("idle"), origin="hand")
    import_vrms(store, tmp_path, ["A1"], "old")
    found = {
        one.name: (one.stale, one.age_s, one.revision) for one in list_status(store, clock.at + timedelta(days=999))
    }
    assert found == {
        "awaited": (True, None, None),
        "idle": (False, None, None),
        "old": (False, 999 * 86400, 1),
    }


def test_totals_and_order(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    for name, priority in (("b", 10), ("a", 10), ("z", 99)):
        import_vrms(store, tmp_path, ["A1", "A1", "", "B2"], name, priority=priority, crew_may_disable=True)
    import_vrms(store, tmp_path, ["C3"], "a", priority=10, crew_may_disable=True)
    store.switch("z", off=True)
    found = list_status(store, clock.at)
    assert [one.name for one in found] == ["z", "a", "b"]
    assert [one.switched_off for one in found] == [True, False, False]
    assert [(one.revision, one.previous_revision) for one in found] == [(1, None), (2, 1), (1, None)]
    assert [(one.entries, one.rejected, one.merged) for one in found] == [(2, 1, 1), (1, 0, 0), (2, 1, 1)]
