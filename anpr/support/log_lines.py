"""How the log writes: one line a record in UTC, and tracebacks without a single value."""

import errno
import linecache
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.errors import AnprError
from anpr.support.redaction import redacted, without_credentials

_ROOT: Final = Path(__file__).resolve().parents[2]
_DEEPEST: Final = 40
"""Most places of one traceback; of a deeper one the outermost and innermost half."""
_PARTS: Final = 5
"""Most errors of a group that are told."""


class LogLines(logging.Formatter):
    """Time in UTC, level, thread, logger, message.

    The message of a library's record is left out, since it may hold anything: its place says where to look. A record
    with the attribute `facts` was made of versions or configuration and is cleared of credentials alone.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        at_utc = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = f"{at_utc} {record.levelname} [{record.threadName}] {record.name}: "
        lines = [head + self._message(record)]
        lacking = getattr(record, "left_out", 0)
        if lacking:
            lines.append(f"  (and {lacking} more like this since)")
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            lines.extend(traceback_lines(error))
        return "\n".join(lines)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] not in {"anpr", "camera", "hotlists"}:
            return f"said by a library at {_place(record.pathname, record.lineno, record.funcName or '?')}"
        try:
            message = " ".join(record.getMessage().splitlines())
        except (TypeError, ValueError, KeyError):
            return f"a message that does not fit its values at {_place(record.pathname, record.lineno, '?')}"
        return without_credentials(message) if getattr(record, "facts", False) else redacted(message)


def traceback_lines(error: BaseException) -> Iterator[str]:
    """Yield a traceback without values, the first cause first: places, source lines, types, messages of our own."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    for one in reversed(chain):
        yield "  Traceback, innermost last:"
        places = [(frame.f_code, line) for frame, line in traceback.walk_tb(one.__traceback__)]
        if len(places) > _DEEPEST:
            yield f"    ({len(places) - _DEEPEST} places in the middle left out)"
            places = [*places[: _DEEPEST // 2], *places[-_DEEPEST // 2 :]]
        for code, line in places:
            yield f"    {_place(code.co_filename, line, code.co_qualname)}"
            if source := linecache.getline(code.co_filename, line).strip():
                yield f"      {redacted(source)}"
        yield f"  {type(one).__module__}.{type(one).__qualname__}{_known_words(one)}"
        if isinstance(one, BaseExceptionGroup):
            for part in one.exceptions[:_PARTS]:
                yield from (f"    {line}" for line in traceback_lines(part))


def _known_words(error: BaseException) -> str:
    """Return what is said of an error beyond its type: never what a foreign error's message says."""
    if isinstance(error, AnprError):
        return f": {redacted(str(error))}"
    if isinstance(error, sqlite.Error):
        return f" ({getattr(error, 'sqlite_errorname', 'no code')})"
    if isinstance(error, OSError) and error.errno is not None:
        return f" ({errno.errorcode.get(error.errno, error.errno)})"
    return ""


def _place(file: str, line: int, function: str) -> str:
    path = Path(file)
    shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else Path(*path.parts[-3:])
    return f"{shown.as_posix()}:{line} {function}"
