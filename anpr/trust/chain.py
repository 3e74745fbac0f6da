"""Entries of the audit and how they hang together: each seals its content and the entry before it.

Who and what (`actor` and `detail`: names, marks) are the entry's particulars. They stand apart from the chain, which seals a
commitment to them: the SHA-256 of a random salt, the actor and the detail. Once particulars and salt are erased nobody can find
out what they were, not by trying all marks either, and the chain is as whole as before. Entries of earlier versions hold their
particulars themselves.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from anpr import sqlite
from anpr.clock import utc_now

FIRST_PREVIOUS: Final = "0" * 64
"""What stands for the hash of the entry before the first."""

CLOCK_DOUBT: Final = "clock"
"""Particular of an entry that was made while the tablet's date could not be trusted: why."""

SALT_BYTES: Final = 16

_COMMITTED: Final = "particulars"
"""The one particular that an entry holds itself: the commitment to the others."""

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY, at_utc TEXT NOT NULL, actor TEXT NOT NULL,"
    " action TEXT NOT NULL, detail TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS audit_particulars (seq INTEGER PRIMARY KEY, salt BLOB NOT NULL, actor TEXT NOT NULL,"
    " detail TEXT NOT NULL)",
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_particulars_no_update BEFORE UPDATE ON audit_particulars "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: who (`actor`) did what (`action`) when, with particulars; `seq` counts from 1 without gaps.

    `commitment` is what the chain seals in place of actor and detail, and `salt` (hexadecimal) what else went into it; both are
    empty for an entry of an earlier version. Without salt the particulars are erased or withheld.
    """

    seq: int
    at_utc: str
    actor: str
    action: str
    detail: dict[str, str]
    previous_hash: str
    hash: str
    commitment: str = ""
    salt: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether its particulars are erased or withheld."""
        return bool(self.commitment) and not self.salt

    def trouble(self) -> str:
        """Return how its hash or its particulars do not fit, empty when they do."""
        detail = {_COMMITTED: self.commitment} if self.commitment else self.detail
        actor = "" if self.commitment else self.actor
        if self.hash != seal(self.seq, self.at_utc, actor, self.action, _json(detail), self.previous_hash):
            return f"entry {self.seq} was altered: its hash does not fit its content"
        if self.salt and self.commitment != commitment(bytes.fromhex(self.salt), self.actor, _json(self.detail)):
            return f"entry {self.seq} was altered: its particulars are not those that were entered"
        return ""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry's number and hash: 0 and `FIRST_PREVIOUS` when the log is empty."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class AuditWriter:
    """Enters what is done into the audit of an open records file, within the caller's transaction.

    `doubt` says why the tablet's date is not to be trusted now, empty while it is.
    """

    clock_utc: Callable[[], datetime] = utc_now
    doubt: Callable[[], str] = lambda: ""

    def enter(
        self, connection: sqlite.Connection, actor: str, action: str, detail: Mapping[str, str] | None = None
    ) -> AuditEntry:
        """Append an entry and return it; what the transaction does and its entry are there together or not at all.

        Lone surrogates in names are replaced, those in details are kept escaped. Raises sqlite.Error.
        """
        actor, action = (text.encode("utf-8", "replace").decode() for text in (actor, action))
        plain = {str(key): str(value) for key, value in (detail or {}).items()}
        if doubt := self.doubt():
            plain[CLOCK_DOUBT] = doubt
        make_tables(connection)
        head = head_of(connection)
        at_utc = self.clock_utc().astimezone(UTC).isoformat(timespec="milliseconds")
        salt, detail_json = secrets.token_bytes(SALT_BYTES), _json(plain)
        committed = commitment(salt, actor, detail_json)
        content = (head.seq + 1, at_utc, "", action, _json({_COMMITTED: committed}), head.hash)
        hash_ = seal(*content)
        connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*content, hash_))
        particulars = (head.seq + 1, salt, actor, detail_json)
        connection.execute("INSERT OR REPLACE INTO audit_particulars VALUES (?, ?, ?, ?)", particulars)
        return AuditEntry(head.seq + 1, at_utc, actor, action, plain, head.hash, hash_, committed, salt.hex())


def seal(seq: int, at_utc: str, actor: str, action: str, detail_json: str, previous_hash: str) -> str:
    """Return the hash of an entry: SHA-256 over its fields as one JSON list in ASCII."""
    content = json.dumps([seq, at_utc, actor, action, detail_json, previous_hash], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def commitment(salt: bytes, actor: str, detail_json: str) -> str:
    """Return what the chain seals in place of an entry's particulars."""
    content = json.dumps([actor, detail_json], ensure_ascii=True).encode("ascii")
    return hashlib.sha256(salt + content).hexdigest()


def make_tables(connection: sqlite.Connection) -> None:
    """Make the tables of the audit where they are missing. Raises sqlite.Error."""
    for statement in _TABLES:
        connection.execute(statement)


def head_of(connection: sqlite.Connection) -> AuditHead:
    """Return the last entry's number and hash. Raises sqlite.Error."""
    row = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return AuditHead(*row) if row else AuditHead(0, FIRST_PREVIOUS)


READ: Final = (
    "SELECT a.seq, a.at_utc, a.actor, a.action, a.detail, a.previous_hash, a.hash, p.salt, p.actor, p.detail FROM audit a"
    " LEFT JOIN audit_particulars p ON p.seq = a.seq WHERE a.seq > ? ORDER BY a.seq LIMIT ?"
)
"""What `entry_of` wants: the entries after a number, so many at most."""


def entry_of(
    row: tuple[int, str, str, str, str, str, str, bytes | None, str | None, str | None],
) -> tuple[AuditEntry, str]:
    """Return the entry in a row of `READ`, and what is wrong with it: altered ones too are shown as they stand."""
    seq, at_utc, actor, action, detail_json, previous, hash_, salt, committed_actor, committed_detail = row
    trouble = ""
    if hash_ != seal(seq, at_utc, actor, action, detail_json, previous):
        trouble = f"entry {seq} was altered: its hash does not fit its content"
    detail = _detail(detail_json)
    if actor or set(detail) != {_COMMITTED}:
        return AuditEntry(seq, at_utc, actor, action, detail, previous, hash_), trouble
    committed = detail[_COMMITTED]
    if salt is None:
        return AuditEntry(seq, at_utc, "", action, {}, previous, hash_, committed), trouble
    actor, told = str(committed_actor or ""), str(committed_detail or "")
    salt = salt if isinstance(salt, bytes) else b""
    if committed != commitment(salt, actor, told):
        trouble = trouble or f"entry {seq} was altered: its particulars are not those that were entered"
    return AuditEntry(seq, at_utc, actor, action, _detail(told), previous, hash_, committed, salt.hex()), trouble


def _json(detail: Mapping[str, str]) -> str:
    return json.dumps(detail, ensure_ascii=True, sort_keys=True)


def _detail(detail_json: str) -> dict[str, str]:
    """Return the particulars; an altered entry may hold anything, so what is no JSON object is shown as it stands."""
    try:
        detail = json.loads(detail_json)
    except ValueError:
        return {"unreadable": detail_json}
    return detail if isinstance(detail, dict) else {"unreadable": detail_json}
