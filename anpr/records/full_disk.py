"""A write to the records where the disk may be full: pictures give way, rows never do."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from anpr import sqlite
from anpr.errors import StoreError

T = TypeVar("T")


def with_room(write: Callable[[bool], T], path: Path, shed: Callable[[int], int]) -> T:
    """Run a write (True: with pictures); on a full disk run it again without, dropping old pictures until it fits.

    `shed` drops so many pictures at most and returns how many it did. Raises StoreError for whatever SQLite refuses.
    """
    room = True
    while True:
        try:
            return write(room)
        except sqlite.Error as error:
            if not isinstance(error, sqlite.OperationalError) or "full" not in str(error):
                raise StoreError(f"the records file {path} cannot be written ({error})") from error
            if not room and not _shed_despite_full(shed):
                raise StoreError(
                    f"the disk of {path} is full and holds no more pictures to drop: free some space"
                ) from error
            room = False


def _shed_despite_full(shed: Callable[[int], int]) -> int:
    for count in (200, 1):
        with suppress(sqlite.OperationalError):
            return shed(count)
    return 0
