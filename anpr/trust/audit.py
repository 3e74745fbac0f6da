"""The audit: an append-only log in the records file in which each entry seals all entries before it.

Every search, alert, decision, login, import, export and deletion is logged and attributable (Data Protection Act
2018 part 3, section 62). Each entry's SHA-256 covers its content and the hash of the entry before it, so a changed,
inserted or removed entry breaks the chain. Entries cut off the end leave a shorter chain that is still whole: only
somebody who kept an earlier head (number and hash, printed by `anpr audit verify`) can show that.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

import sqlite_utils

from anpr.clock import utc_now
from anpr.erasure import erase_for_good
from anpr.errors import StoreError

FIRST_PREVIOUS: Final = "0" * 64
"""What stands for the hash of the entry before the first."""

CLOCK_DOUBT: Final = "clock"
"""Particular of an entry that was made while the tablet's date could not be trusted: why."""

_BATCH: Final = 1000

_APPEND_ONLY: Final = (
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: who (`actor`) did what (`action`) when, with particulars; `seq` counts from 1 without gaps."""

    seq: int
    at_utc: str
    actor: str
    action: str
    detail: dict[str, str]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry's number and hash: 0 and `FIRST_PREVIOUS` when the log is empty."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verifying found: `trouble` is empty when the chain is whole, else one sentence about its first break."""

    entries: int
    head: AuditHead
    trouble: str = ""

    @property
    def intact(self) -> bool:
        """True when nothing was found wrong."""
        return not self.trouble


def seal(seq: int, at_utc: str, actor: str, action: str, detail_json: str, previous_hash: str) -> str:
    """Return the hash of an entry: SHA-256 over its fields as one JSON list in ASCII."""
    content = json.dumps([seq, at_utc, actor, action, detail_json, previous_hash], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()


class AuditLog:
    """The audit in the SQLite file at `path`, whose table is made if need be; safe from several threads and processes.

    `doubt` says why the tablet's date is not to be trusted now, empty while it is. `failed` hears of what the file did not
    allow. Raises StoreError when the file cannot be opened or written; with `at_once` False each call raises it until the
    file can be opened.
    """

    def __init__(
        self,
        path: Path,
        clock_utc: Callable[[], datetime] = utc_now,
        doubt: Callable[[], str] = lambda: "",
        *,
        at_once: bool = True,
        failed: Callable[[StoreError], object] = lambda _: None,
    ) -> None:
        self._doubt = doubt
        self._path = path
        self._clock_utc = clock_utc
        self._failed = failed
        self._lock = Lock()
        self._opened: sqlite3.Connection | None = _open(path) if at_once else None

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = _open(self._path)
        return self._opened

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let go of the file meanwhile, so that another can take its place; whoever wants to write waits."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None
            yield

    def record(self, actor: str, action: str, detail: Mapping[str, str] | None = None) -> AuditEntry:
        """Append an entry, durable when this returns, and return it.

        Lone surrogates in names are replaced, those in details are kept escaped.
        """
        actor, action = (text.encode("utf-8", "replace").decode() for text in (actor, action))
        plain = {str(key): str(value) for key, value in (detail or {}).items()}
        if doubt := self._doubt():
            plain[CLOCK_DOUBT] = doubt
        detail_json = json.dumps(plain, ensure_ascii=True, sort_keys=True)
        try:
            return self._append(actor, action, plain, detail_json)
        except StoreError as error:
            self._failed(error)
            raise

    def _append(self, actor: str, action: str, plain: dict[str, str], detail_json: str) -> AuditEntry:
        with self._lock:
            try:
                # IMMEDIATE: another process must not append between reading the last hash and writing the next
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    head = self._head()
                    at_utc = self._clock_utc().astimezone(UTC).isoformat(timespec="milliseconds")
                    hash_ = seal(head.seq + 1, at_utc, actor, action, detail_json, head.hash)
                    row = (head.seq + 1, at_utc, actor, action, detail_json, head.hash, hash_)
                    self._connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StoreError(f"the audit in {self._path} cannot be written ({error}): check the disk") from error
        return AuditEntry(head.seq + 1, at_utc, actor, action, plain, head.hash, hash_)

    def head(self) -> AuditHead:
        """Return the last entry's number and hash."""
        with self._lock:
            return self._head()

    def entries(self, after_seq: int = 0) -> Iterator[AuditEntry]:
        """Yield the entries after the given number, oldest first, as they stand in the file."""
        while rows := self._rows(after_seq):
            for seq, at_utc, actor, action, detail_json, previous, hash_ in rows:
                yield AuditEntry(seq, at_utc, actor, action, _detail(detail_json), previous, hash_)
            after_seq = rows[-1][0]

    def verify(self, known: AuditHead | None = None) -> AuditVerdict:
        """Walk the whole chain; with `known`, also check that this earlier head is still in it."""
        head = AuditHead(0, FIRST_PREVIOUS)
        known_found = known is None or known == head
        while rows := self._rows(head.seq):
            for seq, at_utc, actor, action, detail_json, previous, hash_ in rows:
                if seq != head.seq + 1:
                    return AuditVerdict(head.seq, head, f"entry {head.seq + 1} is missing from the audit")
                if previous != head.hash:
                    return AuditVerdict(
                        head.seq, head, f"entry {seq} does not follow entry {head.seq}: one was altered"
                    )
                if hash_ != seal(seq, at_utc, actor, action, detail_json, previous):
                    return AuditVerdict(head.seq, head, f"entry {seq} was altered: its hash does not fit its content")
                head = AuditHead(seq, hash_)
                known_found = known_found or head == known
        if not known_found and known is not None:
            return AuditVerdict(
                head.seq, head, f"the known head (entry {known.seq}) is not in this audit: cut or replaced"
            )
        return AuditVerdict(head.seq, head)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    def _head(self) -> AuditHead:
        row = self._connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        return AuditHead(*row) if row else AuditHead(0, FIRST_PREVIOUS)

    def _rows(self, after_seq: int) -> list[tuple[int, str, str, str, str, str, str]]:
        with self._lock:
            try:
                return self._connection.execute(
                    "SELECT seq, at_utc, actor, action, detail, previous_hash, hash FROM audit "
                    "WHERE seq > ? ORDER BY seq LIMIT ?",
                    (after_seq, _BATCH),
                ).fetchall()
            except sqlite3.Error as error:
                raise StoreError(
                    f"the audit in {self._path} cannot be read ({error}): restore it from a copy"
                ) from error


def _open(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
        erase_for_good(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        columns = {
            "seq": int, "at_utc": str, "actor": str, "action": str,
            "detail": str, "previous_hash": str, "hash": str,
        }  # fmt: skip
        database = sqlite_utils.Database(connection, execute_plugins=False)
        database.table("audit").create(columns, pk="seq", not_null=set(columns) - {"seq"}, if_not_exists=True)
        for trigger in _APPEND_ONLY:
            connection.execute(trigger)
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise StoreError(
            f"the audit in {path} cannot be opened ({error}): see 'anpr doctor'; a damaged file is set aside when a patrol"
            " starts, or by 'anpr records set-aside'"
        ) from error
    return connection


def _detail(detail_json: str) -> dict[str, str]:
    """Return the particulars; an altered entry may hold anything, so what is no JSON object is shown as it stands."""
    try:
        detail = json.loads(detail_json)
    except ValueError:
        return {"unreadable": detail_json}
    return detail if isinstance(detail, dict) else {"unreadable": detail_json}
