"""Checks of the records file and of the clock that stamps it."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from anpr.checks import Check, Finding, well, wrong

_EARLIEST: Final = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
_AHEAD: Final = timedelta(minutes=5)
_NO_FILE: Final = "there are no records yet"


def checks(path: Path, now_utc: datetime) -> list[Check]:
    """Return the checks of the records file and of the clock that stamps it."""
    return [
        Check("records", "the records file opens and is whole", partial(_whole, path)),
        Check("clock", "the clock is not behind what was recorded", partial(_clock, path, now_utc)),
    ]


def _whole(path: Path) -> Finding:
    if not path.exists():
        return well(_NO_FILE)
    try:
        with closing(_opened(path)) as records:
            (verdict,) = records.execute("PRAGMA quick_check(1)").fetchone()
            (sightings,) = records.execute("SELECT count(*) FROM sightings").fetchone()
    except sqlite3.Error as error:
        return wrong(
            f"the records file cannot be read ({getattr(error, 'sqlite_errorname', 'unknown')})",
            f"Move {path} away, keep it, and start again.",
        )
    if verdict != "ok":
        return wrong("the records file is damaged", f"Move {path} away, keep it, and start again.")
    return well(f"{sightings} sightings, {path.stat().st_size / 1e6:.1f} megabytes, whole")


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
    except sqlite3.Error:
        return None  # the check of the records says so
    times = [datetime.fromisoformat(text) for text in (newest, seen) if text]
    return max(times, default=None)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
