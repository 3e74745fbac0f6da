"""The JSON lines of a running patrol, written by a thread of their own: nobody who reads them can hold up the reading."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TextIO

from anpr.engine.json_lines import line
from anpr.errors import Failure
from anpr.faults import FaultKind
from anpr.threads import QueueThread
from anpr.values import Fault

MOST_WAITING: Final = 20_000
"""Lines that may wait for whoever reads them (some hours of traffic, 20 MB); further ones are left out and counted."""

RETRY_S: Final = 1.0
"""Seconds until an output that could not be written is tried again."""


class JsonOutput:
    """Writes one JSON object a line to `stream`, in order, whole lines.

    An output that cannot be written now (a full disk) is tried again and loses nothing that fits into `MOST_WAITING`;
    one whose reader has gone (a closed pipe) is given up. `fault` says so as long as either holds.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._unwritten = b""
        self._trouble = ""
        self._gone = False
        self._left_out = 0
        self._thread = QueueThread("output", lambda: (self._take, self._retry, self._retry), self._failed, RETRY_S)
        self._thread.start()

    def write(self, content: Mapping[str, Any]) -> None:
        """Hand over one object; returns at once."""
        if self._gone:
            return
        if self._thread.waiting >= MOST_WAITING:
            self._left_out += 1
            return
        self._thread.put(line(content))

    def fault(self, now_utc: datetime) -> Fault | None:
        """Return what is wrong with the output, None while nothing is."""
        if self._trouble:
            return FaultKind.OUTPUT_FAILED.fault(now_utc, detail=self._trouble)
        if self._thread.waiting >= MOST_WAITING:
            return FaultKind.OUTPUT_FAILED.fault(now_utc, detail=f"nobody reads it, {self._left_out} lines left out")
        return None

    def close(self, timeout_s: float = 2.0) -> None:
        """Write what waits, as far as somebody reads it within the time. Raises Failure when lines were lost."""
        ended = self._thread.stop(timeout_s)
        if self._gone:
            let_go_of(self._stream)
        if self._gone or not ended or self._unwritten or self._left_out:
            words = self._trouble or "nobody read it"
            raise Failure(f"the JSON output is not complete ({words}): the records in the data folder are")

    def _take(self, item: object) -> None:
        self._unwritten += f"{item}\n".encode()
        self._retry()

    def _retry(self) -> None:
        if self._gone:
            return
        if not self._unwritten:
            self._trouble = ""  # nothing is kept back: what was in the way is over
            return
        try:
            self._write()
        except (BrokenPipeError, ValueError):  # ValueError: the stream was closed
            self._gone, self._unwritten, self._trouble = True, b"", "whoever read it has gone"
        except OSError as error:
            self._trouble = error.strerror or type(error).__name__
            if len(self._unwritten) > MOST_WAITING * 1000:
                self._unwritten, self._left_out = b"", self._left_out + 1
        else:
            self._trouble = ""

    def _write(self) -> None:
        """Write what is not written yet, below Python's buffers: those forget how much of a line went out."""
        try:
            target = self._stream.fileno()
        except (OSError, AttributeError):  # a stream in memory
            self._stream.write(self._unwritten.decode())
            self._stream.flush()
            self._unwritten = b""
            return
        while self._unwritten:
            self._unwritten = self._unwritten[os.write(target, self._unwritten) :]

    def _failed(self, error: Exception) -> None:
        self._trouble = type(error).__name__


def let_go_of(stream: TextIO) -> None:
    """Keep the interpreter from stumbling, when it ends, over a stream that nobody takes any more."""
    with suppress(OSError, ValueError, AttributeError), open(os.devnull, "wb") as nothing:  # noqa: PTH123 - no file
        os.dup2(nothing.fileno(), stream.fileno())
