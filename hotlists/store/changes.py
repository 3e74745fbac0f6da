"""A new revision made from the one in force by a few changes: only the entries that differ are written."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from anpr import sqlite
from anpr.errors import StoreError
from hotlists.keys import Keys, fold_keys, pack
from hotlists.store.database import index_path, pool_sql, transaction
from hotlists.store.entries import EntryBatch
from hotlists.store.index import KeyIndex, Rows, write_index
from hotlists.store.index_key import index_key
from hotlists.store.revision import Revision, StoredList
from hotlists.store.staging import key_sum, put_in_force, take_number
from hotlists.store.store import HotlistStore

_ROWS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs: VRMs that are no longer listed, and entries that are new or replace the one of the same VRM."""

    removed: Sequence[str]
    entries: EntryBatch


def combined(steps: Sequence[Changes]) -> Changes:
    """Return the changes that have the outcome of several, one after the other: of each VRM the last word counts."""
    last: dict[str, tuple[list[str | int | None], int] | None] = {}
    for step in steps:
        last.update(dict.fromkeys(step.removed))
        for row, key in zip(step.entries.rows, step.entries.keys.tolist(), strict=True):
            last[str(row[0])] = (row, key)
    kept = [entry for entry in last.values() if entry is not None]
    keys = np.array([key for _, key in kept], dtype=np.uint64)
    entries = EntryBatch([row for row, _ in kept], keys, range(1, 1 + len(kept)))
    return Changes([vrm for vrm, entry in last.items() if entry is None], entries)


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """What is said of the new revision; `expected` are the entries and the key sum that must come out, if known.

    `content` is the name of the same content in the back office's folder, empty for a list of this car's own.
    """

    source: str
    number: int | None = None
    effective_utc: datetime | None = None
    expected: tuple[int, int] | None = None
    content: str = ""


def apply_changes(
    store: HotlistStore, stored: StoredList, changes: Changes, facts: RevisionFacts, *, by: str
) -> Revision:
    """Put a revision in force that is the current one with the changes; all of it or nothing.

    The caller holds the list's lock; `by` says where the changes come from (`hand` or `sync`). Raises UserError when the list
    comes from elsewhere, and StoreError when the list has no revision in force, when the outcome is
    not the expected one, or when the file cannot be written.
    """
    stored.require_origin(by)
    base = stored.current
    if base is None:
        raise StoreError(f"the hotlist {stored.name!r} has no revision to change: import or fetch it whole")
    before = store.index(base)
    connection = store.connection
    with transaction(connection):
        _rewind(connection, stored, base)
        gone = rows_with(store, base, [*changes.removed, *(str(row[0]) for row in changes.entries.rows)])
        ordinal = base.ordinal + 1
        connection.executemany(
            pool_sql("UPDATE POOL SET died = ? WHERE row_id = ?", base.pool), [(ordinal, row) for row in gone]
        )
        (last,) = connection.execute(pool_sql("SELECT coalesce(max(row_id), 0) FROM POOL", base.pool)).fetchone()
        connection.executemany(
            pool_sql("INSERT INTO POOL (row_id, born, COLUMNS) VALUES (?, ?, PLACES)", base.pool),
            [(last + i, ordinal, *row) for i, row in enumerate(changes.entries.rows, start=1)],
        )
        revision_id, entries = _write_revision(store, stored, base, before, gone, int(last), changes, facts)
        connection.execute("UPDATE revisions SET entries = ? WHERE id = ?", (entries, revision_id))
        put_in_force(connection, stored.id, revision_id)
    store.drop_old_revisions(stored.id)
    current = store.get(stored.name).current
    if current is None:
        raise StoreError(f"the hotlist {stored.name!r} was removed while it was changed")
    return current


def _rewind(connection: sqlite.Connection, stored: StoredList, base: Revision) -> None:
    """After a revision was put back: drop the newer one of the same pool, which the new one does not follow from."""
    newer = stored.previous
    if newer is None or newer.pool != base.pool or newer.ordinal <= base.ordinal:
        return
    connection.execute(pool_sql("DELETE FROM POOL WHERE born > ?", base.pool), (base.ordinal,))
    connection.execute(pool_sql("UPDATE POOL SET died = NULL WHERE died > ?", base.pool), (base.ordinal,))
    connection.execute("UPDATE lists SET previous = NULL WHERE id = ?", (stored.id,))
    connection.execute("DELETE FROM revisions WHERE id = ?", (newer.id,))


def rows_with(store: HotlistStore, base: Revision, vrms: list[str]) -> list[int]:
    """Return the rows of a revision that hold one of the VRMs, as they are written in the list."""
    index = store.index(base)
    packed, plain = pack(vrms)
    hit = np.unique(fold_keys(packed[plain]))
    candidates = index.find_all(hit)
    if not plain.all():
        candidates.extend(int(row) for row in index.patterns)
    wanted = set(vrms)
    found: list[int] = []
    statement = pool_sql("SELECT row_id, vrm FROM POOL WHERE row_id IN (IDS)", base.pool)
    for start in range(0, len(candidates), _ROWS_A_QUERY):
        chunk = candidates[start : start + _ROWS_A_QUERY]
        rows = store.connection.execute(statement.replace("IDS", ",".join("?" * len(chunk))), chunk)
        found.extend(row_id for row_id, vrm in rows if vrm in wanted)
    return found


def _write_revision(
    store: HotlistStore,
    stored: StoredList,
    base: Revision,
    before: KeyIndex,
    gone: list[int],
    last_row: int,
    changes: Changes,
    facts: RevisionFacts,
) -> tuple[int, int]:
    """Insert the revision and write its index; return its id and the number of entries."""
    now = store.clock().isoformat()
    effective = now if facts.effective_utc is None else facts.effective_utc.isoformat()
    keys, rows, patterns = _changed_index(before, gone, last_row, changes.entries.keys)
    entries, total = len(keys) + len(patterns), key_sum(keys)
    if facts.expected is not None and facts.expected != (entries, total):
        raise StoreError(
            f"the hotlist {stored.name!r} does not come out as published after the changes: fetch it whole"
        )
    token = uuid.uuid4().hex
    cursor = store.connection.execute(
        "INSERT INTO revisions (list_id, number, pool, ordinal, state, token, source, received_utc, effective_utc,"
        " current_utc, entries, rejected, merged, key_sum, content) VALUES (?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)",
        (
            stored.id, take_number(store.connection, stored, facts.number), base.pool, base.ordinal + 1, token, facts.source,
            now, effective, effective, entries, str(total), facts.content,
        ),
    )  # fmt: skip
    revision_id = int(cursor.lastrowid or 0)
    write_index(index_path(store.path, revision_id), token, index_key(store.path.parent), keys, rows, patterns)
    return revision_id, entries


def _changed_index(before: KeyIndex, gone: list[int], last_row: int, new_keys: Keys) -> tuple[Keys, Rows, Rows]:
    dead = np.array(sorted(gone), dtype=np.uint32)
    new_rows = np.arange(last_row + 1, last_row + 1 + len(new_keys), dtype=np.uint32)
    plain = new_keys != 0
    folded = fold_keys(new_keys[plain])
    order = np.argsort(folded, kind="stable")
    all_keys, all_rows = before.marks()
    keep = ~np.isin(all_rows, dead)
    kept_keys, kept_rows = all_keys[keep], all_rows[keep]
    places = np.searchsorted(kept_keys, folded[order])
    keys = np.insert(kept_keys, places, folded[order])
    rows = np.insert(kept_rows, places, new_rows[plain][order])
    patterns = np.concatenate([before.patterns[~np.isin(before.patterns, dead)], new_rows[~plain]])
    return keys, rows, patterns
