"""What is erased from a SQLite file is gone from the disk: overwritten in it, cut out of its log, and packed away.

Three things keep what was deleted. Pages keep their old bytes unless `secure_delete` is on, which Debian's SQLite is built
with and that of python.org is not. The write-ahead log keeps the pages as they were until it is cut. And a page from which rows
were moved to another keeps a copy of them in its unused part, which `secure_delete` does not reach (18 of 4,000 deleted
rows were still found so, SQLite 3.40): only packing, which writes every page anew, removes that.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from anpr import sqlite

_CHUNK: Final = 1 << 20

MOST_PACKED_BYTES: Final = 128_000_000
"""Larger files are not packed beside a patrol: it takes as much memory, and whoever writes must wait meanwhile."""

_WAIT_MS: Final = 250
"""How long cutting the log waits for those who read: whoever writes must wait as long."""


def erase_for_good(connection: sqlite.Connection) -> None:
    """Have a connection overwrite whatever it deletes, whatever SQLite was built with."""
    connection.execute("PRAGMA secure_delete = ON")


def cut_log(connection: sqlite.Connection) -> bool:
    """Write the log back and cut it to nothing; returns False while somebody else reads or writes: try again later.

    Raises sqlite.Error for a damaged file or a full disk.
    """
    (waits_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS:d}")
    try:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite.SQLITE_BUSY, sqlite.SQLITE_LOCKED}:
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(waits_ms):d}")
    return not busy


def pack_file(connection: sqlite.Connection, path: Path, most_bytes: int = MOST_PACKED_BYTES) -> bool:
    """Write every page of the file anew, without what is in none of its rows, and cut the log; returns whether that was done.

    Nothing is done to a file of more than `most_bytes`, nor while somebody else holds it. No transaction may be open.
    """
    if path.stat().st_size > most_bytes:
        cut_log(connection)
        return False
    kept = connection.execute("PRAGMA temp_store").fetchone()[0]
    try:
        connection.execute("PRAGMA temp_store = MEMORY")  # no copy of it in a folder of the system
        connection.execute("VACUUM")
    except sqlite.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite.SQLITE_BUSY, sqlite.SQLITE_LOCKED, sqlite.SQLITE_FULL}:
            raise
        return False
    finally:
        with suppress(sqlite.Error):
            connection.execute(f"PRAGMA temp_store = {int(kept):d}")
    return cut_log(connection)


def erase_file(path: Path) -> None:
    """Overwrite a file with zeros, then remove it; what the system does not let go of is left, overwritten.

    Its length stays until it is removed, so a program that has it mapped reads zeros. A solid-state disk may keep
    the old blocks all the same; against that only encryption of the disk helps.
    """
    with suppress(OSError), path.open("r+b") as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(_CHUNK, left)))
        file.flush()
        os.fsync(file.fileno())
    # On Windows a mapped file cannot be removed; its revision is gone, so it is removed by a later call.
    with suppress(OSError):
        path.unlink(missing_ok=True)
