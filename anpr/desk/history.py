"""Alerts of the records as the crew's history shows them: those of earlier runs, and those the board has let go."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from anpr.desk.pictures import recorded_id
from anpr.screen.compare import compare
from anpr.screen.port import AlertView, DecidedView, ListedView, ListView, PlaceView

_ALERTS: Final = (
    "SELECT a.id, a.sighting_id, a.kind, a.state, a.priority, a.raised_utc, a.probability, a.repeats, a.past, a.steps,"
    " a.fault_name, a.fault_subject, a.fault_text, s.vrm, s.camera_id, s.motion, s.latitude_deg, s.longitude_deg,"
    " s.heading_deg, s.position_stale FROM alerts a LEFT JOIN sightings s ON s.id = a.sighting_id"
    " WHERE a.id < ? AND (a.state IN ('decided', 'cleared') OR"
    " a.id < ? AND a.id NOT IN (SELECT value FROM json_each(?))) ORDER BY a.id DESC LIMIT ?"
)
_HITS: Final = (
    "SELECT list_name, list_revision, entry, probability, exact, list_age_s FROM hits WHERE sighting_id = ?"
    " ORDER BY probability DESC"
)
_DECISIONS: Final = (
    "SELECT decision, note, typed_vrm, actor, at_utc, stop_record FROM decisions WHERE alert_id = ? ORDER BY id"
)
_ENTRY: Final = (
    "vrm", "make", "model", "colour", "action", "markers", "reason", "nim_code", "information", "force_area",
    "weed_date", "marking", "cad",
)  # fmt: skip


def past_alerts(
    connection: sqlite3.Connection,
    before: int | None,
    count: int,
    *,
    run_from: int,
    waiting: frozenset[int],
    lists: Mapping[str, ListView],
) -> list[AlertView]:
    """Return up to `count` recorded alerts with ids below `before`, latest first.

    Of this run (ids from `run_from` on) only decided and cleared ones, of earlier runs all but those that are `waiting`
    in the queue again. What lists say is shown for the given lists alone: a covert list, or one that is no longer in
    the car, stays hidden.
    """
    place = (2**62 if before is None else before, run_from, json.dumps(sorted(waiting)), count)
    rows = connection.execute(_ALERTS, place).fetchall()
    return [_view(connection, row, lists) for row in rows]


def _view(connection: sqlite3.Connection, row: tuple[Any, ...], lists: Mapping[str, ListView]) -> AlertView:
    (
        alert_id, sighting_id, kind, state, priority, raised_utc, probability, repeats, past, steps, fault_name,
        fault_subject, fault_text, vrm, camera_id, motion, latitude, longitude, heading, stale,
    ) = row  # fmt: skip
    hits = connection.execute(_HITS, (sighting_id,)).fetchall() if sighting_id is not None and kind == "hit" else []
    listed = tuple(_listed(hit, lists[hit[0]]) for hit in hits if hit[0] in lists)
    place = None if latitude is None or longitude is None else PlaceView(latitude, longitude, bool(stale), heading)
    return AlertView(
        alert_id, kind, state, priority, raised_utc, past=bool(past), repeats=repeats, read_vrm=vrm or "",
        probability=probability, cells=compare(vrm, listed[0].vrm, ()) if vrm and listed else (), listed=listed,
        camera_id=camera_id or "", motion=motion or "unknown", place=place,
        plate_picture=recorded_id(sighting_id, "plate") if sighting_id is not None else "",
        overview_picture=recorded_id(sighting_id, "overview") if sighting_id is not None else "",
        steps=tuple(json.loads(steps)), fault_name=fault_name or "", fault_subject=fault_subject or "",
        fault_text=fault_text or "", decided=_decided(connection.execute(_DECISIONS, (alert_id,)).fetchall()),
    )  # fmt: skip


def _listed(hit: tuple[Any, ...], hotlist: ListView) -> ListedView:
    _, revision, entry, probability, exact, age_s = hit
    fields = json.loads(entry)
    return ListedView(
        list_name=hotlist.name, **{name: str(fields.get(name, "")) for name in _ENTRY}, list_colour=hotlist.colour,
        list_sound="", priority=hotlist.priority, revision=revision, list_age_s=age_s, list_max_age_s=hotlist.max_age_s,
        probability=probability, exact=bool(exact),
    )  # fmt: skip


def _decided(rows: list[tuple[Any, ...]]) -> DecidedView | None:
    """Return the last decision; the record of a stop repeats it without its note."""
    made = [row for row in rows if row[5] == "{}"]
    if not made:
        return None
    decision, note, typed_vrm, actor, at_utc, _ = made[-1]
    return DecidedView(decision, note, typed_vrm, actor, at_utc, stop_recorded=len(made) < len(rows))
