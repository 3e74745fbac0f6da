"""A records file in pieces is set aside as it is, and a new one begun: no damage keeps a car from alerting.

The new file goes on with the audit's chain as far as it could be read, named in its first entry, and with the crew's accounts.
"""

import logging
import os
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.clock import utc_now
from anpr.errors import StoreError
from anpr.records.retention import transaction
from anpr.records.salvage import TABLES, audit_head, insert, readable_rows, tables_of
from anpr.records.store import RecordStore
from anpr.set_aside import finish, is_damage, name_aside, reading_fails, remove_database, set_aside
from anpr.trust.accounts import open_accounts
from anpr.trust.audit import AuditHead, AuditLog

SET_ASIDE: Final = "records set aside"
"""The action of the entry of the audit with which a new records file begins."""

_KEPT_ON: Final = ("crew", "crew_locks")
_READ_AT_START: Final = {
    "sightings": "max(last_utc)",
    "alerts": "count(length(steps))",
    "moments": "count(length(evidence) + length(hits))",
    "decisions": "count(note || stop_record)",
    "audit": "max(seq || hash)",
    "crew": "count(pin_hash)",
}
"""What is asked of each table that a patrol reads when it starts, so that every row of it is read."""

_LOG: Final = logging.getLogger("anpr.records")


def ready_records(path: Path, now_utc: datetime, *, used_before: bool = False) -> str:
    """Have a records file at `path` that can be used: the one that is there, else a new one, with the other set aside.

    Returns why nothing can be recorded now, empty when it can. `used_before` says that records were kept here, so that an empty file
    is one that was cut. It belongs to whoever holds the patrol's lock, before anything else has the file open.
    """
    try:
        finish(path, _fresh(path))
        why = damage(path, used_before=used_before)
        if why:
            renew(path, now_utc, why)
    except StoreError as error:
        _LOG.error("%s", error)
        return str(error)
    return ""


def damage(path: Path, *, used_before: bool = False) -> str:
    """Return what is wrong with a records file as far as a patrol reads it when it starts, empty when it can be used.

    What is wrong is found by reading where it can be: the file and its log are then as they were. Raises StoreError when it cannot
    be told: the disk is full, or somebody has locked the file.
    """
    if not os.path.lexists(path):
        return ""
    try:
        if path.is_file() and path.stat().st_size == 0 and not _has_log(path):
            return "it is empty" if used_before else ""
        with closing(_reading(path)) as old:
            there = {name for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table, question in _READ_AT_START.items():
                if table in there:
                    old.execute(f"SELECT {question} FROM {table}").fetchall()  # noqa: S608 - names are ours
        with closing(RecordStore(path, "start")) as store:  # brings a file of an earlier version up to date
            missing = _missing(store.connection)
        if missing:
            return f"it lacks {missing}"
        with closing(AuditLog(path)) as log:
            log.head()
        with closing(open_accounts(path)) as accounts:
            accounts.execute("SELECT count(role) FROM crew").fetchone()
    except (StoreError, sqlite.Error) as error:
        if is_damage(error) or reading_fails(path):
            return _reason(error)
        raise (
            error if isinstance(error, StoreError) else StoreError(f"the records file {path} cannot be read ({error})")
        ) from error
    except OSError as error:
        return _reason(error)
    return ""


def renew(path: Path, now_utc: datetime, why: str, clock_utc: Callable[[], datetime] = utc_now) -> Path:
    """Set the records file at `path` aside and put a new one in its place; return where the old one is.

    Nothing of this program may have it open. Killed in between, the next `ready_records` ends it. Raises StoreError; the old file
    is where it was then, or there is none.
    """
    aside, fresh = name_aside(path, now_utc), _fresh(path)
    head = _head(path)
    try:
        remove_database(fresh)
        with closing(RecordStore(fresh, "start")) as store, closing(open_accounts(fresh)):
            with closing(AuditLog(fresh, clock_utc)) as log:
                told = "none could be read" if head is None else f"{head.seq}:{head.hash}"
                log.record("engine", SET_ASIDE, {"file": aside.name, "why": why, "head": told})
                _keep_accounts(path, store.connection)
            store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (OSError, sqlite.Error) as error:
        raise StoreError(f"no new records file can be begun beside {path} ({error}): check the disk") from error
    set_aside(path, aside, fresh)
    _LOG.error("the records file was damaged (%s): it was set aside as %s", why, aside.name)
    return aside


def _reading(path: Path) -> sqlite.Connection:
    """Open a file that may be damaged without writing to it or to its log."""
    return sqlite.connect(path, read_only=True, timeout=10.0)


def _reason(error: BaseException) -> str:
    """Return what SQLite or the system says of a damage, without what was read."""
    while not isinstance(error, (sqlite.Error, OSError)) and error.__cause__ is not None:
        error = error.__cause__
    return getattr(error, "sqlite_errorname", "") or type(error).__name__ if "decode" in str(error) else str(error)


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.stem}-new{path.suffix}")


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.is_file() and log.stat().st_size > 0


def _missing(connection: sqlite.Connection) -> str:
    """Return the name of a table that is not there, but was; empty when all are.

    A file without any row is one that was just begun: audit and accounts are made by those who use them first.
    """
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    own = [name for name in TABLES if name not in ("audit", "audit_particulars", "crew", "crew_locks")]
    for name in own:
        if name not in there:
            return f"the table {name}"
    (rows,) = connection.execute("SELECT EXISTS (SELECT 1 FROM alerts) OR EXISTS (SELECT 1 FROM decisions)").fetchone()
    return "the table audit" if rows and "audit" not in there else ""


def _head(path: Path) -> AuditHead | None:
    """Return the last entry of a damaged file's audit, by its table if that can be read, else by its pages."""
    try:
        with closing(_reading(path)) as old:
            row = old.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
            if row is not None:
                return AuditHead(int(row[0]), str(row[1]))
    except (sqlite.Error, ValueError, OSError):
        pass
    return audit_head(path) if path.is_file() else None


def _keep_accounts(path: Path, fresh: sqlite.Connection) -> None:
    """Copy the crew's accounts into the new file, as far as they can be read: the crew logs in as before."""
    if not path.is_file():
        return
    tables = {name: columns for name, columns in tables_of(fresh).items() if name in _KEPT_ON}
    try:
        with closing(_reading(path)) as old:
            for name, columns in tables.items():
                names = ", ".join(column.name for column in columns)
                rows = old.execute(f"SELECT {names} FROM {name}").fetchall()  # noqa: S608 - names are ours
                with transaction(fresh):
                    marks = ", ".join("?" for _ in columns)
                    fresh.executemany(f"INSERT OR IGNORE INTO {name}({names}) VALUES ({marks})", rows)  # noqa: S608
    except (sqlite.Error, OSError):
        try:
            for name, row in readable_rows(path, tables):
                insert(fresh, name, tables[name], [row])
        except OSError as error:
            _LOG.error("no accounts could be read: %s", type(error).__name__)
