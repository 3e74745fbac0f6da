"""The audit: an append-only log in the records file in which each entry seals all entries before it.

Every search, alert, decision, login, import, export and deletion is logged and attributable (Data Protection Act
2018 part 3, section 62). A changed, inserted or removed entry breaks the chain (`anpr.trust.chain`). Entries cut off the end leave a
shorter chain that is still whole, and a chain made anew is whole as well: only somebody who kept an earlier head (number and hash, as
`anpr audit verify` prints them, or signed, as `anpr audit anchor` writes it) can show that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from anpr import sqlite
from anpr.clock import utc_now
from anpr.erasure import erase_for_good
from anpr.errors import StoreError
from anpr.trust.anchor import Anchor, AnchorWatch
from anpr.trust.chain import (
    CLOCK_DOUBT,
    FIRST_PREVIOUS,
    READ,
    AuditEntry,
    AuditHead,
    AuditWriter,
    entry_of,
    head_of,
    make_tables,
    seal,
)

__all__ = [
    "CLOCK_DOUBT",
    "FIRST_PREVIOUS",
    "PARTICULARS_ERASED",
    "AuditEntry",
    "AuditHead",
    "AuditLog",
    "AuditVerdict",
    "seal",
]

PARTICULARS_ERASED: Final = "audit particulars erased"
"""Action of the entry that says up to which entry (`through`) particulars were erased because of their age."""

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verifying found: `trouble` is empty when the chain is whole, else one sentence about its first break.

    `erased` is of how many entries the particulars are no longer kept, `set_back` where the chain's time goes back
    (empty: nowhere).
    """

    entries: int
    head: AuditHead
    trouble: str = ""
    erased: int = 0
    set_back: str = ""

    @property
    def intact(self) -> bool:
        """True when nothing was found wrong."""
        return not self.trouble


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
        self._writer = AuditWriter(clock_utc, doubt)
        self._path = path
        self._failed = failed
        self._lock = Lock()
        self._opened: sqlite.Connection | None = _open(path) if at_once else None

    @property
    def _connection(self) -> sqlite.Connection:
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
        try:
            return self._append(actor, action, detail)
        except StoreError as error:
            self._failed(error)
            raise

    def enter_within(
        self, connection: sqlite.Connection, actor: str, action: str, detail: Mapping[str, str] | None = None
    ) -> AuditEntry:
        """Append an entry in the transaction that is open on another connection to this file. Raises sqlite.Error."""
        return self._writer.enter(connection, actor, action, detail)

    def _append(self, actor: str, action: str, detail: Mapping[str, str] | None) -> AuditEntry:
        with self._lock:
            try:
                # IMMEDIATE: another process must not append between reading the last hash and writing the next
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    entry = self._writer.enter(self._connection, actor, action, detail)
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite.Error as error:
                raise StoreError(f"the audit in {self._path} cannot be written ({error}): check the disk") from error
        return entry

    def head(self) -> AuditHead:
        """Return the last entry's number and hash."""
        with self._lock:
            return head_of(self._connection)

    def entries(self, after_seq: int = 0) -> Iterator[AuditEntry]:
        """Yield the entries after the given number, oldest first, as they stand in the file."""
        for entry, _ in self._looked_at(after_seq):
            yield entry

    def verify(self, known: AuditHead | None = None, anchors: Sequence[Anchor] = ()) -> AuditVerdict:
        """Walk the whole chain; with `known`, also check that this earlier head is still in it, and with `anchors` those.

        Where there are anchors a clock that was set back is trouble, else it is told (`set_back`) and the chain is whole.
        """
        watch = AnchorWatch(anchors)
        head = AuditHead(0, FIRST_PREVIOUS)
        known_found = known is None or known == head
        bare: list[int] = []
        erased_through = 0
        for entry, trouble in self._looked_at(0):
            if entry.seq != head.seq + 1:
                return AuditVerdict(head.seq, head, f"entry {head.seq + 1} is missing from the audit")
            if entry.previous_hash != head.hash:
                trouble = f"entry {entry.seq} does not follow entry {head.seq}: one was altered"  # noqa: PLW2901
            if trouble:
                return AuditVerdict(head.seq, head, trouble)
            if entry.is_bare:
                bare.append(entry.seq)
            elif entry.action == PARTICULARS_ERASED:
                erased_through = max(erased_through, _through(entry))
            watch.look(entry)
            head = AuditHead(entry.seq, entry.hash)
            known_found = known_found or head == known
        if not known_found and known is not None:
            return AuditVerdict(
                head.seq, head, f"the known head (entry {known.seq}) is not in this audit: cut or replaced"
            )
        if trouble := watch.trouble():
            return AuditVerdict(head.seq, head, trouble, len(bare), watch.set_back)
        taken = next((seq for seq in bare if seq > erased_through), None)
        if taken is not None:
            told = f"the particulars of entry {taken} are gone, and no entry says that they were erased for their age"
            return AuditVerdict(head.seq, head, told, len(bare))
        return AuditVerdict(head.seq, head, "", len(bare), watch.set_back)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    def _looked_at(self, after_seq: int) -> Iterator[tuple[AuditEntry, str]]:
        """Yield the entries after the given number with what is wrong with each."""
        while rows := self._rows(after_seq):
            yield from (entry_of(row) for row in rows)
            after_seq = rows[-1][0]

    def _rows(
        self, after_seq: int
    ) -> list[tuple[int, str, str, str, str, str, str, bytes | None, str | None, str | None]]:
        with self._lock:
            try:
                return self._connection.execute(READ, (after_seq, _BATCH)).fetchall()
            except sqlite.Error as error:
                raise StoreError(
                    f"the audit in {self._path} cannot be read ({error}): restore it from a copy"
                ) from error


def _through(entry: AuditEntry) -> int:
    """Return up to which entry one says that particulars were erased; never itself or a later one."""
    told = entry.detail.get("through", "")
    return min(int(told), entry.seq - 1) if told.isascii() and told.isdigit() else 0


def _open(path: Path) -> sqlite.Connection:
    connection: sqlite.Connection | None = None
    try:
        connection = sqlite.connect(path, timeout=10.0, check_same_thread=False)
        erase_for_good(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        make_tables(connection)
    except sqlite.Error as error:
        if connection is not None:
            connection.close()
        raise StoreError(
            f"the audit in {path} cannot be opened ({error}): see 'anpr doctor'; a damaged file is set aside when a patrol"
            " starts, or by 'anpr records set-aside'"
        ) from error
    return connection
