"""Recorded alerts, made again as values: those that wait still after a restart, and those of the past."""

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import numpy as np

from anpr.alerting.steps import steps_of, was_seen
from anpr.faults import recorded_fault
from anpr.values import (
    Alert,
    AlertKind,
    AlertState,
    AlertStep,
    Hit,
    HotlistEntry,
    HotlistInfo,
    Motion,
    Position,
    SeenBefore,
    Sighting,
    StepKind,
)
from anpr.vrm import NOTHING

_ALERTS: Final = (
    "SELECT a.id, a.sighting_id, a.kind, a.state, a.priority, a.raised_utc, a.frame_age_ms, a.probability, a.repeats,"
    " a.past, a.steps, a.fault_name, a.fault_subject, a.fault_text, a.met_times, a.met_last_utc, s.track_id, s.camera_id, s.vrm, s.confidence,"
    " s.alternatives, s.evidence, s.first_utc, s.last_utc, s.motion, s.latitude_deg, s.longitude_deg, s.heading_deg,"
    " s.speed_mps, s.position_stale FROM alerts a LEFT JOIN sightings s ON s.id = a.sighting_id "
)
_UNDECIDED: Final = _ALERTS + (
    "WHERE a.kind = 'hit' AND a.state NOT IN ('decided', 'cleared') AND s.id IS NOT NULL ORDER BY a.id"
)
_PAST: Final = _ALERTS + (  # noqa: S608 - both parts are ours
    "WHERE a.id < ? AND a.kind IN (SELECT value FROM json_each(?)) AND (a.state IN ('decided', 'cleared') OR a.id < ? AND a.id NOT IN"
    " (SELECT value FROM json_each(?))) ORDER BY a.id DESC"
)
_HITS: Final = (
    "SELECT list_name, list_revision, entry, probability, exact, reading, list_age_s FROM hits WHERE sighting_id = ?"
    " ORDER BY id"
)
_DECISIONS: Final = (
    "SELECT decision, note, typed_vrm, actor, at_utc, stop_record FROM decisions WHERE alert_id = ? ORDER BY id"
)
_ENTRY_COLUMNS: Final = frozenset(column.name for column in fields(HotlistEntry)) - {"row_id"}
_LATER_THAN_ALL: Final = 2**62

_LOG: Final = logging.getLogger("anpr.records.alerts")


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """The last decision on an alert, and whether a stop was recorded after it."""

    decision: str
    note: str
    typed_vrm: str
    actor: str
    at_utc: str
    stop_recorded: bool


@dataclass(frozen=True, slots=True, eq=False)
class RecordedAlert:
    """An alert of the records, with the sighting whose pictures are its own: None when it was purged, or for a fault.

    Its hits are those on lists that may be shown.
    """

    alert: Alert
    sighting_id: int | None
    sighting: Sighting | None
    decision: RecordedDecision | None = None


def undecided(connection: sqlite3.Connection, lists: Mapping[str, HotlistInfo]) -> list[RecordedAlert]:
    """Return the hits of all earlier runs that were not decided, on the given lists: those that the crew may see.

    Those of a list that is covert, or no longer in the car, are left to the history. Faults are not taken up: the
    ones that hold are raised again by what finds them.
    """
    rows = connection.execute(_UNDECIDED).fetchall()
    return [one for one in _readable(connection, rows, lists) if one.alert.hits]


def past_alerts(
    connection: sqlite3.Connection,
    before: int | None,
    count: int,
    *,
    run_from: int,
    waiting: frozenset[int],
    lists: Mapping[str, HotlistInfo],
    hits_only: bool = False,
) -> list[RecordedAlert]:
    """Return up to `count` recorded alerts with ids below `before`, latest first.

    Of this run (ids from `run_from` on) only decided and cleared ones, of earlier runs all but those that are `waiting`
    in the queue again. Hits are on the given lists alone: a covert list, or one that is no longer in the car, stays
    hidden. With `hits_only` faults are left out.
    """
    kinds = json.dumps([AlertKind.HIT] if hits_only else [*AlertKind])
    place = (_LATER_THAN_ALL if before is None else before, kinds, run_from, json.dumps(sorted(waiting)))
    return list(islice(_readable(connection, connection.execute(_PAST, place), lists), count))


def _readable(
    connection: sqlite3.Connection, rows: Iterator[tuple[Any, ...]] | list[tuple[Any, ...]],
    lists: Mapping[str, HotlistInfo],
) -> Iterator[RecordedAlert]:  # fmt: skip
    for row in rows:
        try:
            yield _alert(connection, row, lists)
        except (TypeError, ValueError) as error:  # one damaged row must not keep the car from reading
            _LOG.error("alert %s of the records cannot be shown: %s", row[0], type(error).__name__)


def _alert(connection: sqlite3.Connection, row: tuple[Any, ...], lists: Mapping[str, HotlistInfo]) -> RecordedAlert:
    (
        alert_id, sighting_id, kind, state, priority, raised_utc, frame_age_ms, probability, repeats, past, steps,
        fault_name, fault_subject, fault_text, met_times, met_last_utc, *seen,
    ) = row  # fmt: skip
    raised = _moment(raised_utc)
    sighting = _sighting(seen) if seen[0] is not None else None
    fault = None
    if kind == AlertKind.FAULT:
        fault = recorded_fault(fault_name or "", fault_subject or "", fault_text or "", raised, priority)
    told = steps_of(steps)
    alert = Alert(
        alert_id, AlertKind(kind), AlertState(state), priority, raised, frame_age_ms or 0.0,
        _hits(connection, sighting_id, sighting, told, lists) if sighting is not None else (), fault, probability, repeats,
        bool(past), told, was_seen(told), SeenBefore(met_times, _moment(met_last_utc)) if met_times else None,
    )  # fmt: skip
    return RecordedAlert(alert, sighting_id, sighting, _decision(connection, alert_id))


def _hits(
    connection: sqlite3.Connection,
    sighting_id: int,
    sighting: Sighting,
    steps: tuple[AlertStep, ...],
    lists: Mapping[str, HotlistInfo],
) -> tuple[Hit, ...]:
    """Return the hits of a sighting, the most important first; those over their threshold where there are any.

    After a correction, the entry to which the alert was corrected goes before the one that it was raised with.
    """
    corrected = [step.to_vrm for step in steps if step.kind is StepKind.CORRECTED]
    rows = connection.execute(_HITS, (sighting_id,)).fetchall()
    made = [
        Hit(sighting, _entry(entry, name), replace(lists[name], revision=revision), chance, bool(exact), reading, age_s)
        for name, revision, entry, chance, exact, reading, age_s in rows
        if name in lists
    ]
    made.sort(key=lambda hit: (hit.entry.vrm not in corrected[-1:], -hit.hotlist.priority, -hit.probability))
    return tuple(hit for hit in made if hit.probability >= hit.hotlist.threshold) or tuple(made)


def _entry(text: str, list_name: str) -> HotlistEntry:
    """Return an entry as it was when it hit; columns of other versions of this program are passed over."""
    stored = json.loads(text)
    if not isinstance(stored, dict):
        raise ValueError("an entry is no object")  # noqa: TRY004 - content of a file, no mistake of a caller
    columns = {name: str(stored[name]) for name in _ENTRY_COLUMNS & stored.keys()}
    return HotlistEntry(**{"vrm": "", "list_name": list_name, **columns}, row_id=int(stored.get("row_id", 0)))


def _decision(connection: sqlite3.Connection, alert_id: int) -> RecordedDecision | None:
    """Return the last decision; the record of a stop repeats it without its note."""
    rows = connection.execute(_DECISIONS, (alert_id,)).fetchall()
    made = [row for row in rows if row[5] == "{}"]
    if not made:
        return None
    decision, note, typed_vrm, actor, at_utc, _ = made[-1]
    return RecordedDecision(decision, note, typed_vrm, actor, at_utc, stop_recorded=len(made) < len(rows))


def _sighting(row: list[Any]) -> Sighting:
    (
        track_id, camera_id, vrm, confidence, alternatives, evidence, first_utc, last_utc, motion, latitude, longitude,
        heading, speed, stale,
    ) = row  # fmt: skip
    last = _moment(last_utc)
    place = None
    if latitude is not None and longitude is not None:
        place = Position(latitude, longitude, last, 0.0, bool(stale), speed, heading)
    return Sighting(
        track_id, camera_id, 0, True, vrm, confidence, tuple((text, chance) for text, chance in json.loads(alternatives)),
        np.frombuffer(evidence, "<f2").reshape(-1, NOTHING + 1).astype(np.float32), (), 0, 0, _moment(first_utc), last,
        Motion(motion), place,
    )  # fmt: skip


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
