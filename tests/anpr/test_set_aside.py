"""Real files, and real processes that are killed between any two steps."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import StoreError
from anpr.sealing.data_key import key_file
from anpr.set_aside import files_set_aside, finish, identity, is_damage, name_aside, reading_fails, set_aside

NOW = datetime(2026, 11, 29, 2, 45, tzinfo=UTC)

KILLED = """
import os, signal, sys
from pathlib import Path
from anpr.set_aside import set_aside
steps = int(sys.argv[4])
def step(_):
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
set_aside(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), step)
"""


def database(path: Path, rows: int) -> None:
    """Make a database whose rows are half in its log, as a kill leaves it."""
    made = path.with_name("made.db")
    with closing(sqlite.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE rows(n)")
        connection.executemany("INSERT INTO rows VALUES (?)", [(n,) for n in range(rows // 2)])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.executemany("INSERT INTO rows VALUES (?)", [(n,) for n in range(rows // 2)])
        for end in ("", "-wal", "-shm"):
            shutil.copyfile(f"{made}{end}", f"{path}{end}")
    for end in ("", "-wal", "-shm"):
        Path(f"{made}{end}").unlink(missing_ok=True)


def rows(path: Path) -> int:
    with closing(sqlite.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM rows").fetchone()[0])


def test_a_database_goes_aside_with_its_log_and_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    database(path, 40)
    before = {end: Path(f"{path}{end}").read_bytes() for end in ("", "-wal", "-shm")}
    aside = name_aside(path, NOW)
    assert aside.name == "records-damaged-20261129T024500Z.db"
    set_aside(path, aside)
    assert {end: Path(f"{aside}{end}").read_bytes() for end in before} == before
    assert {*tmp_path.iterdir()} == {key_file(tmp_path), *(Path(f"{aside}{end}") for end in before)}
    assert rows(aside) == 40
    (found,) = files_set_aside(path)
    assert (found.path, found.at_utc, found.settled) == (aside, NOW, False)
    database(path, 4)
    assert name_aside(path, NOW).name == "records-damaged-20261129T024500Z-2.db"


@pytest.mark.parametrize("steps", range(1, 7))
def test_killed_between_any_two_steps_nothing_is_lost_and_no_log_is_anothers(steps: int, tmp_path: Path) -> None:
    path, put = tmp_path / "records.db", tmp_path / "records-new.db"
    database(path, 40)
    with closing(sqlite.connect(put)) as fresh:
        fresh.execute("CREATE TABLE rows(n)")
    aside = name_aside(path, NOW)
    arguments = [sys.executable, "-c", KILLED, str(path), str(aside), str(put), str(steps)]
    done = subprocess.run(arguments, check=False)
    assert done.returncode == (-signal.SIGKILL if steps <= 5 else 0)
    finish(path, put)
    kept = [one.path for one in files_set_aside(path)]
    if kept:
        assert (rows(path), [rows(one) for one in kept]) == (0, [40])
        assert not put.exists()
    else:  # it had not begun: the next start sets it aside
        assert rows(path) == 40
        assert put.exists()
    strays = [one.name for one in tmp_path.glob("records-damaged-*") if not kept]
    assert strays == []


def test_a_folder_in_the_place_of_a_file_and_of_its_log_goes_aside(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.mkdir()
    (tmp_path / "records.db-wal").mkdir()
    aside = name_aside(path, NOW)
    set_aside(path, aside)
    assert (aside.is_dir(), path.exists()) == (True, False)
    (found,) = files_set_aside(path)
    found.erase()
    assert list(tmp_path.iterdir()) == []


def test_without_second_names_the_database_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError("a stick has none")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "records.db"
    database(path, 40)
    aside = name_aside(path, NOW)
    set_aside(path, aside)
    assert (rows(aside), path.exists()) == (40, False)


def test_what_is_settled_says_so_and_what_is_erased_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    for hour in (1, 0):
        database(path, 2)
        set_aside(path, name_aside(path, NOW + timedelta(hours=hour)))
    (tmp_path / "records-damaged-never.db").write_text("by hand")
    first, second = files_set_aside(path)
    assert second.at_utc - first.at_utc == timedelta(hours=1)
    assert second.size_bytes > 8192
    second.settle()
    assert [one.settled for one in files_set_aside(path)] == [False, True]
    second.erase()
    assert files_set_aside(path) == [first]
    assert len(list(tmp_path.glob("records*"))) == 4


def test_a_folder_that_does_not_let_go_is_said(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    database(path, 2)
    with pytest.raises(StoreError, match=r"cannot be set aside .*: check the disk and the rights"):
        set_aside(path, tmp_path / "missing" / "records.db")
    assert rows(path) == 2


def sqlite_error(path: Path, act: Callable[[sqlite.Connection], object]) -> sqlite.Error:
    with pytest.raises(sqlite.Error) as caught, closing(sqlite.connect(path, timeout=0)) as one:
        act(one)
    return caught.value


def test_damage_is_told_from_a_full_disk_and_a_locked_file(tmp_path: Path) -> None:
    path, rubbish = tmp_path / "a.db", tmp_path / "b.db"
    database(path, 40)
    rubbish.write_bytes(b"no database" * 1000)
    select = "SELECT * FROM rows"
    assert is_damage(sqlite_error(rubbish, lambda one: one.execute(select)))
    assert is_damage(sqlite_error(tmp_path, lambda one: one.execute(select)))
    assert is_damage(sqlite_error(path, lambda one: one.execute("SELECT * FROM pictures")))
    told = StoreError("cannot be read")
    told.__cause__ = sqlite_error(path, lambda one: one.execute("SELECT vrm FROM rows"))
    assert is_damage(told)

    def fill(one: sqlite.Connection) -> None:
        one.execute("PRAGMA max_page_count = 1")
        one.execute("INSERT INTO rows VALUES (zeroblob(100000))")

    assert not is_damage(sqlite_error(path, fill))
    with closing(sqlite.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not is_damage(sqlite_error(path, lambda one: one.execute("BEGIN IMMEDIATE")))
    assert not is_damage(StoreError("of something else"))
    assert not is_damage(sqlite_error(path, lambda one: one.execute("no statement")))


def test_identity_tells_a_file_from_the_one_that_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    assert identity(path) is None
    path.write_text("one")
    (tmp_path / "b.db").write_text("two")
    before = identity(path)
    (tmp_path / "b.db").replace(path)
    assert identity(path) not in (None, before)


def test_what_cannot_be_read_to_its_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    assert not reading_fails(path)
    database(path, 40)
    assert not reading_fails(path)
    Path(f"{path}-wal").unlink()
    Path(f"{path}-wal").mkdir()
    assert reading_fails(path)
    Path(f"{path}-wal").rmdir()
    path.unlink()
    path.mkdir()
    assert reading_fails(path)
