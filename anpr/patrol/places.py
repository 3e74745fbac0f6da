"""What is kept where in the data folder, and whether anything lies there that nothing needs: for `anpr doctor`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from anpr.checks import Check, Finding, doubtful, well
from anpr.config.data_folder import hotlists_db, records_db
from anpr.sealing.data_key import lost_keys
from anpr.set_aside import files_set_aside
from hotlists.store.leftovers import leftovers

LONGEST_LOG_BYTES: Final = 64_000_000
"""A write-ahead log of this length was not cut for long: it holds old versions of what it writes."""

_KNOWN: Final = frozenset({
    "data-key", "tablet-key.pem", "car-key.pem", "hotlists.db", "hotlists.index", "hotlists.locks", "hotlists.sync", "records.db",
    "latest-date", "patrol.lock", "logs", "rejects", "certificate", "import.toml", "roles.toml", "sync.toml", "patrol.toml",
})  # fmt: skip
_BESIDE: Final = ("-wal", "-shm", "-journal", ".settled")
"""What may be added to a database's name: by SQLite, and where one that was set aside has been dealt with."""


def checks(folder: Path, now_s: Callable[[], float]) -> list[Check]:
    """Return the check of the places; `now_s` gives seconds since 1970, as the times of files."""
    return [Check("places", "what is kept where, and that nothing is left over", partial(_places, folder, now_s))]


def _places(folder: Path, now_s: Callable[[], float]) -> Finding:
    if not folder.is_dir():
        return well("nothing is kept yet")
    here = sorted(folder.iterdir())
    said = ", ".join(f"{path.name} {_bytes(path) / 1e6:.1f} MB" for path in here) or "nothing"
    known = _KNOWN | {
        one.path.name for base in (hotlists_db(folder), records_db(folder)) for one in files_set_aside(base)
    }
    left = [str(path.relative_to(folder)) for path in leftovers(hotlists_db(folder), now_s())]
    strange = [path.name for path in here if _stem(path.name) not in known and path not in lost_keys(folder)]
    long = [
        path.name
        for path in map(_log_of, (hotlists_db(folder), records_db(folder)))
        if _bytes(path) > LONGEST_LOG_BYTES
    ]
    if left:
        return doubtful(
            f"{said}; left over by a program that was killed: {', '.join(left)}", "Start a patrol: it removes them."
        )
    if long:
        return doubtful(
            f"{said}; not written back for long: {', '.join(long)}", "Stop all programs on it, and start again."
        )
    if strange:
        return doubtful(
            f"{said}; not made by this program: {', '.join(strange)}", "Move them elsewhere: nothing erases them here."
        )
    return well(said)


def _stem(name: str) -> str:
    return next((name.removesuffix(end) for end in _BESIDE if name.endswith(end)), name)


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + "-wal")


def _bytes(path: Path) -> int:
    """Return the size of a file, or of all files in a folder; 0 for what is gone meanwhile."""
    try:
        if path.is_dir():
            return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())
        return path.stat().st_size
    except OSError:
        return 0
