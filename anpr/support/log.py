"""The program's log: a rotating file in the data folder with tracebacks, start, stop and faults.

It holds no VRM, no content of a list and no credential. Tracebacks are written without any value: types, places and
lines of source, and a message only of our own errors. What libraries log is reduced to its place. Every line then
passes `anpr.support.redaction`. A log that cannot be written stops nothing: `Log.trouble` says so, and the watch shows it.
"""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from anpr.support.log_file import LogFile, RepeatLimit
from anpr.support.log_lines import LogLines
from anpr.support.machine import machine_facts
from anpr.support.redaction import config_facts

OURS: Final = ("anpr", "camera", "hotlists")
"""Loggers of the program; they log from INFO on, all others from WARNING on."""

_log: Final = logging.getLogger(__name__)


class Log:
    """The open log of this process; `close` gives the hooks and loggers back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = LogFile(path)
        self._file.setFormatter(LogLines())
        self._repeats = RepeatLimit()
        self._file.addFilter(self._repeats)
        self._levels = {name: logging.getLogger(name).level for name in OURS}
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        logging.getLogger().addHandler(self._file)
        for name in OURS:
            logging.getLogger(name).setLevel(logging.INFO)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable

    @property
    def trouble(self) -> str:
        """Why the log cannot be written now; empty while it can."""
        return self._file.trouble

    def retry(self) -> None:
        """Try to write again after trouble: without a try nobody would know that it is over."""
        if self.trouble:
            _log.info("the log can be written again")

    def close(self) -> None:
        """Close the file, after telling what was left out."""
        for where, count in self._repeats.left_out():
            _log.info("left out as repeats: %s more from %s", count, where)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        logging.getLogger().removeHandler(self._file)
        self._file.close()

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            _log.critical("an error ended the program", exc_info=(kind, error, trace))
        self._hooks[0](kind, error, trace)

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            name = args.thread.name if args.thread is not None else "?"
            _log.critical(
                "an error ended the thread %s", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
            )
        self._hooks[1](args)

    def _unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            _log.error("an error could not be raised", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
        self._hooks[2](args)


_open_logs: Final[list[Log]] = []


def current_log() -> Log | None:
    """Return the log that this process writes, None when it writes none."""
    return _open_logs[-1] if _open_logs else None


@contextmanager
def logged(path: Path, what: str, config: Any = None) -> Iterator[None]:
    """Log to the file while a command does its work: start, versions, configuration, how it ended.

    Inside another `logged` it does nothing: one process writes one log.
    """
    if _open_logs:
        yield
        return
    log = Log(path)
    _open_logs.append(log)
    try:
        _log.info("start of %s: %s", what, machine_facts(), extra={"facts": True})
        if config is not None:
            _log.info("configuration: %s", config_facts(config), extra={"facts": True})
        yield
    except Exception:
        _log.exception("%s ended by an error", what)
        raise
    except BaseException as error:
        _log.info("%s ended by %s", what, type(error).__name__)
        raise
    else:
        _log.info("end of %s", what)
    finally:
        _open_logs.remove(log)
        log.close()
