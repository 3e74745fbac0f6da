"""Entries of one list that have the same VRM, merged into one so that a vehicle gives one hit for a list."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anpr import sqlite
from hotlists.columns import POLICE_COLUMNS
from hotlists.keys import Keys
from hotlists.store.database import ENTRY_COLUMNS, pool_sql, transaction

_CHUNK: Final = 500
_JOINED_BY: Final = " / "
_LONGEST_JOINED: Final = 2000
"""Characters; a file that repeats one VRM a million times must not make one field of it."""


def merge_duplicates(
    connection: sqlite.Connection, pool: int, keys: Keys, patterns: list[tuple[int, str]]
) -> Iterator[tuple[int, int]]:
    """Merge rows of a pool that have the same VRM into the first; yield (row removed, row it was merged into).

    `keys[i]` is the folded key of row i + 1, 0 for one with wildcards; `patterns` are (row, VRM) of those. Values that
    differ are joined; the later weed date holds, and none holds longest.
    """
    merging = _Merging(connection, pool)
    rows = _with_repeated_key(keys)
    for start in range(0, len(rows), _CHUNK):
        yield from merging.take([(int(keys[row - 1]), int(row)) for row in rows[start : start + _CHUNK]])
    seen: dict[str, int] = {}
    repeated = {vrm for row, vrm in patterns if seen.setdefault(vrm, row) != row}
    order = sorted((vrm, row) for row, vrm in patterns if vrm in repeated)
    for start in range(0, len(order), _CHUNK):
        yield from merging.take(order[start : start + _CHUNK])
    merging.write()


def _with_repeated_key(keys: Keys) -> NDArray[np.int64]:
    """Return the rows (from 1) whose key others have too, sorted by key and then by row."""
    ordered = np.sort(keys)
    repeated = np.unique(ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)])
    del ordered
    if not len(repeated):
        return np.zeros(0, dtype=np.int64)
    places = np.minimum(np.searchsorted(repeated, keys), len(repeated) - 1)
    rows = np.flatnonzero(repeated[places] == keys)
    sorted_rows: NDArray[np.int64] = rows[np.argsort(keys[rows], kind="stable")] + 1
    return sorted_rows


class _Merging:
    """Follows rows that come sorted by group and remembers, of the group at hand, the first row of each VRM."""

    def __init__(self, connection: sqlite.Connection, pool: int) -> None:
        self._connection = connection
        self._pool = pool
        self._group: int | str | None = None
        self._firsts: dict[str, dict[str, Any]] = {}
        self._changed: dict[int, dict[str, Any]] = {}

    def take(self, members: list[tuple[Any, int]]) -> list[tuple[int, int]]:
        """Merge the rows (group, row id) into the firsts of their groups; return (removed, into)."""
        ids = [row for _, row in members]
        found = {
            row[0]: dict(zip(ENTRY_COLUMNS, row[1:], strict=True))
            for row in self._connection.execute(
                pool_sql("SELECT row_id, COLUMNS FROM POOL WHERE row_id IN (IDS)", self._pool).replace(
                    "IDS", ",".join("?" * len(ids))
                ),
                ids,
            )
        }
        gone: list[tuple[int, int]] = []
        for group, row_id in members:
            if group != self._group:
                self._group, self._firsts = group, {}
            entry = found[row_id]
            first = self._firsts.get(entry["vrm"])
            if first is None:
                self._firsts[entry["vrm"]] = entry | {"row_id": row_id}
                continue
            _join(first, entry)
            self._changed[first["row_id"]] = first
            gone.append((row_id, first["row_id"]))
        with transaction(self._connection):
            self._connection.executemany(
                pool_sql("DELETE FROM POOL WHERE row_id = ?", self._pool), [(row_id,) for row_id, _ in gone]
            )
        if len(self._changed) > _CHUNK:
            self.write()
        return gone

    def write(self) -> None:
        """Write the merged entries back."""
        assignments = ", ".join(f"{column} = :{column}" for column in ENTRY_COLUMNS)
        with transaction(self._connection):
            self._connection.executemany(
                pool_sql("UPDATE POOL SET ASSIGNED WHERE row_id = :row_id", self._pool).replace(
                    "ASSIGNED", assignments
                ),
                list(self._changed.values()),
            )
        self._changed = {}


def _join(first: dict[str, Any], other: dict[str, Any]) -> None:
    if first["until_s"] is None or other["until_s"] is None:
        later = first if first["until_s"] is None else other
    else:
        later = first if first["until_s"] >= other["until_s"] else other
    until_s, weed_date = later["until_s"], later["weed_date"]
    for column in POLICE_COLUMNS[1:]:
        mine, its = first[column], other[column]
        if its and its != mine and its not in mine.split(_JOINED_BY):
            first[column] = f"{mine}{_JOINED_BY}{its}"[:_LONGEST_JOINED] if mine else its
    first["until_s"], first["weed_date"] = until_s, weed_date
