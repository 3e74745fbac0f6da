"""The one way to open a database: locked when it is new, as it is when it is there; its errors are those that are caught."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.sealing.data_key import begin_change, key_file, make_keys


def filled(path: Path, key: bool = True) -> None:
    connection = sqlite.connect(path) if key else sqlite.connect_with(path, None)
    with closing(connection):
        connection.execute("CREATE TABLE seen(vrm)")
        connection.execute("INSERT INTO seen VALUES ('AB51CDE')")


def rows(path: Path, **how: bool) -> list[tuple[str]]:
    with closing(sqlite.connect(path, **how)) as connection:  # type: ignore[arg-type]
        return connection.execute("SELECT vrm FROM seen").fetchall()


def test_a_new_database_is_locked_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    filled(path)
    assert b"AB51CDE" not in path.read_bytes()
    assert not sqlite.is_plain(path)
    assert path.stat().st_mode & 0o077 == 0
    assert rows(path) == rows(path, read_only=True) == [("AB51CDE",)]


def test_a_plain_one_is_opened_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    filled(path, key=False)
    make_keys(tmp_path)
    assert sqlite.is_plain(path)
    assert rows(path) == rows(path, read_only=True) == [("AB51CDE",)]


def test_while_the_key_is_changed_either_opens(tmp_path: Path) -> None:
    filled(tmp_path / "before.db")
    begin_change(tmp_path)
    filled(tmp_path / "during.db")
    assert rows(tmp_path / "before.db") == rows(tmp_path / "during.db") == [("AB51CDE",)]


def test_a_key_that_cannot_be_had_is_no_damage_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    filled(path)
    key_file(tmp_path).write_bytes(b"rubbish")
    with pytest.raises(sqlite.KeyUnavailable, match=r"the data key .* cannot be opened"):
        sqlite.connect(path)
    key_file(tmp_path).unlink()
    with closing(sqlite.connect(path)) as connection, pytest.raises(sqlite.DatabaseError, match="not a database"):
        connection.execute("SELECT * FROM seen")


def test_reading_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(sqlite.Error):
        rows(tmp_path / "none.db", read_only=True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(sqlite.Error):
        rows(tmp_path / "no folder" / "none.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [":memory:", Path(":memory:"), "", "file:lists.db", "file::memory:?cache=shared"])
def test_what_names_no_file_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="names no file"):
        sqlite.connect(name)
    with closing(sqlite.in_memory()) as connection:
        connection.execute("CREATE TABLE seen(vrm)")
    assert list(tmp_path.iterdir()) == []


def test_sqlite_utils_takes_the_same_module(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite.connect(path)) as connection:
        database = sqlite.Database(connection, execute_plugins=False)
        database.table("seen").insert({"vrm": "AB51CDE"})
        database.table("gone").drop(ignore=True)  # catches the module's own error
        assert list(database.query("INSERT INTO seen VALUES ('CD52EFG') RETURNING vrm")) == [{"vrm": "CD52EFG"}]
    assert len(rows(path)) == 2


def test_every_error_is_caught_as_one_of_ours(tmp_path: Path) -> None:
    with closing(sqlite.connect(tmp_path / "new.db")) as connection:
        connection.execute("CREATE TABLE t(a UNIQUE)")
        connection.execute("INSERT INTO t VALUES (1)")
        for statement, kind in (
            ("SELECT * FROM nothing", sqlite.OperationalError),
            ("INSERT INTO t VALUES (1)", sqlite.IntegrityError),
        ):
            with pytest.raises(sqlite.Error) as caught:
                connection.execute(statement)
            assert isinstance(caught.value, kind)
            assert caught.value.sqlite_errorcode


def test_nothing_else_may_import_it() -> None:
    """The rule of ruff stands and bites."""
    for line in (
        "import sqlite3",
        "from sqlite3 import connect",
        "import sqlcipher3",
        "from sqlite_utils import Database",
    ):
        told = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename", "anpr/made_up.py", "-"],
            input=f"{line}\n", text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert told.returncode == 1, told.stdout + told.stderr
        assert "anpr.sqlite" in told.stdout
