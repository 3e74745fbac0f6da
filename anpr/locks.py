"""A lock between programs, held by a file: a killed program lets go by itself, alike on Windows and Linux."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.errors import InputError, StoreError

_HELD: Final = (sqlite.SQLITE_BUSY, sqlite.SQLITE_LOCKED)
_IN_PIECES: Final = (sqlite.SQLITE_NOTADB, sqlite.SQLITE_CORRUPT)


class FileLock:
    """The lock of one file, made when it is missing; it stays behind, empty, and means nothing then.

    It is an SQLite file held by an exclusive transaction: SQLite has the locks of each system behind one call, and a
    system takes back what a program held that ends, however it ends.
    """

    def __init__(self, path: Path, wait_s: float = 0.0) -> None:
        self._path = path
        self._wait_s = wait_s
        self._connection: sqlite.Connection | None = None

    def acquire(self) -> bool:
        """Take the lock; False when somebody else holds it after `wait_s`. Raises StoreError when there is no place for it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._take()
            except sqlite.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in _IN_PIECES:
                    raise
                self._path.unlink()  # a power cut left it in pieces, which nobody can hold
                return self._take()
        except (OSError, sqlite.Error) as error:
            raise StoreError(
                f"the lock {self._path} cannot be taken ({error}): check the disk and its folder"
            ) from error

    def _take(self) -> bool:
        connection = sqlite.connect_with(self._path, None, timeout=self._wait_s, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite.Error as error:
            connection.close()
            if error.sqlite_errorcode & 0xFF in _HELD:
                return False
            raise
        self._connection = connection
        return True

    def release(self) -> None:
        """Let go of the lock; one that is not held is no error."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def no_patrol(lock_file: Path) -> Iterator[None]:
    """Hold the lock of a data folder against patrols. Raises InputError while one runs on it."""
    lock = FileLock(lock_file)
    if not lock.acquire():
        raise InputError(f"a patrol runs on the data folder {lock_file.parent}: stop it first")
    try:
        yield
    finally:
        lock.release()
