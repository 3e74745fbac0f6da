"""Stops: their fields as they are typed, the signed record of a finished one, and what was added to it since.

People's details stand here and nowhere else. While a stop is open each text of each field is a row (`anpr.stops.field_texts`); once it is
finished its record alone is kept, as one text that was signed, and nothing changes it any more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from anpr import sqlite
from anpr.errors import InputError
from anpr.stops.field_texts import Turn
from anpr.stops.progress import Answer

_COLUMNS: Final = "id, card, begun_utc, begun_by, alert_id, pictures_id, origin, place, revision, finished_utc, finished_by, record, signature"


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop as it is recorded; times are UTC, ISO 8601.

    `alert_id` is the alert that it began with, None for none; `origin` what was known of the vehicle then, `place` where and when it was stopped (both
    JSON objects). `revision` counts its changes. What is empty of an open stop is `finished_utc`, `finished_by`, `record`
    (JSON) and `signature` (base64, over the record).
    """

    stop_id: int
    card: str
    begun_utc: str
    begun_by: str
    alert_id: int | None
    pictures_id: str
    origin: Mapping[str, Any]
    place: Mapping[str, Any]
    revision: int
    finished_utc: str
    finished_by: str
    record: str
    signature: str


@dataclass(frozen=True, slots=True)
class Addition:
    """What somebody added to a finished stop; `signature` is over the text that `anpr.stops.record.addition` makes of it."""

    text: str
    actor: str
    at_utc: str
    signature: str


def begin_stop(
    connection: sqlite.Connection,
    *,
    card: str,
    at_utc: datetime,
    actor: str,
    alert_id: int | None,
    pictures_id: str,
    origin: Mapping[str, Any],
    place: Mapping[str, Any],
) -> int:
    """Record a new stop in the caller's transaction, and return its number, which no other stop has had."""
    cursor = connection.execute(
        "INSERT INTO stops(card, begun_utc, begun_by, alert_id, pictures_id, origin, place, revision) VALUES (?,?,?,?,?,?,?,1)",
        (card, at_utc.isoformat(), actor, alert_id, pictures_id, json.dumps(origin), json.dumps(place)),
    )
    return int(cursor.lastrowid or 0)


def stop_row(connection: sqlite.Connection, stop_id: int) -> StopRow:
    """Return a stop. Raises InputError when there is none of that number."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM stops WHERE id = ?", (stop_id,)).fetchone()  # noqa: S608 - ours
    if row is None:
        raise InputError("there is no such stop: it was removed with its age, or nobody began it")
    return _row(row)


def open_stops(connection: sqlite.Connection) -> list[StopRow]:
    """Return the stops that are not finished, the latest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM stops WHERE finished_utc = '' ORDER BY id DESC")  # noqa: S608 - ours
    return [_row(row) for row in rows.fetchall()]


def finished_stops(connection: sqlite.Connection, before: int | None, most: int) -> list[StopRow]:
    """Return finished stops with a lower number than `before`, the latest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM stops WHERE finished_utc != '' AND (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2",  # noqa: S608 - ours
        (before, most),
    )
    return [_row(row) for row in rows.fetchall()]


def stops_of_alert(connection: sqlite.Connection, alert_id: int) -> list[int]:
    """Return the numbers of the stops that began with an alert, the first first."""
    rows = connection.execute("SELECT id FROM stops WHERE alert_id = ? ORDER BY id", (alert_id,))
    return [number for (number,) in rows.fetchall()]


def turns_of(connection: sqlite.Connection, stop_id: int) -> dict[str, tuple[Turn, ...]]:
    """Return the turns of every field of an open stop, by the field's key."""
    found: dict[str, list[Turn]] = {}
    rows = connection.execute(
        "SELECT field, number, writer, actor, answer, sent, aside FROM stop_texts WHERE stop_id = ? ORDER BY number",
        (stop_id,),
    )
    for key, number, writer, actor, answer, sent, aside in rows.fetchall():
        found.setdefault(key, []).append(Turn(number, writer, actor, _answer(answer), sent, bool(aside)))
    return {key: tuple(turns) for key, turns in found.items()}


def keep_turn(connection: sqlite.Connection, stop_id: int, key: str, turn: Turn, at_utc: datetime) -> None:
    """Keep a turn of a field, in the caller's transaction, in place of what it said before."""
    require_open(connection, stop_id)
    connection.execute(
        "INSERT OR REPLACE INTO stop_texts(stop_id, field, number, writer, actor, answer, sent, aside, at_utc)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (
            stop_id, key, turn.number, turn.writer, turn.actor, json.dumps(turn.answer), turn.sent, int(turn.aside),
            at_utc.isoformat(),
        ),
    )  # fmt: skip
    count_change(connection, stop_id)


def set_place(connection: sqlite.Connection, stop_id: int, place: Mapping[str, Any]) -> None:
    """Record where and when the vehicle was stopped, in the caller's transaction."""
    require_open(connection, stop_id)
    connection.execute("UPDATE stops SET place = ? WHERE id = ?", (json.dumps(place), stop_id))
    count_change(connection, stop_id)


def set_card(connection: sqlite.Connection, stop_id: int, card: str) -> None:
    """Record which card the stop goes by from now on, in the caller's transaction."""
    require_open(connection, stop_id)
    connection.execute("UPDATE stops SET card = ? WHERE id = ?", (card, stop_id))
    count_change(connection, stop_id)


def finish_stop(
    connection: sqlite.Connection, stop_id: int, *, record: str, signature: str, actor: str, at_utc: datetime
) -> None:
    """Keep the record of a stop and none of its half-typed texts, in the caller's transaction."""
    require_open(connection, stop_id)
    connection.execute(
        "UPDATE stops SET finished_utc = ?, finished_by = ?, record = ?, signature = ?, origin = '{}' WHERE id = ?",
        (at_utc.isoformat(), actor, record, signature, stop_id),
    )
    connection.execute("DELETE FROM stop_texts WHERE stop_id = ?", (stop_id,))
    count_change(connection, stop_id)


def discard_stop(connection: sqlite.Connection, stop_id: int) -> None:
    """Erase an open stop with all that was typed, in the caller's transaction."""
    require_open(connection, stop_id)
    connection.execute("DELETE FROM stop_texts WHERE stop_id = ?", (stop_id,))
    connection.execute("DELETE FROM stops WHERE id = ?", (stop_id,))


def add_to_stop(connection: sqlite.Connection, stop_id: int, added: Addition) -> None:
    """Add something to a finished stop, in the caller's transaction; what stands there stays."""
    if not stop_row(connection, stop_id).finished_utc:
        raise InputError("this stop is not finished: change its answers")
    connection.execute(
        "INSERT INTO stop_additions(stop_id, text, actor, at_utc, signature) VALUES (?,?,?,?,?)",
        (stop_id, added.text, added.actor, added.at_utc, added.signature),
    )
    count_change(connection, stop_id)


def additions_of(connection: sqlite.Connection, stop_id: int) -> list[Addition]:
    """Return what was added to a stop, the first first."""
    rows = connection.execute(
        "SELECT text, actor, at_utc, signature FROM stop_additions WHERE stop_id = ? ORDER BY id", (stop_id,)
    )
    return [Addition(*row) for row in rows.fetchall()]


def require_open(connection: sqlite.Connection, stop_id: int) -> None:
    """Raise InputError when there is no such stop, or it is finished."""
    if stop_row(connection, stop_id).finished_utc:
        raise InputError("this stop is finished: add to it, nothing of it is changed")


def count_change(connection: sqlite.Connection, stop_id: int) -> None:
    """Count a change of a stop, by which screens know that they show an old state."""
    connection.execute("UPDATE stops SET revision = revision + 1 WHERE id = ?", (stop_id,))


def _row(row: tuple[Any, ...]) -> StopRow:
    stop_id, card, begun, by, alert_id, pictures_id, origin, place, *rest = row
    return StopRow(stop_id, card, begun, by, alert_id, pictures_id, json.loads(origin), json.loads(place), *rest)


def _answer(text: str) -> Answer:
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else str(value)
