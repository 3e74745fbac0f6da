"""Plain folders become locked ones, keys are changed and lost: by real programs that are killed between any two steps."""

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import InputError
from anpr.records.renewal import ready_records
from anpr.records.salvage import salvage
from anpr.sealed_folder import change_key, databases, open_to_others, plain_files, ready_folder
from anpr.sealing import data_key
from anpr.sealing.data_key import key_file, lost_keys, make_keys, read_keys
from anpr.set_aside import files_set_aside
from benchmarks.theft.kills import killed_at_any_moment
from tests.anpr.records.test_salvage import SIGHTINGS, counts, kept_records
from tests.residue import residue

NOW = datetime(2026, 11, 29, 2, 45, tzinfo=UTC)
MARK = "QX51ZZT"


def plain(path: Path, rows: int = 300) -> None:
    """Make a plain database as earlier versions did, half of its rows in its log."""
    connection = sqlite.connect_with(path, None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA user_version = 7")
    connection.execute("CREATE TABLE seen(id INTEGER PRIMARY KEY, vrm TEXT, body BLOB)")
    connection.execute("CREATE INDEX seen_vrm ON seen(vrm)")
    connection.execute("CREATE TRIGGER kept BEFORE DELETE ON seen BEGIN SELECT raise(ABORT, 'kept'); END")
    for start in (0, rows // 2):
        connection.executemany(
            "INSERT INTO seen VALUES (?, ?, ?)", [(start + n + 1, MARK, os.urandom(300)) for n in range(rows // 2)]
        )
        if start == 0:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pid = os.fork()
    if pid == 0:  # ends without closing: the log stays
        os._exit(0)
    os.waitpid(pid, 0)
    held = {end: Path(f"{path}{end}").read_bytes() for end in ("", "-wal")}
    connection.close()
    for end, content in held.items():
        Path(f"{path}{end}").write_bytes(content)


def made_plain(path: Path) -> None:
    """Make a locked database what an earlier version left: the same, unlocked."""
    made = path.with_name("plain")
    with closing(sqlite.connect(path)) as locked:
        locked.execute("PRAGMA journal_mode = DELETE")
        sqlite.export(locked, made, None)
    made.replace(path)


def seen(path: Path) -> int:
    with closing(sqlite.connect(path, timeout=10)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)
        with pytest.raises(sqlite.Error, match="kept"):
            connection.execute("DELETE FROM seen")
        return int(connection.execute("SELECT count(*) FROM seen WHERE vrm = ?", (MARK,)).fetchone()[0])


def in_the_clear(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes()]


pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are killed and made by fork")


def test_a_plain_folder_is_locked_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    for name in ("hotlists.db", "records.db"):
        plain(tmp_path / name)
    (tmp_path / "hotlists.index").mkdir()
    (tmp_path / "hotlists.index" / "1.keys").write_bytes(b"PANPRIX1" + bytes(100))
    tmp_path.chmod(0o755)
    before = in_the_clear(tmp_path)
    assert {"hotlists.db", "records.db-wal"} <= set(before)
    assert [path.name for path in plain_files(tmp_path)] == ["hotlists.db", "records.db", "1.keys"] or plain_files(
        tmp_path
    )
    second = tmp_path.parent / f"{tmp_path.name} second name"
    second.hardlink_to(tmp_path / "records.db")  # what becomes of its bytes
    assert ready_folder(tmp_path, NOW) == ""
    assert set(second.read_bytes()) == {0}
    assert (in_the_clear(tmp_path), plain_files(tmp_path), open_to_others(tmp_path)) == ([], [], [])
    assert [seen(tmp_path / name) for name in ("hotlists.db", "records.db")] == [300, 300]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "data-key",
        "hotlists.db",
        "hotlists.index",
        "records.db",
    ]
    again = (tmp_path / "records.db").read_bytes()
    assert ready_folder(tmp_path, NOW) == ""
    assert (tmp_path / "records.db").read_bytes() == again


def test_locking_that_is_killed_at_any_moment_is_ended_by_the_next_start(tmp_path: Path) -> None:
    def begin(folder: Path) -> None:
        plain(folder / "records.db")

    def judge(folder: Path) -> str:
        assert ready_folder(folder, NOW) == ""
        return f"{seen(folder / 'records.db')} {in_the_clear(folder)} {sorted(path.name for path in folder.iterdir())}"

    outcomes = killed_at_any_moment(tmp_path, 20, begin, lambda folder, step: ready_folder(folder, NOW, step), judge)
    assert outcomes == {"300 [] ['data-key', 'records.db']": 20}


def test_a_change_of_key_that_is_killed_at_any_moment_is_ended_by_the_next_start(tmp_path: Path) -> None:
    keys: list[bytes] = []

    def begin(folder: Path) -> None:
        plain(folder / "records.db", 40)
        plain(folder / "hotlists.db", 40)
        assert ready_folder(folder, NOW) == ""
        keys[:] = [make_keys(folder).current.secret]

    def judge(folder: Path) -> str:
        was_under_way = make_keys(folder).following is not None or make_keys(folder).current.secret != keys[0]
        assert ready_folder(folder, NOW) == ""
        changed = make_keys(folder).current.secret != keys[0]
        assert changed == was_under_way
        assert make_keys(folder).following is None
        return f"{seen(folder / 'records.db')} {seen(folder / 'hotlists.db')} {in_the_clear(folder)}"

    assert killed_at_any_moment(tmp_path, 20, begin, change_key, judge) == {"40 40 []": 20}


def test_after_a_change_the_old_key_opens_nothing(tmp_path: Path) -> None:
    plain(tmp_path / "records.db", 40)
    ready_folder(tmp_path, NOW)
    (tmp_path / "hotlists.index").mkdir()
    (tmp_path / "hotlists.index" / "1.keys").write_bytes(b"PANPRIX2" + bytes(100))
    old = make_keys(tmp_path).current
    assert change_key(tmp_path) == 1
    assert make_keys(tmp_path).current != old
    assert list((tmp_path / "hotlists.index").iterdir()) == []
    with closing(sqlite.connect_with(tmp_path / "records.db", old)) as one, pytest.raises(sqlite.DatabaseError):
        one.execute("SELECT count(*) FROM seen")
    assert seen(tmp_path / "records.db") == 40


def test_a_damaged_database_keeps_the_key_until_somebody_has_dealt_with_it(tmp_path: Path) -> None:
    kept_records(tmp_path / "records.db")
    (tmp_path / "hotlists-damaged-20261129T024500Z.db").write_bytes(os.urandom(9000))
    before = make_keys(tmp_path)
    with pytest.raises(InputError, match="is damaged and can be read with the old key alone"):
        change_key(tmp_path)
    assert make_keys(tmp_path) == before


def test_while_a_program_has_it_open_it_stays_as_it_is_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anpr.sealed_folder._WAIT_S", 0.1)
    path = tmp_path / "records.db"
    plain(path, 40)
    with closing(sqlite.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "cannot be locked with its key" in ready_folder(tmp_path, NOW)
        other.execute("ROLLBACK")
    assert sqlite.is_plain(path)
    assert ready_folder(tmp_path, NOW) == ""
    assert seen(path) == 40


def test_without_room_it_stays_plain_and_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(tmp_path / "records.db", 40)
    make_keys(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "No space left on device" in ready_folder(tmp_path, NOW)
    monkeypatch.undo()
    assert sqlite.is_plain(tmp_path / "records.db")
    assert seen(tmp_path / "records.db") == 40
    assert ready_folder(tmp_path, NOW) == ""


def test_a_lost_key_costs_what_it_locks_and_the_car_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_key, "_PAUSE_S", 0.0)
    path = tmp_path / "records.db"
    kept_records(path)
    sealed = key_file(tmp_path).read_bytes()
    key_file(tmp_path).write_bytes(b"sealed on another machine")
    assert ready_folder(tmp_path, NOW) == ""
    assert ready_records(path, NOW, used_before=True) == ""
    (aside,) = files_set_aside(path)
    assert counts(path)["sightings"] == 0
    (lost,) = lost_keys(tmp_path)
    assert lost.read_bytes() == b"sealed on another machine"
    lost.write_bytes(sealed)  # it could be opened after all
    assert salvage(aside.path, tmp_path / "had" / "records.db")["sightings"] == SIGHTINGS + 1


def test_of_locked_records_in_pieces_as_much_is_had_back_as_of_plain_ones(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    kept_records(path)
    assert not sqlite.is_plain(path)
    assert residue(tmp_path, ["QX51ZZT"]) == {}
    content = bytearray(path.read_bytes())
    content[:4096] = os.urandom(4096)
    path.write_bytes(content)
    assert salvage(path, tmp_path / "had" / "records.db")["sightings"] == SIGHTINGS + 1
    assert not sqlite.is_plain(tmp_path / "had" / "records.db")


def test_what_is_kept_is_its_owners_alone_and_nothing_else_is_touched(tmp_path: Path) -> None:
    kept_records(tmp_path / "records.db")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "anpr.log").touch()
    (tmp_path / "export of all.csv").touch()
    for path in (
        tmp_path,
        tmp_path / "logs",
        tmp_path / "logs" / "anpr.log",
        tmp_path / "records.db",
        tmp_path / "export of all.csv",
    ):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert tmp_path in open_to_others(tmp_path)
    assert ready_folder(tmp_path, NOW) == ""
    modes = {path.name: path.stat().st_mode & 0o777 for path in (*tmp_path.iterdir(), *(tmp_path / "logs").iterdir())}
    assert modes == {
        "logs": 0o700,
        "anpr.log": 0o600,
        "records.db": 0o600,
        "data-key": 0o600,
        "export of all.csv": 0o644,
    }
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert open_to_others(tmp_path) == []
    assert databases(tmp_path) == [tmp_path / "records.db"]
    assert read_keys(tmp_path / "nothing") is None
