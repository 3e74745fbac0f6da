"""What the records hold of one alert: the moment that the crew decided on, its sighting, its decisions and its pictures."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anpr.alerting.disclosure import ListNames
from anpr.errors import InputError, StoreError
from anpr.trust.audit import AuditEntry

_KINDS: Final = ("plate", "overview")

_LEFT_OUT: Final = ("evidence",)
"""Columns of bytes; the evidence of each position goes out as numbers of its own."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One alert as the records hold it: `record` is plain values, `pictures` JPEG by their names."""

    alert_id: int
    record: dict[str, Any]
    pictures: dict[str, bytes]
    pictures_id: str

    def is_about(self, entry: AuditEntry) -> bool:
        """Return whether an entry of the audit speaks of this alert or of its pictures."""
        return entry.detail.get("alert") == str(self.alert_id) or (
            bool(self.pictures_id) and entry.detail.get("pictures") == self.pictures_id
        )


def gather(records: Path, alert_id: int, names: ListNames) -> Exhibit:
    """Return what is recorded of an alert, with those hits alone that the audience may know of.

    Raises InputError for an alert that is not there or not for this audience, StoreError when the file cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{records.resolve().as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")  # one state of the file, whatever is written meanwhile
            return _gathered(connection, alert_id, names)
    except sqlite3.Error as error:
        raise StoreError(f"the records file {records} cannot be read ({error}): run `anpr doctor`") from error


def _gathered(connection: sqlite3.Connection, alert_id: int, names: ListNames) -> Exhibit:
    alert = _one(connection, "SELECT * FROM alerts WHERE id = ?", alert_id)
    moment = _one(connection, "SELECT * FROM moments WHERE alert_id = ?", alert_id)
    if alert is None:
        raise _unknown(alert_id)
    hits: list[dict[str, Any]] = json.loads(moment.pop("hits")) if moment else []
    shown = [hit for hit in hits if str(hit.get("list")) not in names.hidden]
    if hits and not shown:
        raise _unknown(alert_id)
    alert["steps"] = json.loads(alert["steps"] or "[]")
    sighting = _one(connection, "SELECT * FROM sightings WHERE id = ?", alert["sighting_id"])
    decisions = [_plain(row) for row in connection.execute("SELECT * FROM decisions WHERE alert_id = ?", (alert_id,))]
    for decision in decisions:
        decision["stop_record"] = json.loads(decision["stop_record"] or "{}")
    pictures_id = str(moment["pictures_id"]) if moment else ""
    record = {"alert": alert, "moment": moment, "hits": shown, "sighting": sighting, "decisions": decisions}
    return Exhibit(alert_id, record, _pictures(connection, pictures_id, alert["sighting_id"]), pictures_id)


def _pictures(connection: sqlite3.Connection, pictures_id: str, sighting_id: int | None) -> dict[str, bytes]:
    """Return the pictures of the moment and, where they are others, those of the whole sighting."""
    found = {
        f"{kind}.jpg": bytes(jpeg)
        for kind, jpeg in connection.execute("SELECT kind, jpeg FROM moment_pictures WHERE pictures_id = ?", (pictures_id,))
        if kind in _KINDS
    }
    rows = connection.execute("SELECT kind, jpeg FROM pictures WHERE sighting_id = ?", (sighting_id,))
    last = {f"{kind}-last.jpg": bytes(jpeg) for kind, jpeg in rows if kind in _KINDS}
    return found | {name: jpeg for name, jpeg in last.items() if jpeg not in found.values()}


def _one(connection: sqlite3.Connection, question: str, key: int | None) -> dict[str, Any] | None:
    row = connection.execute(question, (key,)).fetchone()
    return None if row is None else _plain(row)


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    """Return a row as plain values; lists that stand in it as text become lists."""
    plain = {name: row[name] for name in row.keys() if name not in _LEFT_OUT}  # noqa: SIM118 - a Row iterates over values
    if "alternatives" in plain:
        plain["alternatives"] = json.loads(plain["alternatives"] or "[]")
    return plain


def _unknown(alert_id: int) -> InputError:
    return InputError(f"there is no alert {alert_id} in the records: its number stands in the history of the screen")
