"""What the hotlists file says of its lists, for those who ask many times a second: it is read anew only when it has changed."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.errors import StoreError
from hotlists.store.status import ListStatus, StandingList, standing_lists, statuses
from hotlists.store.store import Clock, HotlistStore

KEPT_S: Final = 1.0
"""After so long it is read anew in any case: the times of two changes may be the same where a file system's clock is coarse."""

_Stamp = tuple[tuple[int, int, int] | None, ...]


class KnownLists:
    """The lists of one file; any thread may ask. `clock_s` is a monotonic clock in seconds."""

    def __init__(self, path: Path, clock: Clock, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._read: tuple[_Stamp, float, tuple[StandingList, ...]] | None = None

    def status(self, now: datetime) -> list[ListStatus]:
        """Return the state and age of every list, as `hotlists.store.status.list_status` does. Raises StoreError."""
        with self._lock:
            stamp, at_s = self._stamp(), self._clock_s()
            if self._read is None or self._read[0] != stamp or not 0.0 <= at_s - self._read[1] < KEPT_S:
                self._read = None
                self._read = (stamp, at_s, self._standing())
            return statuses(self._read[2], now)

    def _standing(self) -> tuple[StandingList, ...]:
        try:
            with HotlistStore(self._path, create=False, clock=self._clock) as store:
                return standing_lists(store)
        except sqlite.Error as error:
            raise StoreError(f"the hotlists file {self._path} cannot be read ({error}): check the disk") from error

    def _stamp(self) -> _Stamp:
        """Return what changes whenever anything is written to the file or to its log."""
        return tuple(_state(self._path.with_name(self._path.name + end)) for end in ("", "-wal"))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns
