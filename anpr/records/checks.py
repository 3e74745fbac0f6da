"""Checks of the records file and of the clock that stamps it."""

from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from anpr import sqlite
from anpr.checks import Check, Finding, doubtful, well, wrong
from anpr.set_aside import files_set_aside

_EARLIEST: Final = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
_AHEAD: Final = timedelta(minutes=5)
_NO_FILE: Final = "there are no records yet"


def checks(path: Path, now_utc: datetime) -> list[Check]:
    """Return the checks of the records file, of damaged ones that were set aside, and of the clock that stamps them."""
    return [
        Check("records", "the records file opens and is whole", partial(_whole, path)),
        Check("set_aside", "no damaged records wait for somebody", partial(_set_aside, path)),
        Check("clock", "the clock is not behind what was recorded", partial(_clock, path, now_utc)),
    ]


def whole(path: Path) -> str:
    """Return what SQLite finds wrong when it looks at the whole file, empty for a whole one and for none."""
    if not path.exists():
        return ""
    try:
        with closing(_opened(path)) as records:
            (verdict,) = records.execute("PRAGMA quick_check(1)").fetchone()
            records.execute("SELECT count(*) FROM sightings").fetchone()
    except sqlite.Error as error:
        return getattr(error, "sqlite_errorname", "unknown")
    return "" if verdict == "ok" else "it is damaged inside"


def _whole(path: Path) -> Finding:
    if not path.exists():
        return well(_NO_FILE)
    trouble = whole(path)
    if trouble:
        return wrong(
            f"the records file is damaged or cannot be read ({trouble})",
            f"Stop the patrol and run '{_command(path, 'set-aside')}', or start it: it begins a new file if it must.",
        )
    with closing(_opened(path)) as records:
        (sightings,) = records.execute("SELECT count(*) FROM sightings").fetchone()
    return well(f"{sightings} sightings, {path.stat().st_size / 1e6:.1f} megabytes, whole")


def _set_aside(path: Path) -> Finding:
    found = files_set_aside(path)
    waiting = [one for one in found if not one.settled]
    told = "; ".join(
        f"{x.path.name}, {x.size_bytes / 1e6:.1f} megabytes, of {x.at_utc:%Y-%m-%d %H:%M} UTC" for x in found
    )
    if waiting:
        last = waiting[-1].path
        return doubtful(
            f"damaged records were set aside: {told}",
            f"Get what can be read: {_command(path, f'salvage {last}')} NEW_FOLDER; without need of it: "
            f"{_command(path, f'erase {last.name}')}",
        )
    return well(f"dealt with, kept until they are over their age: {told}" if found else "none were set aside")


def _command(path: Path, what: str) -> str:
    folder = f'"{path.parent}"' if " " in str(path.parent) else path.parent
    return f"anpr --data {folder} records {what}"


def _clock(path: Path, now: datetime) -> Finding:
    newest = _newest(path)
    if now < _EARLIEST:
        return wrong(f"the clock says {now.date()}", "Set the tablet's clock.")
    if newest is not None and newest - now > _AHEAD:
        return wrong(
            "records are newer than the clock", "Set the tablet's clock; if it is right, tell the support desk."
        )
    if newest is None:
        return well(f"{now.isoformat(timespec='seconds')}, with nothing recorded to compare it with")
    return well(f"{now.isoformat(timespec='seconds')}, after everything recorded")


def _newest(path: Path) -> datetime | None:
    if not path.exists():
        return None
    try:
        with closing(_opened(path)) as records:
            (newest,) = records.execute("SELECT max(at_utc) FROM audit").fetchone()
            (seen,) = records.execute("SELECT max(last_utc) FROM sightings").fetchone()
    except sqlite.Error:
        return None  # the check of the records says so
    times = [datetime.fromisoformat(text) for text in (newest, seen) if text]
    return max(times, default=None)


def _opened(path: Path) -> sqlite.Connection:
    return sqlite.connect(path, read_only=True, timeout=5.0)
