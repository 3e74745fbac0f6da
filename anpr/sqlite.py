"""SQLite as this program uses it: SQLCipher's, by which every database is opened and whose errors are caught.

Nothing else imports `sqlite3`, `sqlcipher3` or `sqlite_utils` (ruff's banned-api says so): SQLCipher's module has classes of its own for
connections and errors, and `except sqlite3.Error` would catch none of them. To mypy they are the standard library's,
whose interface they have.

A new database is locked with the data key of its folder (`anpr.sealing.data_key`). One that is there is opened as it is: a
plain one is known by its first bytes, and made a locked one at the next start (`anpr.locking`).
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import sqlcipher3
from sqlcipher3 import dbapi2 as _module

from anpr.errors import StoreError
from anpr.sealing.data_key import DataKey, make_keys, read_keys

# sqlite-utils asks for this module by its old name first, and takes the standard library's only where there is none.
sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = _module

if TYPE_CHECKING:
    from sqlite3 import (
        SQLITE_BUSY,
        SQLITE_CANTOPEN,
        SQLITE_CORRUPT,
        SQLITE_ERROR,
        SQLITE_FULL,
        SQLITE_IOERR_READ,
        SQLITE_IOERR_SHORT_READ,
        SQLITE_LOCKED,
        SQLITE_NOTADB,
        SQLITE_PERM,
        SQLITE_READONLY,
        Connection,
        Cursor,
        DatabaseError,
        Error,
        IntegrityError,
        OperationalError,
        Row,
    )
else:
    from sqlcipher3.dbapi2 import (
        SQLITE_BUSY,
        SQLITE_CANTOPEN,
        SQLITE_CORRUPT,
        SQLITE_ERROR,
        SQLITE_FULL,
        SQLITE_LOCKED,
        SQLITE_NOTADB,
        SQLITE_PERM,
        SQLITE_READONLY,
        Connection,
        Cursor,
        DatabaseError,
        Error,
        IntegrityError,
        OperationalError,
        Row,
    )

    SQLITE_IOERR_READ = 10 | 1 << 8
    SQLITE_IOERR_SHORT_READ = 10 | 2 << 8

from sqlite_utils import Database  # noqa: E402 - after the lines above
from sqlite_utils.migrations import Migrations  # noqa: E402

__all__ = [
    "HEADER", "SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_ERROR", "SQLITE_FULL", "SQLITE_IOERR_CORRUPTFS",
    "SQLITE_IOERR_DATA", "SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_LOCKED", "SQLITE_NOTADB", "SQLITE_PERM",
    "SQLITE_READONLY", "Connection", "Cursor", "Database", "DatabaseError", "Error", "IntegrityError", "KeyUnavailable", "Migrations",
    "OperationalError", "Row", "connect", "connect_with", "export", "in_memory", "is_plain", "key_statement",
]  # fmt: skip

SQLITE_IOERR_CORRUPTFS: Final = 10 | 33 << 8
SQLITE_IOERR_DATA: Final = 10 | 32 << 8
"""Result codes (sqlite.org/rescode.html) that not every Python names."""

HEADER: Final = b"SQLite format 3\0"
"""With these bytes a plain database begins; a locked one with random ones."""

_IN_MEMORY: Final = ":memory:"


class KeyUnavailable(DatabaseError):
    """A database is locked with a key that cannot be had now: its file is not damaged for that."""


def connect(
    path: Path | str,
    *,
    timeout: float = 5.0,
    read_only: bool = False,
    isolation_level: str | None = None,
    check_same_thread: bool = True,
) -> Connection:
    """Open a database with the key of its folder, a new one made locked and for its owner alone; raises Error.

    Raises ValueError for SQLite's names of databases that lie in no folder (`in_memory` makes one). `timeout` in seconds is how long a statement waits for others. `read_only` makes nothing and writes nothing. Without
    an `isolation_level` each statement stands for itself until BEGIN.
    """
    if str(path) in {_IN_MEMORY, ""} or str(path).startswith("file:"):
        raise ValueError(f"{str(path)!r} names no file: such a database has no folder whose key would lock it")
    path = Path(path)
    keys = _keys_of(path, read_only=read_only)
    for key in keys[:-1]:
        connection = connect_with(path, key, timeout=timeout, read_only=read_only, isolation_level=isolation_level,
                                  check_same_thread=check_same_thread)  # fmt: skip
        if _fits(connection):
            return connection
        connection.close()
    return connect_with(path, keys[-1], timeout=timeout, read_only=read_only, isolation_level=isolation_level,
                        check_same_thread=check_same_thread)  # fmt: skip


def connect_with(
    path: Path,
    key: DataKey | None,
    *,
    timeout: float = 5.0,
    read_only: bool = False,
    isolation_level: str | None = None,
    check_same_thread: bool = True,
) -> Connection:
    """Open a database with a key that is known, with None as a plain one; raises Error."""
    place = f"{path.resolve().as_uri()}?mode=ro" if read_only else str(path)
    connection = cast(
        "Connection",
        _module.connect(
            place, timeout=timeout, uri=read_only, isolation_level=isolation_level, check_same_thread=check_same_thread
        ),
    )
    if key is not None:
        connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong key is told by an error, not on standard error
        connection.execute(key_statement(key))
    return connection


def in_memory() -> Connection:
    """Open a new database that lies in memory alone, and so is not locked; each statement stands for itself until BEGIN."""
    return connect_with(Path(_IN_MEMORY), None)


def key_statement(key: DataKey, of: str = "PRAGMA key =") -> str:
    """Return a statement with the key as SQLCipher takes it: 64 hexadecimal digits, used as they are."""
    return f"{of} \"x'{key.for_databases.hex()}'\""


def export(connection: Connection, target: Path, key: DataKey | None) -> None:
    """Write a whole copy of an open database into a new file, locked with another key or, with None, plain; raises Error, OSError.

    It is all there when this returns, but not yet flushed to the disk.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    secret = "''" if key is None else f"\"x'{key.for_databases.hex()}'\""
    connection.execute(f"ATTACH DATABASE ? AS made KEY {secret}", (str(target),))
    try:
        connection.execute("SELECT sqlcipher_export('made')").fetchone()
        (version,) = connection.execute("PRAGMA main.user_version").fetchone()
        connection.execute(f"PRAGMA made.user_version = {int(version):d}")
    finally:
        connection.execute("DETACH DATABASE made")


def is_plain(path: Path) -> bool:
    """Return whether there is a database at `path` that is not locked. Raises OSError."""
    try:
        with path.open("rb") as file:
            return file.read(len(HEADER)) == HEADER
    except (FileNotFoundError, IsADirectoryError):
        return False


def _keys_of(path: Path, *, read_only: bool) -> list[DataKey | None]:
    """Return the keys to be tried in turn."""
    try:
        if path.is_dir() or is_plain(path):
            return [None]
        if not read_only and path.parent.is_dir() and (not path.exists() or path.stat().st_size == 0):
            key = make_keys(path.parent).newest
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            return [key]
        keys = read_keys(path.parent)
    except StoreError as error:
        raise KeyUnavailable(str(error)) from error
    except OSError:
        return [None]  # SQLite says what is wrong with the file
    if keys is None:
        return [None]
    return [keys.current] if keys.following is None else [keys.current, keys.following]


def _fits(connection: Connection) -> bool:
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except DatabaseError as error:
        return error.sqlite_errorcode & 0xFF != SQLITE_NOTADB
    return True
