"""What can be had from a damaged records file, as a new one: its rows, found by what they are like.

No header, no list of tables and no tree is needed: each row that can be read is held against the tables that a records file
has. What is found twice is taken once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.errors import InputError, StoreError
from anpr.records.pages import Row, Value, rows_on_pages
from anpr.records.retention import transaction
from anpr.records.store import RecordStore
from anpr.set_aside import remove_database
from anpr.trust.accounts import open_accounts
from anpr.trust.audit import FIRST_PREVIOUS, AuditHead, AuditLog, seal

TABLES: Final = (
    "sightings", "pictures", "hits", "alerts", "moments", "moment_pictures", "decisions", "drafts", "latencies", "audit",
    "audit_particulars", "holds", "crew", "crew_locks", "stops", "stop_texts", "stop_additions",
)  # fmt: skip
"""The tables of a records file; no two of them have rows that look alike."""

_BATCH: Final = 500
_HASHED: Final = "$argon2"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, the types of its values, whether it may be empty or missing, whether it is the row's number."""

    name: str
    types: tuple[type, ...]
    optional: bool
    rowid: bool
    default: Value

    def takes(self, value: Value) -> bool:
        """Return whether a value as it stands on a page can be one of this column."""
        if self.rowid or value is None:
            return value is None and (self.rowid or self.optional)
        return isinstance(value, self.types)


def salvage(damaged: Path, target: Path, progress: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Write every row of `damaged` that can be read into a new records file; return how many rows of each table that were.

    `progress` hears how many rows were read. The chain of the audit is as it was, with gaps where entries are lost. Raises
    InputError when the target exists or the damaged file cannot be read at all, StoreError when the target cannot be written.
    """
    if target.exists():
        raise InputError(f"{target} exists already: name a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        written = _salvage(damaged, target, progress)
    except OSError as error:
        remove_database(target)
        raise InputError(
            f"{damaged} cannot be read ({error.strerror}): copy it to a disk that is well, and try that"
        ) from error
    except sqlite.Error as error:
        remove_database(target)
        raise StoreError(f"{target} cannot be written ({error}): free disk space, or name another folder") from error
    return written


def audit_head(damaged: Path) -> AuditHead | None:
    """Return the last entry of the audit that can be read and whose hash fits its content; None when there is none."""
    head: AuditHead | None = None
    with suppress(OSError):
        for row in rows_on_pages(damaged):
            if len(row.values) == 7 and (head is None or row.rowid > head.seq):
                head = _sealed(row) or head
    return head


def readable_rows(damaged: Path, tables: Mapping[str, tuple[Column, ...]]) -> Iterator[tuple[str, Row]]:
    """Yield each row that fits one of the tables, with the name of that table. Raises OSError."""
    for row in rows_on_pages(damaged):
        for name, columns in tables.items():
            if _fits(name, columns, row):
                yield name, row
                break


def tables_of(connection: sqlite.Connection) -> dict[str, tuple[Column, ...]]:
    """Return the columns of the tables in an open records file."""
    return {name: _columns(connection, name) for name in TABLES}


def insert(connection: sqlite.Connection, table: str, columns: tuple[Column, ...], rows: list[Row]) -> int:
    """Write rows of one table that are not there yet; returns how many. Raises sqlite.Error."""
    names = ", ".join(column.name for column in columns)
    marks = ", ".join("?" for _ in columns)
    before = connection.total_changes
    with transaction(connection):
        connection.executemany(
            f"INSERT OR IGNORE INTO {table}({names}) VALUES ({marks})",  # noqa: S608 - names are ours
            [_values(columns, row) for row in rows],
        )
    return connection.total_changes - before


def _salvage(damaged: Path, target: Path, progress: Callable[[int], None]) -> dict[str, int]:
    with closing(AuditLog(target)), closing(open_accounts(target)), closing(RecordStore(target, "salvage")) as store:
        tables = tables_of(store.connection)
        written: Counter[str] = Counter(dict.fromkeys(tables, 0))
        waiting: dict[str, list[Row]] = {name: [] for name in tables}
        read = 0
        for name, row in readable_rows(damaged, tables):
            waiting[name].append(row)
            read += 1
            if len(waiting[name]) >= _BATCH:
                written[name] += insert(store.connection, name, tables[name], waiting[name])
                waiting[name].clear()
                progress(read)
        for name, rows in waiting.items():
            written[name] += insert(store.connection, name, tables[name], rows)
        progress(read)
    return dict(written)


def _columns(connection: sqlite.Connection, table: str) -> tuple[Column, ...]:
    kinds = {"INTEGER": (int,), "FLOAT": (float, int), "REAL": (float, int), "TEXT": (str,), "BLOB": (bytes,)}
    described = connection.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [row for row in described if row[5]]
    found = []
    for _, name, kind, not_null, default, key in described:
        rowid = bool(key) and len(keys) == 1 and kind == "INTEGER"
        plain = default.strip("'") if isinstance(default, str) else default
        value: Value = int(plain) if kind == "INTEGER" and plain not in (None, "") else plain
        found.append(Column(name, kinds[kind], not not_null, rowid, value))
    return tuple(found)


def _fits(table: str, columns: tuple[Column, ...], row: Row) -> bool:
    """Return whether a row can be one of this table; the last columns, which later versions added, may be missing."""
    if (
        not row.values
        or len(row.values) > len(columns)
        or any(one.default is None for one in columns[len(row.values) :])
    ):
        return False
    if not all(column.takes(value) for column, value in zip(columns, row.values, strict=False)):
        return False
    if table == "audit":
        return _sealed(row) is not None
    return table != "crew" or str(row.values[2]).startswith(_HASHED)


def _values(columns: tuple[Column, ...], row: Row) -> list[Value]:
    values: list[Value] = [*row.values, *(column.default for column in columns[len(row.values) :])]
    return [row.rowid if column.rowid else value for column, value in zip(columns, values, strict=True)]


def _sealed(row: Row) -> AuditHead | None:
    """Return number and hash of an entry of the audit whose hash fits its content, None for any other row."""
    _, at_utc, actor, action, detail, previous, hash_ = row.values
    if not all(isinstance(text, str) for text in row.values[1:]) or row.rowid < 1:
        return None
    if row.rowid == 1 and previous != FIRST_PREVIOUS:
        return None
    fits = hash_ == seal(row.rowid, str(at_utc), str(actor), str(action), str(detail), str(previous))
    return AuditHead(row.rowid, str(hash_)) if fits else None
