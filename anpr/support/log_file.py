"""The log's file: rotated, never in the way of the program, and not flooded by one error again and again."""

import contextlib
import logging
import logging.handlers
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from threading import Lock
from typing import Final

MAX_BYTES: Final = 1_000_000
FILES: Final = 5
"""The file being written and its older parts."""

A_MINUTE: Final = 5
"""So many records of one kind are written in a minute; the rest is counted."""

MINUTE_S: Final = 60.0
_KINDS_KEPT: Final = 500


class LogFile(logging.handlers.RotatingFileHandler):
    """Writes the log; what it cannot write is lost, said by `trouble`, and raises nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="backslashreplace", delay=True
        )
        self.trouble = ""
        self._is_written = True

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; what goes wrong goes to `handleError`."""
        self._is_written = True
        super().emit(record)
        if self._is_written:
            self.trouble = ""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name for it
        """Take note of what went wrong, and close the file: what it holds unwritten must not grow."""
        del record
        error = sys.exc_info()[1]
        self._is_written = False
        self.trouble = getattr(error, "strerror", None) or type(error).__name__
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def doRollover(self) -> None:  # noqa: N802 - logging's name for it
        """Begin a new file; where that cannot be done (another program has it open) the old one goes on."""
        try:
            super().doRollover()
        except OSError:
            self.stream = self._open()

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()


class RepeatLimit(logging.Filter):
    """Lets so many records of one kind through in a minute; the next one says how many were left out.

    A kind is the same text at the same place, or an error of the same type from the same place.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock_s = clock_s
        self._lock = Lock()
        self._seen: OrderedDict[tuple[object, ...], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is written; logging calls it without a lock of its own."""
        kind = _kind(record)
        now_s = self._clock_s()
        with self._lock:
            since_s, count = self._seen.get(kind, (now_s, 0))
            if now_s - since_s >= MINUTE_S:
                record.left_out = max(0, count - A_MINUTE)
                since_s, count = now_s, 0
            self._seen[kind] = (since_s, count + 1)
            self._seen.move_to_end(kind)
            if len(self._seen) > _KINDS_KEPT:
                self._seen.popitem(last=False)
        return count < A_MINUTE

    def left_out(self) -> Iterator[tuple[str, int]]:
        """Yield where records were left out that no later one told of (logger and line), and how many."""
        with self._lock:
            seen = list(self._seen.items())
        for (name, line, *_), (_, count) in seen:
            if count > A_MINUTE:
                yield f"{name}:{line}", count - A_MINUTE


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.name, record.lineno, record.msg, *(a for a in record.args or () if isinstance(a, str | int))
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    place = (step.tb_frame.f_code.co_filename, step.tb_lineno) if step is not None else None
    return record.name, record.lineno, type(error), place
