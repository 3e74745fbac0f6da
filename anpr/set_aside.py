"""A database that is in pieces: how that is recognised, and how its files are put aside as they are.

What is put aside keeps its bytes, under a name with the date, beside where it was: `records.db` becomes
`records-damaged-20261129T024500Z.db`, with its write-ahead log and shared memory under the names by which SQLite finds them.
"""

import contextlib
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.errors import StoreError

COMPANIONS: Final = ("-wal", "-shm")
"""What SQLite keeps beside a file, by what is added to its name."""

_MARK: Final = "-damaged-"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_SETTLED: Final = ".settled"
_AT_A_TIME: Final = 1 << 24
_PATIENCE_S: Final = 2.0
"""So long a file is waited for that somebody has open: on Windows it cannot be renamed meanwhile."""

_IN_PIECES: Final = frozenset(
    (
        sqlite.SQLITE_CORRUPT, sqlite.SQLITE_NOTADB, sqlite.SQLITE_CANTOPEN, sqlite.SQLITE_PERM,
        sqlite.SQLITE_READONLY, sqlite.SQLITE_IOERR_READ, sqlite.SQLITE_IOERR_SHORT_READ,
        sqlite.SQLITE_IOERR_CORRUPTFS, sqlite.SQLITE_IOERR_DATA,
    )
)  # fmt: skip
_SCHEMA_IN_PIECES: Final = re.compile(
    r"no such (table|column)|table .* already exists|has no column|duplicate column|Could not decode"
)
"""How SQLite says that a table or column is not there that was made once, or that a text is none."""


def is_damage(error: BaseException | None) -> bool:
    """Return whether an error, or what it was raised from, says that a database is in pieces or cannot be opened at all.

    A disk that is full and a file that somebody else has locked are neither.
    """
    while error is not None:
        if isinstance(error, sqlite.Error):
            code = getattr(error, "sqlite_errorcode", sqlite.SQLITE_ERROR)
            if code in _IN_PIECES or code & 0xFF in _IN_PIECES:
                return True
            if code == sqlite.SQLITE_ERROR and _SCHEMA_IN_PIECES.search(str(error)):
                return True
        error = error.__cause__
    return False


def reading_fails(path: Path) -> bool:
    """Return whether the database at `path` or its log cannot be read to its end, by whatever reads.

    SQLCipher's module does not tell a failure to read from one to write (both are SQLITE_IOERR), so whoever meets one asks here.
    """
    try:
        for file in _files(path)[:2]:
            if os.path.lexists(file):
                with file.open("rb") as content:
                    while content.read(_AT_A_TIME):
                        pass
    except OSError:
        return True
    return False


@dataclass(frozen=True, slots=True)
class SetAside:
    """A database that was put aside: its file, when that was, and whether somebody has dealt with it."""

    path: Path
    at_utc: datetime
    settled: bool = False

    @property
    def size_bytes(self) -> int:
        """Bytes of all its files; 0 for what is no file."""
        return sum(file.stat().st_size for file in _files(self.path) if file.is_file())

    def settle(self) -> None:
        """Note that somebody has dealt with it: nothing asks for that any more. Raises StoreError."""
        try:
            _note(self.path).touch()
        except OSError as error:
            raise _unwritable(self.path.parent, error) from error

    def erase(self) -> None:
        """Remove it, with everything that belongs to it. Raises StoreError."""
        try:
            for file in (*_files(self.path), _note(self.path)):
                if file.is_dir():
                    shutil.rmtree(file)
                else:
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self.path.parent, error) from error


def files_set_aside(path: Path) -> list[SetAside]:
    """Return what was put aside of the database at `path`, earliest first."""
    found = []
    for file in path.parent.glob(f"{path.stem}{_MARK}*{path.suffix}"):
        with contextlib.suppress(ValueError):
            at = datetime.strptime(file.stem.removeprefix(path.stem + _MARK)[:16], _TIME).replace(tzinfo=UTC)
            found.append(SetAside(file, at, _note(file).exists()))
    return sorted(found, key=lambda one: (one.at_utc, len(one.path.name), one.path.name))


def name_aside(path: Path, now_utc: datetime) -> Path:
    """Return a free name under which the database at `path` can be put aside now."""
    stem = f"{path.stem}{_MARK}{now_utc.astimezone(UTC).strftime(_TIME)}"
    names = (path.with_name(f"{stem}{'' if number == 1 else f'-{number}'}{path.suffix}") for number in range(1, 10_000))
    return next(name for name in names if not any(os.path.lexists(file) for file in _files(name)))


def set_aside(path: Path, aside: Path, put: Path | None = None, step: Callable[[str], None] = lambda _: None) -> None:
    """Give the database at `path` and its companions the name `aside`, and its place to the one at `put`, if any.

    A program that is killed in between leaves the old database and its log together under one name at least, and never a
    new database beside the log of the old, which SQLite would take for its own; `finish` does the rest then. So the files get
    second names first, the database last. `step` hears of each step that is done. Nobody of this program may have it open.
    Raises StoreError.
    """
    try:
        for old, new in zip(_files(path)[1:], _files(aside)[1:], strict=True):
            if os.path.lexists(old):
                _second_name(old, new)
                step(f"named {new.name}")
        if os.path.lexists(path):
            _name_database(path, aside)
            step(f"named {aside.name}")
        _remove_companions(path, step)
        _put(path, put)
    except OSError as error:
        raise StoreError(
            f"the damaged file {path} cannot be set aside ({error.strerror}): check the disk and the rights in its folder"
        ) from error


def finish(path: Path, put: Path) -> None:
    """Do what a program that was killed while it set the database at `path` aside had left. Raises StoreError."""
    try:
        for end in COMPANIONS:
            for second in path.parent.glob(f"{path.stem}{_MARK}*{path.suffix}{end}"):
                if not os.path.lexists(second.with_name(second.name.removesuffix(end))):
                    _remove(second)  # the name that it has beside its database is the one that counts
        named = any(one.path.exists() and one.path.samefile(path) for one in files_set_aside(path) if path.exists())
        if named or (put.exists() and not os.path.lexists(path)):
            _remove_companions(path)
            _put(path, put if put.exists() else None)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def remove_database(path: Path) -> None:
    """Remove a database and its companions, if they are there. Raises OSError."""
    for file in _files(path):
        file.unlink(missing_ok=True)


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from another that gets its name, None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _files(path: Path) -> tuple[Path, ...]:
    return (path, *(path.with_name(path.name + end) for end in COMPANIONS))


def _note(path: Path) -> Path:
    return path.with_name(path.name + _SETTLED)


def _second_name(old: Path, new: Path) -> None:
    """Give a file a second name; where the file system has none for one file, or it is a folder, take it along as it goes."""
    if old.is_dir():
        old.rename(new)
        return
    new.unlink(missing_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def _name_database(path: Path, aside: Path) -> None:
    """Give the database its second name; where there is none for one file, or it is a folder, its place is empty then."""
    try:
        os.link(path, aside)
    except OSError:
        _patiently(lambda: path.rename(aside))


def _remove_companions(path: Path, step: Callable[[str], None] = lambda _: None) -> None:
    for old in _files(path)[1:]:
        if os.path.lexists(old):
            _remove(old)
            step(f"removed {old.name}")


def _put(path: Path, put: Path | None) -> None:
    if put is not None:
        _patiently(lambda: put.replace(path))
    else:
        _patiently(lambda: path.unlink(missing_ok=True))
    _keep_names(path.parent)


def _remove(file: Path) -> None:
    if file.is_dir():
        shutil.rmtree(file)
    else:
        _patiently(file.unlink)


def _patiently(act: Callable[[], object]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            act()
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _keep_names(folder: Path) -> None:
    """Have the names in a folder on the disk, so that no power cut brings back the old ones."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"the folder {folder} cannot be written ({error.strerror}): check the disk and its rights")
