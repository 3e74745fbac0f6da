from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import StoreError
from hotlists.store.known_lists import KEPT_S, KnownLists
from hotlists.store.revision import StoredList
from hotlists.store.status import list_status
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, import_vrms


@pytest.fixture
def seconds() -> list[float]:
    return [0.0]


@pytest.fixture
def known(store: HotlistStore, clock: Clock, seconds: list[float]) -> KnownLists:
    return KnownLists(store.path, clock, lambda: seconds[0])


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    count = [0]
    opened = HotlistStore.lists

    def counted(store: HotlistStore) -> list[StoredList]:
        count[0] += 1
        return opened(store)

    monkeypatch.setattr(HotlistStore, "lists", counted)
    return count


def test_it_says_what_the_store_says_at_every_moment_and_reads_once(
    known: KnownLists, store: HotlistStore, tmp_path: Path, clock: Clock, reads: list[int]
) -> None:
    import_vrms(store, tmp_path, ["A1", "B2"], max_age_s=3600)
    reads[0] = 0
    found = [known.status(clock.at + timedelta(seconds=s)) for s in (0, 3600, 3601)]
    assert reads[0] == 1
    assert found == [list_status(store, clock.at + timedelta(seconds=s)) for s in (0, 3600, 3601)]
    assert [one[0].stale for one in found] == [False, False, True]


def test_every_change_is_seen_at_once(known: KnownLists, store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    for n in range(1, 40):
        import_vrms(store, tmp_path, [f"A{k}" for k in range(1, n + 1)], "stolen" if n % 3 else f"list {n}")
        assert known.status(clock.at) == list_status(store, clock.at)
        (one,) = (one for one in store.lists() if one.name == "stolen") if n % 3 else (store.get(f"list {n}"),)
        store.define(replace(one.settings, priority=n), origin=one.origin, source=one.source)
        assert known.status(clock.at) == list_status(store, clock.at)


def test_it_reads_again_after_a_while_whatever_the_file_says(
    known: KnownLists, store: HotlistStore, tmp_path: Path, clock: Clock, reads: list[int], seconds: list[float]
) -> None:
    import_vrms(store, tmp_path, ["A1"])
    known.status(clock.at)
    reads[0] = 0
    seconds[0] += KEPT_S - 0.01
    known.status(clock.at)
    assert reads[0] == 0
    seconds[0] += 0.01
    known.status(clock.at)
    assert reads[0] == 1


def test_a_file_that_is_gone_or_in_pieces_is_told_at_once(
    known: KnownLists, store: HotlistStore, tmp_path: Path, clock: Clock
) -> None:
    import_vrms(store, tmp_path, ["A1"])
    assert known.status(clock.at)
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.path.rename(tmp_path / "away.db")
    with pytest.raises(StoreError):
        known.status(clock.at)
    store.path.write_bytes(b"no database at all" * 400)
    with pytest.raises((StoreError, sqlite.Error)):
        known.status(clock.at)
