from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import StoreError
from hotlists.store.database import bump_generation, list_lock, open_database, pool_sql, transaction
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, vrms_of


def test_two_programs_do_not_prepare_the_same_list(store: HotlistStore, tmp_path: Path) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    lock = list_lock(store.path, store.get("stolen").id)
    assert lock.acquire()
    with pytest.raises(StoreError, match="being changed by another program"):
        import_vrms(store, tmp_path, ["CD52EFG"])
    import_vrms(store, tmp_path, ["CD52EFG"], "other")
    lock.release()
    import_vrms(store, tmp_path, ["CD52EFG"])
    assert vrms_of(store) == ["CD52EFG"]


def test_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "hotlists.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        HotlistStore(path)
    with pytest.raises(StoreError, match="does not exist"):
        HotlistStore(tmp_path / "none.db", create=False)


def test_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "hotlists.db", create=True).conn
    with transaction(connection):
        bump_generation(connection)

    def broken_off() -> None:
        with transaction(connection):
            bump_generation(connection)
            raise KeyboardInterrupt

    def refused() -> None:
        with transaction(connection):
            bump_generation(connection)
            connection.execute("UPDATE nothing SET value = 1")

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert connection.execute("SELECT value FROM generation").fetchone() == (1,)
    with pytest.raises(StoreError, match=r"cannot be written \(.*\): check the disk"):
        refused()
    assert connection.execute("SELECT value FROM generation").fetchone() == (1,)
    # the next one is not hindered by those that failed
    with transaction(connection):
        bump_generation(connection)
    connection.close()


def test_reader_sees_what_was_committed_while_another_writes(tmp_path: Path) -> None:
    writer = open_database(tmp_path / "hotlists.db", create=True).conn
    reader = open_database(tmp_path / "hotlists.db", create=False).conn
    with transaction(writer):
        bump_generation(writer)
        assert reader.execute("SELECT value FROM generation").fetchone() == (0,)
    assert reader.execute("SELECT value FROM generation").fetchone() == (1,)
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    writer.close()
    reader.close()


def test_lock_is_for_one_list_and_let_go_by_whoever_is_killed(tmp_path: Path) -> None:
    database = tmp_path / "hotlists.db"
    first, second, other = list_lock(database, 1), list_lock(database, 1), list_lock(database, 2)
    assert first.acquire()
    assert not second.acquire()
    assert other.acquire()
    assert first._connection is not None
    first._connection.close()  # as the system does for a killed program
    assert second.acquire()
    second.release()
    second.release()
    other.release()
    assert first.acquire()
    first.release()


def test_entry_belongs_to_the_revisions_from_its_birth_to_before_its_death() -> None:
    connection = sqlite.in_memory()
    connection.execute("CREATE TABLE entries_7 (row_id INTEGER, born INTEGER, died INTEGER)")
    connection.executemany("INSERT INTO entries_7 VALUES (?, ?, ?)", [(1, 0, None), (2, 0, 2), (3, 2, None), (4, 1, 2)])
    statement = pool_sql("SELECT row_id FROM POOL WHERE VISIBLE ORDER BY row_id", 7)
    seen = {n: [row for (row,) in connection.execute(statement, (n, n))] for n in range(4)}
    assert seen == {0: [1, 2], 1: [1, 2, 4], 2: [1, 3], 3: [1, 3]}
    connection.close()
