"""Alerts that are kept for a case: what is recorded of them goes neither for its age nor for want of room until the hold ends."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from anpr import sqlite
from anpr.errors import InputError
from anpr.trust.chain import AuditWriter

_HELD: Final = {
    "[alerts]": "(SELECT alert_id FROM holds)",
    "[sightings]": "(SELECT a.sighting_id FROM alerts a JOIN holds o ON o.alert_id = a.id WHERE a.sighting_id IS NOT NULL)",
    "[pictures]": "(SELECT o.pictures_id FROM moments o JOIN holds USING (alert_id) UNION SELECT pictures_id FROM stops)",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """An alert that is kept, why, by whose word and since when (UTC, ISO 8601)."""

    alert_id: int
    reason: str
    by_whom: str
    at_utc: str


def held(statement: str) -> str:
    """Return a statement with `[alerts]`, `[sightings]` and `[pictures]` as the questions for what is held."""
    for word, question in _HELD.items():
        statement = statement.replace(word, question)
    return statement


def holds(connection: sqlite.Connection) -> list[Hold]:
    """Return what is held, by number. Raises sqlite.Error."""
    rows = connection.execute("SELECT alert_id, reason, by_whom, at_s FROM holds ORDER BY alert_id").fetchall()
    return [
        Hold(number, reason, by_whom, datetime.fromtimestamp(at_s, UTC).isoformat())
        for number, reason, by_whom, at_s in rows
    ]


def hold(connection: sqlite.Connection, writer: AuditWriter, alert_id: int, reason: str, by_whom: str) -> None:
    """Keep an alert, in the caller's transaction. Raises InputError when there is no such alert of a hit."""
    if connection.execute("SELECT 1 FROM alerts WHERE id = ? AND kind = 'hit'", (alert_id,)).fetchone() is None:
        raise InputError(f"there is no alert {alert_id} in the records: `anpr evidence list` says what there is")
    at_s = int(writer.clock_utc().timestamp())
    writer.enter(connection, by_whom, "alert held", {"alert": str(alert_id), "reason": reason})
    connection.execute(
        "INSERT INTO holds(alert_id, at_s, reason, by_whom) VALUES (?, ?, ?, ?) ON CONFLICT(alert_id) DO UPDATE SET"
        " at_s = excluded.at_s, reason = excluded.reason, by_whom = excluded.by_whom",
        (alert_id, at_s, reason, by_whom),
    )


def release(connection: sqlite.Connection, writer: AuditWriter, alert_id: int, reason: str, by_whom: str) -> None:
    """End a hold, in the caller's transaction. Raises InputError when there is none."""
    if not connection.execute("DELETE FROM holds WHERE alert_id = ?", (alert_id,)).rowcount:
        raise InputError(f"alert {alert_id} is not held: `anpr evidence list` says which are")
    writer.enter(connection, by_whom, "hold ended", {"alert": str(alert_id), "reason": reason})
