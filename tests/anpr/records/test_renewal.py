"""Every way in which a records file was found damaged: the car has records again, and what it had is set aside."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import StoreError
from anpr.records.renewal import SET_ASIDE, damage, ready_records, renew
from anpr.records.salvage import salvage
from anpr.records.store import RecordStore
from anpr.set_aside import files_set_aside
from anpr.trust.accounts import open_accounts
from anpr.trust.audit import AuditHead, AuditLog
from tests.anpr.records.test_salvage import SIGHTINGS, counts, kept_records

NOW = datetime(2026, 11, 29, 2, 45, tzinfo=UTC)


def spoil(path: Path, start: int, end: int) -> None:
    content = bytearray(path.read_bytes())
    content[start:end] = random.Random(start).randbytes(len(content[start:end]))
    path.write_bytes(content)


def drop(path: Path, table: str) -> None:
    with closing(sqlite.connect(path)) as one:
        one.execute(f"DROP TABLE {table}")


def page_of(path: Path, table: str) -> int:
    with closing(sqlite.connect(path)) as one:
        (page,) = one.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return int(page)


def spoil_page(path: Path, table: str) -> None:
    page = page_of(path, table)
    spoil(path, (page - 1) * 4096, page * 4096)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "header": lambda path: spoil(path, 0, 100),
    "first page": lambda path: spoil(path, 0, 4096),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 3),
    "emptied": lambda path: os.truncate(path, 0),
    "alerts missing": lambda path: drop(path, "alerts"),
    "sightings missing": lambda path: drop(path, "sightings"),
    "audit missing": lambda path: drop(path, "audit"),
    "migrations missing": lambda path: drop(path, "_sqlite_migrations"),
    "rubbish in the alerts": lambda path: spoil_page(path, "alerts"),
    "rubbish in the audit": lambda path: spoil_page(path, "audit"),
    "rubbish in the accounts": lambda path: spoil_page(path, "crew"),
    "rubbish from end to end": lambda path: spoil(path, 4096, path.stat().st_size),
    "a folder in its place": folder,
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_whatever_is_damaged_is_set_aside_and_new_records_begin(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    head = kept_records(path)
    DAMAGES[kind](path)
    content = path.read_bytes() if path.is_file() else None
    assert ready_records(path, NOW, used_before=True) == ""
    (aside,) = files_set_aside(path)
    assert aside.path.name == "records-damaged-20261129T024500Z.db"
    if content is not None and "missing" not in kind:
        assert aside.path.read_bytes() == content
    with (
        closing(RecordStore(path, "run")) as store,
        closing(AuditLog(path)) as audit,
        closing(open_accounts(path)) as crew,
    ):
        assert store.newest_utc() is None
        (entry,) = audit.entries()
        assert (entry.action, entry.detail["file"]) == (SET_ASIDE, aside.path.name)
        assert entry.detail["why"]
        if kind in ("header", "first page", "alerts missing", "sightings missing", "rubbish in the alerts"):
            assert entry.detail["head"] == f"{head.seq}:{head.hash}"
            assert crew.execute("SELECT name FROM crew").fetchall() == [("Joe",)]
        if kind in ("emptied", "a folder in its place", "audit missing"):
            assert entry.detail["head"] == "none could be read"
    assert ready_records(path, NOW, used_before=True) == ""
    assert files_set_aside(path) == [aside]


def test_whole_records_and_none_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    assert ready_records(path, NOW) == ""
    assert not path.exists()
    path.touch()  # killed when it was first made
    assert ready_records(path, NOW) == ""
    kept_records(path)
    before = counts(path)
    assert ready_records(path, NOW, used_before=True) == ""
    assert (counts(path), files_set_aside(path)) == (before, [])


def test_records_of_a_version_without_moments_are_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    kept_records(path)
    with closing(sqlite.connect(path)) as one:
        one.execute("DELETE FROM _sqlite_migrations WHERE name IN ('moments', 'made_by_hand')")
        for table in ("moments", "moment_pictures", "drafts"):
            one.execute(f"DROP TABLE {table}")
        one.execute("DROP INDEX idx_sightings_engine_read")
        for column in ("pictured_utc", "typed_by", "engine_read"):
            one.execute(f"ALTER TABLE sightings DROP COLUMN {column}")
    assert ready_records(path, NOW, used_before=True) == ""
    assert files_set_aside(path) == []
    assert counts(path)["sightings"] == SIGHTINGS + 1


def test_a_torn_log_costs_what_was_torn_alone(tmp_path: Path) -> None:
    live, path = tmp_path / "live.db", tmp_path / "records.db"
    kept_records(live)
    with closing(AuditLog(live)) as audit:
        for number in range(20):
            audit.record("crew", "looked up", {"n": str(number)})
        shutil.copyfile(live, path)
        log = Path(f"{live}-wal").read_bytes()
        Path(f"{path}-wal").write_bytes(log[: len(log) * 2 // 3])
    assert ready_records(path, NOW, used_before=True) == ""
    assert files_set_aside(path) == []
    with closing(AuditLog(path)) as audit:
        assert audit.verify().intact
        assert audit.head().seq > SIGHTINGS


def test_a_locked_file_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "records.db"
    kept_records(path)
    connect = sqlite.connect
    monkeypatch.setattr(sqlite, "connect", lambda *args, **named: connect(*args, **{**named, "timeout": 0.05}))
    with closing(connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO latencies(stage) VALUES ('x')")
        assert "locked" in ready_records(path, NOW)
        other.execute("ROLLBACK")
    assert files_set_aside(path) == []


def test_without_room_for_a_new_file_the_old_one_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "records.db"
    kept_records(path)
    spoil(path, 0, 100)
    content = path.read_bytes()

    class Full(AuditLog):
        def record(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise StoreError("the audit cannot be written (database or disk is full)")

    monkeypatch.setattr("anpr.records.renewal.AuditLog", Full)
    assert "disk is full" in ready_records(path, NOW)
    assert (path.read_bytes(), files_set_aside(path)) == (content, [])
    monkeypatch.undo()
    assert ready_records(path, NOW) == ""
    assert len(files_set_aside(path)) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="takes an account that may not read the file")
def test_a_file_that_may_not_be_read_is_set_aside() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        kept_records(folder / "records.db")
        (folder / "records.db").chmod(0o000)
        folder.chmod(0o777)
        told = subprocess.run(
            [sys.executable, "-c",
             "import os, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
             "import importlib.metadata\nfrom anpr import sqlite\nfrom anpr.records.renewal import ready_records\nfrom anpr.sealed_folder import ready_folder\n"
             "sqlite.Database(memory=True)\nos.setuid(65534)\n"
             "ready_folder(Path(sys.argv[1]).parent, datetime.now(UTC))\n"
             "print(ready_records(Path(sys.argv[1]), datetime.now(UTC), used_before=True))", str(folder / "records.db")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (told.stdout.strip(), told.returncode) == ("", 0), told.stderr
        assert len(files_set_aside(folder / "records.db")) == 1
        assert counts(folder / "records.db")["audit"] == 1
    finally:
        shutil.rmtree(folder)


def test_renewed_twice_each_file_is_kept_and_can_be_salvaged(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    kept_records(path)
    renew(path, NOW, "for the test")
    with closing(RecordStore(path, "run")):
        pass
    renew(path, NOW, "for the test")
    assert damage(path) == ""
    first, second = files_set_aside(path)
    assert salvage(first.path, tmp_path / "1" / "records.db")["sightings"] == SIGHTINGS + 1
    assert salvage(second.path, tmp_path / "2" / "records.db")["audit"] == 1
    with closing(AuditLog(path)) as audit:
        (entry,) = audit.entries()
    with closing(AuditLog(tmp_path / "2" / "records.db")) as audit:
        assert entry.detail["head"] == f"1:{audit.head().hash}"
        assert audit.head() != AuditHead(0, "")
