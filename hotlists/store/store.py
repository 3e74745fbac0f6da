"""The hotlists on this car: which lists there are, which revision of each is in force, and changing that in one step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anpr import sqlite
from anpr.clock import utc_now
from anpr.erasure import MOST_PACKED_BYTES, cut_log, erase_file, pack_file
from anpr.errors import StoreError, UserError
from anpr.values import HotlistEntry
from hotlists.keys import fold_keys, pack
from hotlists.store.database import (
    bump_generation,
    index_path,
    list_lock,
    open_database,
    pool_sql,
    pool_table,
    transaction,
)
from hotlists.store.index import KeyIndex, open_index, write_index
from hotlists.store.index_key import IndexKey, index_key
from hotlists.store.revision import Revision, StoredList, require_origin
from hotlists.store.settings import ListSettings

Clock = Callable[[], datetime]

_PACKED_AT_ONCE_BYTES: Final = 16_000_000
"""Files of this size are packed at every change, larger ones when a list is erased and at the next start."""


_ROWS_A_QUERY: Final = 500


class HotlistStore:
    """The hotlists file, for use by one thread; raises StoreError when it cannot be opened or written."""

    def __init__(self, path: Path, *, create: bool = True, clock: Clock = utc_now) -> None:
        self.path = path
        self.clock = clock
        self.database = open_database(path, create=create)
        self.connection = self.database.conn

    def __enter__(self) -> "HotlistStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def generation(self) -> int:
        """Return a number that grows whenever something in force changes."""
        return int(self.connection.execute("SELECT value FROM generation").fetchone()[0])

    def lists(self) -> list[StoredList]:
        """Return all lists in the order of their names."""
        return [self._stored(row) for row in self.database.query("SELECT * FROM lists ORDER BY name")]

    def find(self, name: str) -> StoredList | None:
        """Return the list of that name, or None."""
        for row in self.database.query("SELECT * FROM lists WHERE name = ?", [name]):
            return self._stored(row)
        return None

    def get(self, name: str) -> StoredList:
        """Return the list of that name; raises UserError when there is none."""
        found = self.find(name)
        if found is None:
            raise unknown_list(name)
        return found

    def define(self, settings: ListSettings, *, origin: str, source: str = "") -> StoredList:
        """Make a list without entries, or change the settings of the one with that name.

        Raises UserError when the list of that name comes from elsewhere than `origin`.
        """
        with transaction(self.connection):
            known = self.connection.execute("SELECT origin FROM lists WHERE name = ?", (settings.name,)).fetchone()
            if known is not None:
                require_origin(settings.name, known[0], by=origin)
            self.connection.execute(
                "INSERT INTO lists (name, settings, origin, source, switched_off, last_number) VALUES (?, ?, ?, ?, 0, 0)"
                " ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, source = excluded.source",
                (settings.name, settings.to_json(), origin, source),
            )
            bump_generation(self.connection)
        return self.get(settings.name)

    def require_switchable(self, name: str, *, off: bool) -> None:
        """Raise UserError when crews may not switch this list off, or there is none of this name."""
        if not self.get(name).settings.crew_may_disable and off:
            raise UserError(f"the hotlist {name!r} may not be switched off by crews")

    def switch(self, name: str, *, off: bool) -> None:
        """Switch a list off or on for the crew; raises UserError when crews may not do that."""
        self.require_switchable(name, off=off)
        with transaction(self.connection):
            self.connection.execute("UPDATE lists SET switched_off = ? WHERE name = ?", (int(off), name))
            bump_generation(self.connection)

    def put_back(self, name: str, enter: Callable[[], object] = lambda: None) -> StoredList:
        """Put the previous revision of a list in force again; `enter` is called once nothing refuses it.

        Raises UserError when there is none, and for a list of the back office, which takes back what it published itself.
        """
        stored = self.get(name)
        if stored.origin == "sync":
            raise UserError(f"the hotlist {name!r} comes from the back office: publish the earlier revision there")
        if stored.previous is None or stored.current is None:
            raise UserError(f"the hotlist {name!r} has no previous revision to put back")
        enter()
        with transaction(self.connection):
            changed = self.connection.execute(
                "UPDATE lists SET current = previous, previous = current WHERE id = ? AND current = ?",
                (stored.id, stored.current.id),
            ).rowcount
            bump_generation(self.connection)
        if not changed:
            raise StoreError(f"the hotlist {name!r} changed at this moment: look at its status and try again")
        return self.get(name)

    def confirm_current(self, name: str, at_utc: datetime) -> None:
        """Note that the back office says the list's revision in force is the newest."""
        stored = self.get(name)
        if stored.current is None or stored.current.current_utc >= at_utc:
            return
        with transaction(self.connection):
            self.connection.execute(
                "UPDATE revisions SET current_utc = ? WHERE id = ?", (at_utc.isoformat(), stored.current.id)
            )
            bump_generation(self.connection)

    def erase(self, name: str) -> None:
        """Remove a list and overwrite its entries in the file; raises UserError when there is none of that name."""
        stored = self.get(name)
        with self.lock(stored, wait_s=30.0):
            revisions = self._revision_ids(stored.id)
            with transaction(self.connection):
                self.connection.execute("DELETE FROM lists WHERE id = ?", (stored.id,))
                bump_generation(self.connection)
                self._drop_revisions(revisions)
            self.leave_nothing(MOST_PACKED_BYTES)
            for revision, _ in revisions:
                index = index_path(self.path, revision)
                for file in (index, index.with_suffix(".part")):
                    erase_file(file)
        self._unlink_indexes(revisions)

    def entry(self, stored: StoredList, revision: Revision, row_id: int) -> HotlistEntry | None:
        """Return one entry of a revision, or None when it is not in it."""
        row = self.connection.execute(
            pool_sql("SELECT COLUMNS FROM POOL WHERE row_id = ? AND VISIBLE", revision.pool),
            (row_id, revision.ordinal, revision.ordinal),
        ).fetchone()
        return None if row is None else HotlistEntry(row[0], stored.name, row_id, *row[1:14])

    def rows(self, revision: Revision) -> Iterator[tuple[Any, ...]]:
        """Yield (row_id, the 16 columns, until_s) of every entry of a revision, in the order of the VRM."""
        statement = pool_sql("SELECT row_id, COLUMNS FROM POOL WHERE row_id IN (IDS)", revision.pool)
        for ids in np.array_split(order := self._by_vrm(revision), max(1, len(order) // _ROWS_A_QUERY)):
            marked = statement.replace("IDS", ",".join("?" * len(ids)))
            found = {row[0]: row for row in self.connection.execute(marked, ids.tolist())}
            yield from (found[row] for row in ids.tolist() if row in found)

    def _by_vrm(self, revision: Revision) -> NDArray[np.int64]:
        """Return the rows of a revision in the order of the VRM: SQLite would sort them in memory, with all their columns."""
        cursor = self.connection.execute(
            pool_sql("SELECT row_id, vrm FROM POOL WHERE VISIBLE", revision.pool), (revision.ordinal, revision.ordinal)
        )
        ids, vrms = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype="S1")]
        while batch := cursor.fetchmany(100_000):
            ids.append(np.array([row[0] for row in batch], dtype=np.int64))
            vrms.append(np.array([row[1].encode() for row in batch]))
        rows = np.concatenate(ids)
        return np.asarray(rows[np.argsort(np.concatenate(vrms), kind="stable")])

    def index(self, revision: Revision) -> KeyIndex:
        """Return the index of a revision, made again when it is missing or damaged."""
        path, key = index_path(self.path, revision.id), index_key(self.path.parent)
        found = open_index(path, revision.token, key)
        if found is None:
            erase_file(path)  # of an earlier version, perhaps, with its marks in the clear
            _rebuild_index(self.connection, revision, path, key)
            found = open_index(path, revision.token, key)
        if found is None:
            raise StoreError(f"the index {path} cannot be read back: check the disk")
        return found

    @contextmanager
    def lock(self, stored: StoredList, wait_s: float = 0.0) -> Iterator[None]:
        """Hold the list against other programs that change it; raises StoreError when one does already."""
        lock = list_lock(self.path, stored.id, wait_s)
        if not lock.acquire():
            raise StoreError(f"the hotlist {stored.name!r} is being changed by another program: try again later")
        try:
            self._sweep(stored.id)
            yield
        finally:
            lock.release()

    def drop_old_revisions(self, list_id: int) -> None:
        """Remove the revisions of a list that are neither in force nor the one before, and entries only they had."""
        row = next(iter(self.database.query("SELECT current, previous FROM lists WHERE id = ?", [list_id])), None)
        kept = set() if row is None else {row["current"], row["previous"]}
        old = [revision for revision in self._revision_ids(list_id) if revision[0] not in kept]
        if not old:
            return
        with transaction(self.connection):
            self._drop_revisions(old)
            for pool, oldest in self.connection.execute(
                "SELECT pool, min(ordinal) FROM revisions WHERE list_id = ? GROUP BY pool", (list_id,)
            ).fetchall():
                self.connection.execute(pool_sql("DELETE FROM POOL WHERE died <= ?", pool), (oldest,))
        self._unlink_indexes(old)
        self.leave_nothing()

    def leave_nothing(self, most_packed_bytes: int = _PACKED_AT_ONCE_BYTES) -> bool:
        """Cut what was erased out of the log as well, and pack a file of at most so many bytes.

        Returns False while somebody reads: the next change, sync or start tries again.
        """
        try:
            return pack_file(self.connection, self.path, most_packed_bytes) or cut_log(self.connection)
        except sqlite.Error as error:
            raise StoreError(f"the hotlists file {self.path} cannot be written ({error}): check the disk") from error

    def _sweep(self, list_id: int) -> None:
        """Remove what a killed import or sync left of this list; the lock says that nobody works on it now."""
        left = [
            (row["id"], row["pool"])
            for row in self.database.query(
                "SELECT id, pool FROM revisions WHERE list_id = ? AND state = 'preparing'", [list_id]
            )
        ]
        if left:
            with transaction(self.connection):
                self._drop_revisions(left)
            self._unlink_indexes(left)
        self.drop_old_revisions(list_id)

    def _drop_revisions(self, revisions: list[tuple[int, int]]) -> None:
        for revision, _ in revisions:
            self.connection.execute("DELETE FROM revisions WHERE id = ?", (revision,))
        used = {row[0] for row in self.connection.execute("SELECT DISTINCT pool FROM revisions")}
        for pool in {pool for _, pool in revisions} - used:
            self.connection.execute(f"DROP TABLE IF EXISTS {pool_table(pool)}")

    def _unlink_indexes(self, revisions: list[tuple[int, int]]) -> None:
        for revision, _ in revisions:
            # On Windows a mapped file cannot be removed; its revision is gone, so it is removed by a later call.
            with suppress(OSError):
                index_path(self.path, revision).unlink(missing_ok=True)
        known = {str(row[0]) for row in self.connection.execute("SELECT id FROM revisions")}
        folder = index_path(self.path, 0).parent
        if folder.is_dir():
            for file in folder.iterdir():
                if file.suffix == ".keys" and file.stem not in known:
                    with suppress(OSError):
                        file.unlink()

    def _revision_ids(self, list_id: int) -> list[tuple[int, int]]:
        return [
            (row["id"], row["pool"])
            for row in self.database.query("SELECT id, pool FROM revisions WHERE list_id = ?", [list_id])
        ]

    def _stored(self, row: dict[str, Any]) -> StoredList:
        return StoredList(
            id=row["id"],
            settings=ListSettings.from_json(row["settings"]),
            origin=row["origin"],
            source=row["source"],
            switched_off=bool(row["switched_off"]),
            current=self._revision(row["current"]),
            previous=self._revision(row["previous"]),
        )

    def _revision(self, revision_id: int | None) -> Revision | None:
        if revision_id is None:
            return None
        for row in self.database.query("SELECT * FROM revisions WHERE id = ?", [revision_id]):
            del row["state"]
            for key in ("received_utc", "effective_utc", "current_utc"):
                row[key] = datetime.fromisoformat(row[key])
            row["key_sum"] = int(row["key_sum"])
            return Revision(**row)
        return None


def unknown_list(name: str) -> UserError:
    """Return what is said of a name that no list has, and of a list that whoever asks may not know of."""
    return UserError(f"there is no hotlist named {name!r}: see `anpr hotlist status`")


def _rebuild_index(connection: sqlite.Connection, revision: Revision, path: Path, key: IndexKey) -> None:
    cursor = connection.execute(
        pool_sql("SELECT row_id, vrm FROM POOL WHERE VISIBLE", revision.pool), (revision.ordinal, revision.ordinal)
    )
    keys = [np.zeros(0, dtype=np.uint64)]
    rows = [np.zeros(0, dtype=np.uint32)]
    patterns = [np.zeros(0, dtype=np.uint32)]
    while batch := cursor.fetchmany(100_000):
        ids = np.array([row[0] for row in batch], dtype=np.uint32)
        packed, plain = pack([row[1] for row in batch])
        keys.append(fold_keys(packed[plain]))
        rows.append(ids[plain])
        patterns.append(ids[~plain])
    write_index(path, revision.token, key, np.concatenate(keys), np.concatenate(rows), np.concatenate(patterns))
