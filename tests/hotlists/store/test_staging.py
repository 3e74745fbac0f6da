from datetime import timedelta
from pathlib import Path

import pytest

from anpr.errors import StoreError
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.keys import fold_keys, pack
from hotlists.store.database import index_path
from hotlists.store.revision import Revision
from hotlists.store.settings import ListSettings
from hotlists.store.staging import key_sum, new_revision
from hotlists.store.store import HotlistStore
from tests.hotlists.made import Clock, current, entry_batch, import_vrms, outcomes, police_row, vrms_of, write_rows


def test_nothing_is_seen_before_it_is_put_in_force(store: HotlistStore, tmp_path: Path, clock: Clock) -> None:
    import_vrms(store, tmp_path, ["A1"])
    generation = store.generation()
    clock.move(hours=2)
    with new_revision(
        store, store.get("stolen"), by="file", source="x", effective_utc=clock.at - timedelta(hours=1)
    ) as staged:
        staged.add(entry_batch([{"vrm": "B2"}, {"vrm": "C?3"}]))
        staged.add(entry_batch([{"vrm": "D4"}]))
        assert vrms_of(store) == ["A1"]
        assert store.generation() == generation
        revision = staged.activate(rejected=7)
    assert vrms_of(store) == ["B2", "C?3", "D4"]
    assert store.generation() > generation
    assert (revision.number, revision.entries, revision.rejected, revision.merged) == (2, 3, 7, 0)
    assert (revision.received_utc, revision.effective_utc) == (clock.at, clock.at - timedelta(hours=1))
    # a list is as old as its content, not as its arrival
    assert revision.current_utc == revision.effective_utc


def test_what_is_given_up_leaves_nothing_behind(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["A1"])
    before = store.get("stolen")
    tables = set(store.database.table_names())

    def killed() -> None:
        with new_revision(store, before, by="file", source="x") as staged:
            staged.add(entry_batch([{"vrm": "SECRET1"}]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert store.get("stolen") == before
    assert set(store.database.table_names()) == tables
    assert store.connection.execute("SELECT count(*) FROM revisions").fetchone() == (1,)
    # a number is never given twice: what was given up may have been seen in a message
    import_vrms(store, tmp_path, ["B2"])
    assert current(store).number == 3


def test_outcome_other_than_published_is_not_put_in_force(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["A1"])
    keys = fold_keys(pack(["B2", "CO"])[0])

    def staged_as(entries: int, total: int) -> Revision:
        with new_revision(store, store.get("stolen"), by="file", source="x") as staged:
            staged.add(entry_batch([{"vrm": "B2"}, {"vrm": "CO"}]))
            return staged.activate(expected=(entries, total))

    for entries, total in ((3, key_sum(keys)), (2, key_sum(keys) + 1)):
        with pytest.raises(StoreError, match="does not come out as published: publish it again"):
            staged_as(entries, total)
        assert vrms_of(store) == ["A1"]
    assert staged_as(2, key_sum(keys)).key_sum == key_sum(keys)
    assert index_path(store.path, current(store).id).exists()


def test_merged_rows_are_out_of_the_index_and_told_by_their_lines(store: HotlistStore) -> None:
    with new_revision(store, store.define(ListSettings("stolen"), origin="file"), by="file", source="x") as staged:
        batch = entry_batch([{"vrm": v} for v in ("A1", "AO", "A1", "B?2", "A0", "B?2", "C3", "AO")])
        staged.add(type(batch)(batch.rows[:3], batch.keys[:3], [1, 3, 4]))
        staged.add(type(batch)(batch.rows[3:5], batch.keys[3:5], range(6, 8)))
        staged.add(type(batch)(batch.rows[5:], batch.keys[5:], [8, 9, 10]))
        told: list[tuple[int, int]] = []
        assert staged.merge_duplicates(lambda line, into: told.append((line, into))) == 3
        revision = staged.activate()
    assert sorted(told) == [(4, 1), (8, 6), (10, 3)]
    assert [staged.line_of(row) for row in range(1, 9)] == [1, 3, 4, 6, 7, 8, 9, 10]
    assert vrms_of(store) == ["A0", "A1", "AO", "B?2", "C3"]
    assert (revision.entries, revision.merged) == (5, 3)
    index = store.index(revision)
    assert index.marks()[0].tolist() == sorted(fold_keys(pack(["A0", "A1", "AO", "C3"])[0]).tolist())
    assert index.patterns.tolist() == [4]
    in_store = {row[0]: row[1] for row in store.rows(revision)}
    assert sorted(in_store[row] for row in index.marks()[1].tolist()) == ["A0", "A1", "AO", "C3"]


def test_rejected_and_merged_rows_of_an_import_are_counted_apart(store: HotlistStore, tmp_path: Path) -> None:
    rows = [police_row("A1"), "broken", police_row("A1"), police_row("B2"), police_row("")]
    path = write_rows(tmp_path / "list.csv", rows)
    report = import_list(store, path, ListSettings("stolen"), ImportOptions(most_rejects=0.5))
    assert (report.rows, report.entries, report.rejected, report.merged) == (5, 2, 2, 1)
    assert (current(store).entries, current(store).rejected, current(store).merged) == (2, 2, 1)
    assert [(line, outcome) for line, outcome, _ in outcomes(report)] == [
        ("2", "rejected"),
        ("5", "rejected"),
        ("3", "merged"),
    ]


@pytest.mark.parametrize("number", [None, 9])
def test_number_is_the_given_one_or_the_first_that_was_never_used(
    store: HotlistStore, tmp_path: Path, number: int | None
) -> None:
    import_vrms(store, tmp_path, ["A1"])
    with new_revision(store, store.get("stolen"), by="file", source="x", number=number) as staged:
        staged.add(entry_batch([{"vrm": "B2"}]))
        staged.activate()
    assert current(store).number == (number or 2)
    store.put_back("stolen")
    import_vrms(store, tmp_path, ["C3"])
    assert current(store).number == (number or 2) + 1


def test_key_sum_wraps_at_64_bits() -> None:
    assert key_sum(pack([])[0]) == 0
    keys = pack(["Z" * 12] * 5)[0]
    assert key_sum(keys) == 5 * int(keys[0]) % 2**64
    assert 5 * int(keys[0]) > 2**64
