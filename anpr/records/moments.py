"""The moment that an alert shows, as a row of its own: what was seen, read and found then, with the pictures of then.

The record of a sighting goes on changing while its vehicle is in view, and is one with another's when two tracks turn out
to be one vehicle. What the crew decided on is the moment that the alert showed. So an alert keeps its own: the version of the
sighting, the hits with their lists as they were, and under the version's own name the pictures that belong to it. Each
is replaced as a whole.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from anpr import sqlite
from anpr.alerting.steps import steps_json
from anpr.records.retention import transaction
from anpr.records.rows import VERSION, moment, version_of
from anpr.values import Alert, Hit, HotlistEntry, HotlistInfo, Sighting

_ENTRY_COLUMNS: Final = frozenset(column.name for column in fields(HotlistEntry)) - {"row_id"}

_KEEP: Final = (
    f"INSERT OR REPLACE INTO moments(alert_id, pictures_id, hits, {', '.join(VERSION)})"  # noqa: S608 - columns are ours
    f" VALUES ({', '.join('?' * (3 + len(VERSION)))})"
)


_MOMENT: Final = "SELECT * FROM moments WHERE alert_id = ?"

KEEP_PICTURE: Final = "INSERT OR IGNORE INTO moment_pictures VALUES (?,?,?,?)"

_ALERT: Final = (
    "INSERT INTO alerts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET state=excluded.state,"
    " priority=excluded.priority, probability=excluded.probability, repeats=excluded.repeats, steps=excluded.steps,"
    " sighting_id=coalesce(excluded.sighting_id, sighting_id)"
    " WHERE json_array_length(excluded.steps) >= json_array_length(alerts.steps)"
    " OR excluded.state = 'decided' AND alerts.state <> 'decided'"
)
"""What had to wait is written after what is newer: an alert takes steps and loses none, so that fewer of them are older. But
a decision stands on what the crew saw, without steps that evidence took meanwhile."""


def keep_alert(connection: sqlite.Connection, alert: Alert, sighting_id: int | None) -> bool:
    """Write an alert, and what it shows now in place of what it showed before; returns whether it shows something else now.

    A fault shows no moment, and once its hits are gone an alert keeps the one that it had.
    """
    fault, before = alert.fault, alert.seen_before
    row = (
        alert.alert_id, sighting_id, alert.kind.value, alert.state.value, alert.priority,
        alert.raised_utc.isoformat(), alert.frame_age_ms, alert.probability, alert.repeats, int(alert.past),
        steps_json(alert.steps), fault.name if fault else None, fault.subject if fault else None,
        fault.text if fault else None, before.times if before else 0, before.last_utc.isoformat() if before else "",
    )  # fmt: skip
    if not connection.execute(_ALERT, row).rowcount or not alert.hits:
        return False
    before_it = connection.execute(_MOMENT, (alert.alert_id,)).fetchone()
    sighting = alert.hits[0].sighting
    hits = json.dumps([_stored(hit) for hit in alert.hits])
    connection.execute(_KEEP, (alert.alert_id, sighting.pictures_id, hits, *version_of(sighting).values()))
    return bool(connection.execute(_MOMENT, (alert.alert_id,)).fetchone() != before_it)


def picture_rows(sighting: Sighting, pictures: Iterable[tuple[str, bytes]]) -> list[tuple[Any, ...]]:
    """Return the rows for `KEEP_PICTURE` of the pictures (kind and JPEG) of a version that an alert may show."""
    at = (sighting.pictured_utc or sighting.last_utc).isoformat()
    return [(sighting.pictures_id, kind, at, jpeg) for kind, jpeg in pictures]


def keep_recorded_pictures(connection: sqlite.Connection, sighting_id: int, sighting: Sighting) -> None:
    """Keep the pictures of a recorded sighting under another name, for an alert that shows this version of it.

    Where it has been recorded anew since it was read there are none: those of another version do not belong to it.
    """
    connection.execute(
        "INSERT OR IGNORE INTO moment_pictures SELECT ?, p.kind, ?, p.jpeg FROM pictures p JOIN sightings s"
        " ON s.id = p.sighting_id WHERE s.id = ? AND s.last_utc = ?",
        (
            sighting.pictures_id, (sighting.pictured_utc or sighting.last_utc).isoformat(), sighting_id,
            sighting.last_utc.isoformat(),
        ),
    )  # fmt: skip


def has_pictures(connection: sqlite.Connection, pictures_id: str) -> bool:
    """Return whether pictures of this name are kept."""
    return (
        connection.execute("SELECT 1 FROM moment_pictures WHERE pictures_id = ?", (pictures_id,)).fetchone() is not None
    )


def take_over_pictures(connection: sqlite.Connection, damaged: Path, names: Iterable[str]) -> None:
    """Take over the pictures of these names from a damaged file, as far as its table leads to them."""
    rows = [row for name in names for row in _pictures_in(damaged, name)]
    with transaction(connection):
        connection.executemany(KEEP_PICTURE, rows)


def _pictures_in(damaged: Path, name: str) -> list[tuple[Any, ...]]:
    try:
        with closing(sqlite.connect(damaged, read_only=True, timeout=1.0)) as old:
            return old.execute("SELECT * FROM moment_pictures WHERE pictures_id = ?", (name,)).fetchall()
    except sqlite.DatabaseError:
        return []


def hits_of(text: str, sighting: Sighting, lists: Mapping[str, HotlistInfo]) -> tuple[Hit, ...]:
    """Return the hits of a moment that are on one of the given lists, in the order in which the alert showed them."""
    return tuple(_hit(one, sighting, lists[one["list"]]) for one in json.loads(text) if one["list"] in lists)


def entry_of(stored: Any, list_name: str) -> HotlistEntry:
    """Return an entry as it was when it hit; columns of other versions of this program are passed over.

    Raises ValueError for what is no entry.
    """
    if not isinstance(stored, dict):
        raise ValueError("an entry is no object")  # noqa: TRY004 - content of a file, no mistake of a caller
    columns = {name: str(stored[name]) for name in _ENTRY_COLUMNS & stored.keys()}
    return HotlistEntry(**{"vrm": "", "list_name": list_name, **columns}, row_id=int(stored.get("row_id", 0)))


def _stored(hit: Hit) -> dict[str, Any]:
    return {
        "list": hit.hotlist.name, "revision": hit.hotlist.revision, "received_utc": hit.hotlist.received_utc.isoformat(),
        "effective_utc": hit.hotlist.effective_utc.isoformat(),
        "current_utc": hit.hotlist.current_utc.isoformat() if hit.hotlist.current_utc else "",
        "entry": asdict(hit.entry), "probability": hit.probability, "exact": hit.exact, "reading": hit.reading,
        "list_age_s": hit.list_age_s, "date_checked": hit.date_checked, "possible": hit.possible, "offer": hit.offer,
    }  # fmt: skip


def _hit(stored: Mapping[str, Any], sighting: Sighting, hotlist: HotlistInfo) -> Hit:
    then = replace(
        hotlist,
        revision=int(stored["revision"]),
        received_utc=moment(stored["received_utc"]),
        effective_utc=moment(stored["effective_utc"]),
        current_utc=_moment_or_none(stored["current_utc"]),
    )
    return Hit(
        sighting, entry_of(stored["entry"], hotlist.name), then, float(stored["probability"]), bool(stored["exact"]),
        str(stored["reading"]), float(stored["list_age_s"]), bool(stored.get("date_checked", True)),
        bool(stored.get("possible", False)), float(stored.get("offer", 0.0)),
    )  # fmt: skip


def _moment_or_none(text: str) -> datetime | None:
    return moment(text) if text else None
