"""Checks of the hotlists: that the file opens, and how old the lists are."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from anpr.checks import Check, Finding, doubtful, well, wrong
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
    with HotlistStore(path, create=False) as store:
        (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        return wrong("the hotlists file is damaged", f"Move {path} away, and import or sync the lists again.")
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
    oldest_h = max((one.age_s or 0.0) for one in lists) / 3600
    return well(f"lists: {len(lists)}, hours since the oldest: {oldest_h:.1f}")
