"""A new revision of a list, prepared beside the one in force and put in its place in one step.

Until that step nothing of it can be seen, and whatever kills the program leaves the list as it was.
"""

import array
import bisect
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import numpy as np

from anpr import sqlite
from anpr.errors import StoreError
from hotlists.keys import Keys, fold_keys
from hotlists.store.database import bump_generation, create_pool, index_path, pool_sql, pool_table, transaction
from hotlists.store.entries import EntryBatch
from hotlists.store.index import write_index
from hotlists.store.index_key import index_key
from hotlists.store.merging import merge_duplicates
from hotlists.store.revision import Revision, StoredList
from hotlists.store.store import HotlistStore

ROWS_A_TRANSACTION: Final = 50_000


@contextmanager
def new_revision(store: HotlistStore, stored: StoredList, *, by: str, **known: Any) -> Iterator["StagedRevision"]:
    """Prepare a whole new revision of a list; what is not put in force when the block ends is removed.

    `by` says where it comes from (`file`, `hand` or `sync`), `known`: see StagedRevision. Raises UserError when the list comes
    from elsewhere, StoreError when another program changes the list, or on a full disk.
    """
    stored.require_origin(by)
    with store.lock(stored):
        staged = StagedRevision(store, stored, **known)
        try:
            yield staged
        except sqlite.Error as error:
            raise StoreError(f"the hotlists file cannot be written ({error}): free disk space and try again") from error
        finally:
            staged.finish()


class StagedRevision:
    """Takes entries in batches, then `activate` puts them in force as the list's newest revision.

    `number` is the revision's number, by default one more than the last; `effective_utc` when the content was true.
    """

    def __init__(
        self,
        store: HotlistStore,
        stored: StoredList,
        *,
        source: str,
        number: int | None = None,
        effective_utc: datetime | None = None,
        content: str = "",
    ) -> None:
        self._store = store
        self._stored = stored
        self._connection = store.connection
        self._token = uuid.uuid4().hex
        self._keys = array.array("Q")
        self._patterns: list[tuple[int, str]] = []
        self._lines: list[tuple[int, int]] = []
        self._rows = 0
        self._gone = np.zeros(0, dtype=np.int64)
        self._active = False
        self.merged = 0
        now = store.clock().isoformat()
        effective = now if effective_utc is None else effective_utc.isoformat()
        with transaction(self._connection):
            self._id = int(
                self._connection.execute(
                    "INSERT INTO revisions (list_id, number, ordinal, state, token, source, received_utc, effective_utc,"
                    " current_utc, entries, rejected, merged, key_sum, content)"
                    " VALUES (?, ?, 0, 'preparing', ?, ?, ?, ?, ?, 0, 0, 0, '0', ?)",
                    (
                        stored.id,
                        take_number(self._connection, stored, number),
                        self._token,
                        source,
                        now,
                        effective,
                        effective,
                        content,
                    ),
                ).lastrowid
                or 0
            )
            self._connection.execute("UPDATE revisions SET pool = id WHERE id = ?", (self._id,))
            create_pool(self._connection, self._id)
        # A crash may cost rows of a revision that nobody sees yet; what is put in force is synchronised before.
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def add(self, batch: EntryBatch) -> None:
        """Store the entries of a batch."""
        insert = pool_sql("INSERT INTO POOL (COLUMNS) VALUES (PLACES)", self._id)
        for start in range(0, len(batch.rows), ROWS_A_TRANSACTION):
            with transaction(self._connection):
                self._connection.executemany(insert, batch.rows[start : start + ROWS_A_TRANSACTION])
        self._keys.frombytes(fold_keys(batch.keys).tobytes())
        if not batch.keys.all():
            plain = batch.keys != 0
            for index in np.flatnonzero(~plain):
                self._patterns.append((self._rows + int(index) + 1, str(batch.rows[index][0])))
        self._note_lines(batch)
        self._rows += len(batch.rows)

    def line_of(self, row_id: int) -> int:
        """Return the line of the file from which a row came."""
        place = bisect.bisect_right(self._lines, (row_id, 1 << 60)) - 1
        first_row, line = self._lines[place]
        return line + row_id - first_row

    def merge_duplicates(self, report: Callable[[int, int], None] | None = None) -> int:
        """Merge entries of the same VRM into the first of them; `report` gets the lines (merged, into)."""
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        gone = array.array("q")
        for row_id, into in merge_duplicates(self._connection, self._id, keys, self._patterns):
            gone.append(row_id)
            if report is not None:
                report(self.line_of(row_id), self.line_of(into))
        self._gone = np.array(gone, dtype=np.int64)
        self.merged = len(gone)
        return self.merged

    def activate(self, *, rejected: int = 0, expected: tuple[int, int] | None = None) -> Revision:
        """Write the index and put the revision in force; the one before stays to be put back.

        Raises StoreError when `expected` is given and is not the number of entries and their key sum.
        """
        entries, total = self._write_index()
        if expected is not None and expected != (entries, total):
            raise StoreError(f"the hotlist {self._stored.name!r} does not come out as published: publish it again")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE revisions SET state = 'ready', entries = ?, rejected = ?, merged = ?, key_sum = ? WHERE id = ?",
                (entries, rejected, self.merged, str(total), self._id),
            )
            put_in_force(self._connection, self._stored.id, self._id)
        self._active = True
        self._store.drop_old_revisions(self._stored.id)
        current = self._store.get(self._stored.name).current
        if current is None:
            raise StoreError(f"the hotlist {self._stored.name!r} was removed while its revision was put in force")
        return current

    def finish(self) -> None:
        """Remove the revision when it was not put in force."""
        self._connection.execute("PRAGMA synchronous = FULL")
        if not self._active:
            with transaction(self._connection):
                self._connection.execute("DELETE FROM revisions WHERE id = ?", (self._id,))
                self._connection.execute(f"DROP TABLE IF EXISTS {pool_table(self._id)}")

    def _note_lines(self, batch: EntryBatch) -> None:
        row = self._rows + 1
        if isinstance(batch.numbers, range):
            runs = [(0, batch.numbers.start)] if len(batch.numbers) else []
        else:
            numbers = batch.numbers
            runs = [(i, n) for i, n in enumerate(numbers) if i == 0 or n != numbers[i - 1] + 1]
        self._lines.extend((row + index, line) for index, line in runs)

    def _write_index(self) -> tuple[int, int]:
        keys = np.frombuffer(self._keys, dtype=np.uint64)
        keep = keys != 0
        patterns = np.array([row_id for row_id, _ in self._patterns], dtype=np.uint32)
        if self.merged:
            keep[self._gone - 1] = False
            patterns = patterns[~np.isin(patterns, self._gone)]
        rows = np.arange(1, len(keys) + 1, dtype=np.uint32)
        if not keep.all():
            keys, rows = keys[keep], rows[keep]
        write_index(
            index_path(self._store.path, self._id),
            self._token,
            index_key(self._store.path.parent),
            keys,
            rows,
            patterns,
        )
        return len(keys) + len(patterns), key_sum(keys)


def key_sum(keys: Keys) -> int:
    """Return the sum of the keys modulo 2 ** 64: a cheap check that two stores hold the same VRMs."""
    return int(keys.sum(dtype=np.uint64))


def take_number(connection: sqlite.Connection, stored: StoredList, number: int | None) -> int:
    """Within a transaction: return the number of a new revision, the given one or the first that was never used."""
    (last,) = connection.execute("SELECT last_number FROM lists WHERE id = ?", (stored.id,)).fetchone()
    taken = int(last) + 1 if number is None else number
    connection.execute("UPDATE lists SET last_number = max(last_number, ?) WHERE id = ?", (taken, stored.id))
    return taken


def put_in_force(connection: sqlite.Connection, list_id: int, revision_id: int) -> None:
    """Within a transaction: make a revision the current one, and the current one the previous."""
    connection.execute("UPDATE lists SET previous = current, current = ? WHERE id = ?", (revision_id, list_id))
    bump_generation(connection)
