"""What is erased is gone from file and log, whatever SQLite was built with: any history of rows, then a look at the bytes."""

import random
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr import erasure, sqlite
from anpr.erasure import cut_log, erase_file, erase_for_good, pack_file
from tests.residue import residue

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def opened(path: Path) -> sqlite.Connection:
    connection = sqlite.connect_with(path, None)  # what is looked at are the bytes of a plain file
    connection.execute("PRAGMA secure_delete = OFF")  # as SQLite is built for python.org's Windows
    erase_for_good(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY, vrm TEXT, body BLOB)")
    connection.execute("CREATE INDEX IF NOT EXISTS seen_vrm ON seen (vrm)")
    return connection


def lived(connection: sqlite.Connection, rng: random.Random, rows: int) -> tuple[set[str], set[str]]:
    """Write, change and delete rows at random; returns the marks that are gone, and those that are kept."""
    kept: dict[int, str] = {}
    gone: set[str] = set()
    for _ in range(rows):
        vrm = "".join(rng.choices(LETTERS, k=9))
        body = vrm.encode() * rng.choice([1, 3, 60, 700])
        row = connection.execute("INSERT INTO seen (vrm, body) VALUES (?, ?)", (vrm, body)).lastrowid
        assert row is not None
        kept[row] = vrm
        if rng.random() < 0.3:
            changed = rng.choice(list(kept))
            gone.add(kept[changed])
            kept[changed] = "".join(rng.choices(LETTERS, k=9))
            connection.execute(
                "UPDATE seen SET vrm = ?, body = ? WHERE id = ?", (kept[changed], kept[changed].encode() * 5, changed)
            )
    for row in rng.sample(sorted(kept), len(kept) * 2 // 3):
        connection.execute("DELETE FROM seen WHERE id = ?", (row,))
        gone.add(kept.pop(row))
    return gone - set(kept.values()), set(kept.values())


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), rows=st.integers(3, 900))
def test_after_packing_nothing_of_any_deleted_row_is_in_any_file(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int
) -> None:
    folder = tmp_path_factory.mktemp("erased")
    with closing(opened(folder / "rows.db")) as connection:
        gone, kept = lived(connection, random.Random(seed), rows)
        assert pack_file(connection, folder / "rows.db")
        assert residue(folder, gone) == {}
        assert {vrm for (vrm,) in connection.execute("SELECT vrm FROM seen")} == kept


def test_cutting_the_log_alone_leaves_only_copies_of_moved_rows(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "rows.db")) as connection:
        gone, _ = lived(connection, random.Random(1), 600)
        assert residue(tmp_path, gone)["rows.db-wal"]
        assert cut_log(connection)
        assert (tmp_path / "rows.db-wal").stat().st_size == 0
        assert len(residue(tmp_path, gone).get("rows.db", [])) < len(gone) / 20


def test_while_somebody_reads_nothing_waits_long_and_nothing_is_said_to_be_done(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "rows.db")) as connection, closing(opened(tmp_path / "rows.db")) as reader:
        connection.execute("INSERT INTO seen (vrm) VALUES ('AB51CDE')")
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM seen").fetchone() == (1,)
        connection.execute("DELETE FROM seen")
        assert not cut_log(connection)
        assert not pack_file(connection, tmp_path / "rows.db")
        reader.execute("COMMIT")
        assert pack_file(connection, tmp_path / "rows.db")
        assert residue(tmp_path, {"AB51CDE"}) == {}
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (5000,)


def test_a_file_that_is_too_large_is_not_packed_but_its_log_is_cut(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "rows.db")) as connection:
        gone, _ = lived(connection, random.Random(2), 50)
        assert not pack_file(connection, tmp_path / "rows.db", most_bytes=1000)
        assert (tmp_path / "rows.db-wal").stat().st_size == 0
        assert len(residue(tmp_path, gone).get("rows.db", [])) < len(gone)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100])
def test_every_byte_is_overwritten_before_the_file_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(erasure, "_CHUNK", 16)
    path = tmp_path / "secret"
    path.write_bytes(b"\xff" * size)
    with path.open("rb") as mapped:
        erase_file(path)
        assert mapped.read() == bytes(size)
    assert not path.exists()


def test_what_is_not_there_or_cannot_go_is_no_error(tmp_path: Path) -> None:
    erase_file(tmp_path / "none")
    erase_file(tmp_path)
    assert tmp_path.is_dir()
