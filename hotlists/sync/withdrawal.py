"""How much a publishing key alone may take from a car's lists: a stolen one must not be able to empty or silence them at a stroke.

What counts is marks that are in force and would not be any more: removed, or given a weed date that has passed. What one list loses
within a day is added up. A list that goes as a whole, and settings that keep one silent, are withdrawals as well.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from anpr.errors import SyncError
from hotlists.keys import Keys, pack
from hotlists.store.changes import Changes, rows_with
from hotlists.store.database import ENTRY_COLUMNS, pool_sql
from hotlists.store.revision import Revision, StoredList
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

WITHIN: Final = timedelta(days=1)
"""What a list loses is added up over so long."""

_UNTIL: Final = ENTRY_COLUMNS.index("until_s")
_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks that are in force at a moment: packed and sorted ones, and those with wildcards as they are written."""

    keys: Keys
    patterns: frozenset[str]

    def __len__(self) -> int:
        return len(self.keys) + len(self.patterns)

    def missing_in(self, other: "Marks") -> int:
        """Return how many of these are not among the others."""
        gone = ~np.isin(self.keys, other.keys, assume_unique=True)
        return int(np.count_nonzero(gone)) + len(self.patterns - other.patterns)


class MarksOf:
    """Gathers the marks of rows that are in force at a moment."""

    def __init__(self, now: datetime) -> None:
        self._now_s = now.timestamp()
        self._keys: list[Keys] = []
        self._patterns: set[str] = set()

    def add(self, rows: Iterable[tuple[str, int | None]]) -> None:
        """Take in rows as (mark, end of its last day or None)."""
        live = [vrm for vrm, until_s in rows if until_s is None or until_s > self._now_s]
        keys, plain = pack(live)
        self._keys.append(keys[plain])
        self._patterns.update(live[index] for index in np.flatnonzero(~plain).tolist())

    def all(self) -> Marks:
        """Return them all."""
        keys = np.unique(np.concatenate(self._keys)) if self._keys else np.zeros(0, dtype=np.uint64)
        return Marks(keys, frozenset(self._patterns))


def marks_in_force(store: HotlistStore, revision: Revision, now: datetime) -> Marks:
    """Return the marks of a revision that are in force."""
    gathered = MarksOf(now)
    cursor = store.connection.execute(
        pool_sql("SELECT vrm, until_s FROM POOL WHERE VISIBLE", revision.pool), (revision.ordinal, revision.ordinal)
    )
    while rows := cursor.fetchmany(_ROWS):
        gathered.add(rows)
    return gathered.all()


def lost_by(store: HotlistStore, revision: Revision, changes: Changes, now: datetime) -> int:
    """Return how many marks that are in force in a revision would not be any more with the changes."""
    now_s = now.timestamp()
    last = {str(row[0]): row[_UNTIL] for row in changes.entries.rows}
    ended = [vrm for vrm, until_s in last.items() if isinstance(until_s, int) and until_s <= now_s]
    rows = rows_with(store, revision, [*(vrm for vrm in changes.removed if vrm not in last), *ended])
    gone = 0
    statement = pool_sql(
        "SELECT count(*) FROM POOL WHERE row_id = ? AND (until_s IS NULL OR until_s > ?)", revision.pool
    )
    for row in rows:
        gone += store.connection.execute(statement, (row, now_s)).fetchone()[0]
    return gone


@dataclass(frozen=True, slots=True)
class WithdrawalRule:
    """What may go without a second signature: `percent` of a list within a day; anything when withdrawal keys `approved` it."""

    percent: int
    approved: bool

    def check_share(self, name: str, gone: int, of: int, before: int = 0) -> None:
        """Raise SyncError when a list of `of` marks may not lose `gone` now, after `before` within the last day."""
        if self.approved or gone == 0:
            return
        share = (gone + before) / max(of + before, 1)
        if gone < of and (share <= self.percent / 100 or gone + before <= 1):
            return
        raise SyncError(
            f"the new revision of the hotlist {name!r} withdraws {gone + before:,} of {of + before:,} entries within a day, more than the"
            f" {self.percent} % that one signature may: the revision before stays in use; the back office has to sign with a"
            " withdrawal key as well (anpr hotlist publish --withdrawal-key)"
        )

    def check_whole(self, stored: StoredList) -> None:
        """Raise SyncError when a list may not be withdrawn as a whole."""
        if self.approved or stored.current is None or stored.current.entries == 0:
            return
        raise SyncError(
            f"the hotlist {stored.name!r} is no longer offered to this car, which one signature may not say: it stays in use; the back"
            " office has to sign with a withdrawal key as well, or erase it here (anpr hotlist erase)"
        )

    def check_settings(self, before: ListSettings, after: ListSettings) -> None:
        """Raise SyncError when settings would keep a list silent that alerts."""
        quieter = [] if self.approved else quieter_by(before, after)
        if quieter:
            raise SyncError(
                f"the back office sets {', '.join(quieter)} of the hotlist {before.name!r}, which would keep it silent: one signature"
                " may not do that; the settings before stay; the back office has to sign with a withdrawal key as well"
            )


def quieter_by(before: ListSettings, after: ListSettings) -> list[str]:
    """Return which settings of a list would make it alert less often or to fewer people."""
    ends, ended = after.expiry(), before.expiry()
    changes = {
        "covert": after.covert and not before.covert,
        "threshold": after.threshold > before.threshold,
        "expires_utc": ends is not None and (ended is None or ends < ended),
        "hours": after.hours not in ("", before.hours),
        "area": after.area not in ("", before.area),
        "default_weed_days": (after.default_weed_days or 36_500) < (before.default_weed_days or 36_500),
        "crew_may_disable": after.crew_may_disable and not before.crew_may_disable,
    }
    return [name for name, is_quieter in changes.items() if is_quieter]


def recent(noted: str, now: datetime) -> list[tuple[datetime, int]]:
    """Return what a list lost within the last day, from what was noted of it."""
    try:
        found: list[Any] = json.loads(noted) if noted else []
        times = [(datetime.fromisoformat(at), int(gone)) for at, gone in found]
    except (ValueError, TypeError):
        return []
    return [(at, gone) for at, gone in times if now - at < WITHIN]


def noted(losses: Iterable[tuple[datetime, int]]) -> str:
    """Return what is noted of losses."""
    return json.dumps([(at.isoformat(), gone) for at, gone in losses if gone])
