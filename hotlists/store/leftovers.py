"""What a killed import, change or sync leaves in the folder of the hotlists, found and removed at the next start."""

import re
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from anpr.erasure import MOST_PACKED_BYTES, erase_file
from anpr.errors import StoreError
from hotlists.store.database import index_path, pool_table, transaction
from hotlists.store.store import HotlistStore

PARTIAL_KEPT_S: Final = 86_400.0
"""Seconds after which a download that nobody has taken up again is erased; until then it is resumed."""

_POOL: Final = re.compile(r"entries_(\d+)")


def sync_folder(database: Path) -> Path:
    """Return where published files are downloaded to, beside the hotlists file."""
    return database.with_name(database.stem + ".sync")


def leftovers(database: Path, now_s: float) -> list[Path]:
    """Return the files that a killed program left: unfinished indexes, and downloads that nobody takes up again.

    `now_s` is the time in seconds since 1970, as the times of files.
    """
    folder, downloads = index_path(database, 0).parent, sync_folder(database)
    parts = sorted(folder.glob("*.part")) if folder.is_dir() else []
    found = [path for path in downloads.iterdir() if _is_old(path, now_s)] if downloads.is_dir() else []
    return parts + sorted(found)


def sweep(store: HotlistStore, now_s: float) -> int:
    """Remove what killed programs left in the file and its folder; returns how many things went.

    Lists that another program changes at this moment are left alone, and so is what cannot be told from its work.
    """
    removed = 0
    with ExitStack() as held:
        alone = True
        for stored in store.lists():
            try:
                held.enter_context(store.lock(stored))  # taking it removes what was left of the list
            except StoreError:
                alone = False
        if alone:
            for path in leftovers(store.path, now_s):
                erase_file(path)
                removed += not path.exists()
            removed += _drop_lost_pools(store)
        store.leave_nothing(MOST_PACKED_BYTES)
    return removed


def _drop_lost_pools(store: HotlistStore) -> int:
    """Drop tables of entries that belong to no revision."""
    with transaction(store.connection) as connection:
        used = {row[0] for row in connection.execute("SELECT DISTINCT pool FROM revisions")}
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        lost = [int(found[1]) for name in tables if (found := _POOL.fullmatch(name)) and int(found[1]) not in used]
        for pool in lost:
            connection.execute(f"DROP TABLE {pool_table(pool)}")
    return len(lost)


def _is_old(path: Path, now_s: float) -> bool:
    with suppress(OSError):
        return now_s - path.stat().st_mtime > PARTIAL_KEPT_S
    return False
