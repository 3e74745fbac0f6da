"""Checks of the hotlists: that the file opens, and how old the lists are."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from anpr import sqlite
from anpr.checks import Check, Finding, doubtful, well, wrong
from anpr.errors import StoreError
from anpr.set_aside import files_set_aside, is_damage
from hotlists.store.status import ListStatus, list_status
from hotlists.store.store import HotlistStore


def checks(path: Path, now_utc: datetime, may_show: Callable[[ListStatus], bool]) -> list[Check]:
    """Return the checks of the hotlists file and of the ages of the lists that may be named."""
    return [
        Check("hotlists", "the hotlists file opens and is whole", partial(_whole, path)),
        Check("hotlist_ages", "no list is older than it may be", partial(_ages, path, now_utc, may_show)),
    ]


def _whole(path: Path) -> Finding:
    if not path.exists():
        return doubtful("there are no hotlists in the car", "Import or sync lists.")
    try:
        with HotlistStore(path, create=False) as store:
            (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
    except (StoreError, sqlite.Error) as error:
        if not is_damage(error):
            raise
        verdict = "unreadable"
    if verdict != "ok":
        return wrong(
            "the hotlists file is damaged",
            f"Stop the patrol, run: anpr --data {path.parent} hotlist set-aside; then sync or import the lists again.",
        )
    lost = [one.path.name for one in files_set_aside(path) if not one.settled]
    if lost:
        return doubtful(f"damaged hotlists were set aside ({', '.join(lost)})", "Sync or import all lists again.")
    return well(f"{path.stat().st_size / 1e6:.1f} megabytes, whole")


def _ages(path: Path, now_utc: datetime, may_show: Callable[[ListStatus], bool]) -> Finding:
    if not path.exists():
        return doubtful("there are no hotlists in the car", "Import or sync lists.")
    with HotlistStore(path, create=False) as store:
        lists = [one for one in list_status(store, now_utc) if may_show(one)]
    if not lists:
        return doubtful("there are no hotlists in the car", "Import or sync lists.")
    stale = [one.name for one in lists if one.stale]
    if stale:
        return wrong(f"too old: {', '.join(stale)}", "Sync the lists.")
    checked_h, made_h = (
        max(ages) / 3600 for ages in zip(*((x.age_s or 0.0, x.made_age_s or 0.0) for x in lists), strict=True)
    )
    return well(f"lists: {len(lists)}, hours since checked: {checked_h:.1f}, since the oldest was made: {made_h:.1f}")
