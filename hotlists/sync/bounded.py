"""Reading from places that may never end: ordinary files alone, so many bytes and no more, and no slower than said."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

SLOWEST_BYTES_S: Final = 256.0
"""Bytes a second below which a file is not fetched on: a fifth of what the slowest mobile data (GPRS, one slot) brings. Asked for, not measured."""

PACE_S: Final = 30.0
"""Seconds over which that is judged."""


class NotOrdinary(OSError):
    """What was named is a pipe, a device, a folder or a socket where a file was expected."""

    def __init__(self, path: Path) -> None:
        super().__init__(22, "it is no ordinary file", str(path))


class TooLong(OSError):
    """A file is longer than whoever asked for it takes."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        super().__init__(27, f"it is longer than {most_bytes:,} bytes", str(path))


class TooSlow(Exception):
    """Bytes come so slowly that somebody may be holding the car up."""


@contextmanager
def ordinary_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading that is one: a pipe, a device or a socket raises NotOrdinary and is never waited for."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotOrdinary(path)
    except OSError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as file:
        yield file


def read_whole(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of an ordinary file; raises OSError, TooLong for one that is longer than so many bytes."""
    with ordinary_file(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise TooLong(path, most_bytes)
    return content


def paced(
    chunks: Iterator[tuple[int, bytes]],
    clock_s: Callable[[], float] = time.monotonic,
    slowest_bytes_s: float = SLOWEST_BYTES_S,
    pace_s: float = PACE_S,
) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, bytes) as they come; raises TooSlow when over `pace_s` fewer bytes a second came than `slowest_bytes_s`.

    Time that the taker of the chunks spends does not count.
    """
    waited_s, came = 0.0, 0
    began = clock_s()
    for offset, chunk in chunks:
        waited_s += clock_s() - began
        came += len(chunk)
        if waited_s >= pace_s:
            if came < slowest_bytes_s * waited_s:
                raise TooSlow
            waited_s, came = 0.0, 0
        yield offset, chunk
        began = clock_s()
