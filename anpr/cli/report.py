"""`anpr report`: one file for the support desk, without marks, list content, covert lists and credentials."""

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from anpr import sqlite
from anpr.alerting.disclosure import may_show
from anpr.cli.options import config_option, settled_config
from anpr.cli.output import console, progress_console
from anpr.config.car import PatrolConfig
from anpr.config.data_folder import data_folder, hotlists_db, log_file, records_db
from anpr.errors import AnprError, InputError
from anpr.patrol.checks import examine
from anpr.support.machine import machine_facts
from anpr.support.redaction import config_facts, redacted
from hotlists.store.store import HotlistStore

DAYS: Final = 7
"""So many days of faults and latencies go into the report."""

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


@click.command()
@config_option
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: here, by the time."
)
@click.pass_obj
def report(data: Path | None, config: Path | None, out: Path | None) -> None:
    """Write one ZIP for the support desk: log, configuration, versions, doctor, faults, latencies; no VRM."""
    settings = settled_config(config)
    folder = data_folder(data)
    target = out or Path(f"anpr-report-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
    with progress_console().status("checking"):
        members = list(report_members(folder, settings))
    try:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in members:
                archive.writestr(name, text)
    except FileExistsError as error:
        raise InputError(f"{target} exists already: name a new file with --out") from error
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}): name another file with --out") from error
    console().print(f"{target}: {', '.join(name for name, _ in members)}", markup=False)


def report_members(folder: Path, config: PatrolConfig) -> Iterator[tuple[str, str]]:
    """Yield the report's files, name and text; whatever cannot be had is named in its place."""
    hidden = _hidden_names(folder)
    yield "versions.json", _text(machine_facts())
    yield "configuration.json", _text(config_facts(config))
    checks = [
        {"name": check.name, "level": found.level.value, "found": redacted(found.words), "remedy": found.remedy}
        for check, found in examine(folder, config)
        if check.name != "versions"
    ]
    yield "doctor.json", _without_names(_text(checks), hidden)
    yield "faults.json", _without_names(_text(_faults(folder)), hidden)
    yield "latencies.json", _text(_latencies(folder))
    for file in sorted(log_file(folder).parent.glob("anpr.log*")):
        yield f"logs/{file.name}", _without_names(file.read_text(encoding="utf-8", errors="replace"), hidden)


def _hidden_names(folder: Path) -> list[str]:
    """Return the names of lists that may not be named, longest first."""
    if not hotlists_db(folder).exists():
        return []
    try:
        with HotlistStore(hotlists_db(folder), create=False) as store:
            names = [one.name for one in store.lists() if not may_show(one.settings)]
    except AnprError:
        return []
    return sorted(names, key=len, reverse=True)


def _without_names(text: str, names: list[str]) -> str:
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[list]", text, flags=re.IGNORECASE)
    return text


def _faults(folder: Path) -> list[dict[str, str]]:
    since = (datetime.now(UTC) - timedelta(days=DAYS)).isoformat()
    rows = _rows(
        folder,
        "SELECT fault_name, fault_subject, raised_utc, state, steps FROM alerts WHERE kind = 'fault' AND raised_utc >= ?"
        " ORDER BY id",
        since,
    )
    found = []
    for name, subject, raised, state, steps in rows:
        times = _MOMENT.findall(steps or "")
        cleared = times[-1] if state == "cleared" and times else ""
        found.append({"name": name, "subject": redacted(subject or ""), "raised_utc": raised, "cleared_utc": cleared})
    return found


def _latencies(folder: Path) -> list[dict[str, Any]]:
    since = (datetime.now(UTC) - timedelta(days=DAYS)).isoformat()
    names = ("at_utc", "stage", "p50_ms", "p95_ms", "p99_ms", "count")
    rows = _rows(folder, f"SELECT {', '.join(names)} FROM latencies WHERE at_utc >= ? ORDER BY at_utc", since)  # noqa: S608 - names are ours
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rows(folder: Path, query: str, since: str) -> list[tuple[Any, ...]]:
    path = records_db(folder)
    if not path.exists():
        return []
    try:
        with closing(sqlite.connect(path, read_only=True, timeout=5.0)) as records:
            return records.execute(query, (since,)).fetchall()
    except sqlite.Error:
        return []  # the doctor's part says that the records cannot be read


def _text(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False)
