"""A data folder whose databases are locked: plain ones of earlier versions made locked ones, the key changed, a lost key put away.

Each is done database by database: the new one is written whole beside the old, then takes its name in one step, then the old one is
overwritten. A program that is killed at any moment leaves the old or the new under the name, and the rest is done at the next start.
"""

import errno
import logging
import os
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.erasure import erase_file
from anpr.errors import InputError, StoreError
from anpr.sealing.data_key import (
    DataKey,
    begin_change,
    end_change,
    keep_names,
    make_keys,
    put_away_lost,
    remove_leftovers,
)

_WAIT_S: Final = 10.0
_MADE: Final = ".locking"
_OLD: Final = ".unlocked"
_INDEXES: Final = "hotlists.index"
_INDEX_MAGIC: Final = b"PANPRIX2"
_DOWNLOADS: Final = "hotlists.sync"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
"""With these bytes a download begins that lies there as it was published (RFC 8878, 3.1.1)."""
_MINE: Final = (
    "*.db",
    "*.db-wal",
    "*.db-shm",
    "data-key*",
    "tablet-key.pem",
    "car-key.pem",
    "latest-date",
    "patrol.lock",
    "*.toml",
)
_MY_FOLDERS: Final = ("hotlists.index", "hotlists.locks", "hotlists.sync", "logs", "rejects", "certificate")
_LOG: Final = logging.getLogger("anpr.sealed_folder")

Step = Callable[[str], None]


def ready_folder(folder: Path, now_utc: datetime, step: Step = lambda _: None) -> str:
    """Have everything in a data folder locked with a key that can be opened here; returns why something is not, empty if all is.

    A key that is lost is put away: what it locks is then found damaged and set aside by whoever opens it, and the car goes on with
    empty lists and records, which it says. It belongs to whoever holds the patrol's lock, before anything has a database open.
    `step` hears of each step that is done.
    """
    try:
        remove_leftovers(folder)
        aside = put_away_lost(folder, now_utc)
        if aside is not None:
            _LOG.error(
                "the data key cannot be opened on this machine: it was put away as %s, and a new one is made",
                aside.name,
            )
        for path in databases(folder):
            _finish(path)
        keys = make_keys(folder)
        if keys.following is not None:
            _change(folder, keys.current, keys.following, step)
        for path in databases(folder):
            if sqlite.is_plain(path) and not _is_set_aside(path):
                _rewrite(path, None, keys.newest, step)
                _LOG.warning("%s was locked with the data key", path.name)
        for path in _plain_beside(folder):
            erase_file(path)
        keep_private(folder)
    except (StoreError, sqlite.Error, OSError) as error:
        _LOG.error("not everything in the data folder is locked: %s", error)
        return str(error)
    return ""


def change_key(folder: Path, step: Step = lambda _: None) -> int:
    """Lock everything in a data folder with a new key; returns how many databases that were. Nothing may have one open.

    Killed in between, the next start or call ends it. Raises InputError for a database that is damaged, StoreError for the disk.
    """
    for path in databases(folder):
        _finish(path)
    keys = make_keys(folder)
    for path in databases(folder):
        if not sqlite.is_plain(path) and not any(_opens(path, key) for key in (keys.current, keys.following) if key):
            raise InputError(
                f"{path} is damaged and can be read with the old key alone: get what can be read with `anpr records salvage`, erase it,"
                " then change the key"
            )
    keys = begin_change(folder)
    step("began")
    if keys.following is None:
        raise StoreError(f"the data key in {folder} was changed by another program at this moment: try again")
    return _change(folder, keys.current, keys.following, step)


def databases(folder: Path) -> list[Path]:
    """Return the databases in a data folder, those that were set aside too; empty files are none."""
    known = {path for path in folder.glob("*.db") if path.is_file() and path.stat().st_size > 0}
    known |= {path.with_name(path.name.removesuffix(_OLD)) for path in folder.glob(f"*.db{_OLD}")}
    return sorted(known)


def plain_files(folder: Path) -> list[Path]:
    """Return what lies in a data folder unlocked: databases, indexes and remains of earlier versions."""
    found = [path for path in folder.glob("*.db*") if sqlite.is_plain(path)]
    return sorted([*found, *_plain_beside(folder)])


def keep_private(folder: Path) -> None:
    """Give what this program keeps in a data folder to its owner alone: files 0600, folders 0700. Raises OSError."""
    if os.name != "posix":
        return  # on Windows the folder of an account is that account's own
    folder.chmod(0o700)
    inner = [path for name in _MY_FOLDERS for path in (folder / name, *(folder / name).rglob("*")) if path.exists()]
    for path in (*inner, *(path for pattern in _MINE for path in folder.glob(pattern))):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def open_to_others(folder: Path) -> list[Path]:
    """Return what of a data folder other accounts of the machine may read; always none on Windows, where it is not told."""
    if os.name != "posix" or not folder.is_dir() or not folder.stat().st_mode & 0o077:
        return []
    return [folder, *(path for path in sorted(folder.iterdir()) if path.stat().st_mode & 0o077)]


def _change(folder: Path, current: DataKey, following: DataKey, step: Step) -> int:
    changed = 0
    for path in databases(folder):
        if sqlite.is_plain(path) or _opens(path, following):
            continue
        if not _opens(path, current):
            continue  # damaged meanwhile: what it holds is lost with the old key, as it was before the change
        _rewrite(path, current, following, step)
        changed += 1
    for path in (*_files_in(folder / _INDEXES), *_files_in(folder / _DOWNLOADS)):
        erase_file(path)  # made again, or fetched again, with the new key
        step(f"erased {path.name}")
    end_change(folder)
    step("ended")
    return changed


def _opens(path: Path, key: DataKey) -> bool:
    try:
        with closing(sqlite.connect_with(path, key, timeout=_WAIT_S)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite.SQLITE_NOTADB:
            raise
        return False
    return True


def _rewrite(path: Path, old: DataKey | None, new: DataKey, step: Step) -> None:
    """Lock a database with another key. Raises StoreError while somebody has it open, and for a full disk."""
    made = path.with_name(path.name + _MADE)
    try:
        _export(path, made, old, new, step)
        aside = path.with_name(path.name + _OLD)
        try:
            os.link(path, aside)
        except OSError:  # a file system without links
            path.rename(aside)
        step(f"named {aside.name}")
        made.replace(path)
        keep_names(path.parent)
        step(f"put {path.name}")
        erase_file(aside)
        erase_file(path.with_name(path.name + _OLD + "-wal"))
        step(f"erased {aside.name}")
    except (sqlite.Error, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"{path} cannot be locked with its key ({said}): end all programs that use it, make room for as much again, and start anew"
        ) from error


def _export(path: Path, made: Path, old: DataKey | None, new: DataKey, step: Step) -> None:
    for leftover in (made, made.with_name(made.name + "-journal"), made.with_name(made.name + "-wal")):
        leftover.unlink(missing_ok=True)
    log = path.with_name(path.name + "-wal")
    with closing(sqlite.connect_with(path, old, timeout=_WAIT_S)) as connection:
        if old is None and log.exists():
            log_aside = path.with_name(path.name + _OLD + "-wal")
            log_aside.unlink(missing_ok=True)
            try:
                os.link(log, log_aside)  # SQLite removes it without overwriting it
            except OSError:
                _LOG.warning("the log of %s is removed and not overwritten: there are no links here", path.name)
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
            raise OSError(errno.EBUSY, "another program has it open")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")  # with this mode the lock stays
        step(f"alone with {path.name}")
        sqlite.export(connection, made, new)
        step(f"wrote {made.name}")
    with closing(sqlite.connect_with(made, new)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise OSError(errno.EIO, "what was written does not read back")
    with made.open("rb+") as file:
        os.fsync(file.fileno())


def _finish(path: Path) -> None:
    """Do what a program that was killed while it locked this database had left. Raises OSError."""
    aside, log_aside = path.with_name(path.name + _OLD), path.with_name(path.name + _OLD + "-wal")
    if aside.exists():
        if not path.exists():
            aside.rename(path)
        elif aside.samefile(path):
            aside.unlink()
        else:
            erase_file(aside)
    log = path.with_name(path.name + "-wal")
    if log_aside.exists():
        if log.exists() and log_aside.samefile(log):
            log_aside.unlink()
        else:
            erase_file(log_aside)
    made = path.with_name(path.name + _MADE)
    for leftover in (made, made.with_name(made.name + "-journal"), made.with_name(made.name + "-wal")):
        leftover.unlink(missing_ok=True)


def _is_set_aside(path: Path) -> bool:
    return "-damaged-" in path.name


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _plain_beside(folder: Path) -> list[Path]:
    """Return indexes and downloads of earlier versions, in which marks lie in the clear."""
    indexes = [path for path in _files_in(folder / _INDEXES) if not _begins(path, _INDEX_MAGIC)]
    return [*indexes, *(path for path in _files_in(folder / _DOWNLOADS) if _begins(path, _ZSTD_MAGIC))]


def _begins(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic
