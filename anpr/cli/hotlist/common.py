"""What the commands share: the open store, the audit, who is asking, and how answers are printed."""

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from anpr.audit import AuditLog
from anpr.data_folder import data_folder, hotlists_db, records_db
from hotlists.store.store import HotlistStore

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
officer_option = click.option(
    "--officer", envvar="ANPR_OFFICER", default=None, help="Who is asking, for the audit; default: the account's name."
)


@contextmanager
def open_store(chosen: Path | None) -> Iterator[HotlistStore]:
    """Open the hotlists of the data folder, made if need be."""
    with HotlistStore(hotlists_db(data_folder(chosen))) as store:
        yield store


@contextmanager
def open_audit(chosen: Path | None) -> Iterator[AuditLog]:
    """Open the audit of the data folder."""
    audit = AuditLog(records_db(data_folder(chosen)))
    try:
        yield audit
    finally:
        audit.close()


def who(officer: str | None) -> str:
    """Return the name under which an action is audited."""
    return officer or getpass.getuser()


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: times as ISO text, paths as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def print_json(kind: str, **values: Any) -> None:
    """Print one JSON object on a line of its own."""
    click.echo(json.dumps({"type": kind, **plain(values)}, ensure_ascii=False))


def console() -> Console:
    """Return a console for people's eyes on stdout."""
    return Console(highlight=False)


def progress_console() -> Console:
    """Return a console for progress, on stderr so that stdout holds answers alone."""
    return Console(stderr=True)


def age_words(seconds: float | None) -> str:
    """Return an age in the largest unit that tells enough.

    >>> age_words(7300)
    '2.0 h'
    """
    if seconds is None:
        return "–"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (unit == "min" and seconds >= 60):
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
