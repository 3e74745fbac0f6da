"""Alerts of earlier runs that nobody has decided: made anew from the records, so that a restart drops none."""

import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from anpr.values import Alert, AlertKind, AlertState, Hit, HotlistEntry, HotlistInfo, Motion, Position, Sighting
from anpr.vrm import ALPHABET

_ALERTS: Final = (
    "SELECT a.id, a.sighting_id, a.state, a.priority, a.raised_utc, a.frame_age_ms, a.probability, a.repeats, a.past,"
    " a.steps, s.track_id, s.camera_id, s.vrm, s.confidence, s.alternatives, s.evidence, s.first_utc, s.last_utc,"
    " s.motion, s.latitude_deg, s.longitude_deg, s.heading_deg, s.speed_mps, s.position_stale FROM alerts a"
    " JOIN sightings s ON s.id = a.sighting_id"
    " WHERE a.kind = 'hit' AND a.state NOT IN ('decided', 'cleared') ORDER BY a.id"
)
_HITS: Final = (
    "SELECT list_name, entry, probability, exact, reading, list_age_s FROM hits WHERE sighting_id = ? ORDER BY id"
)

_LOG: Final = logging.getLogger("anpr.records.alerts")


@dataclass(frozen=True, slots=True, eq=False)
class Undecided:
    """An alert that waits still, and the recorded sighting that has its pictures."""

    alert: Alert
    sighting_id: int


def undecided(connection: sqlite3.Connection, lists: Mapping[str, HotlistInfo]) -> list[Undecided]:
    """Return the hits of all earlier runs that were not decided, on the lists that the crew may see.

    Those of a list that is covert, or no longer in the car, are left to the history. Faults are not taken up: the
    ones that hold are raised again by what finds them.
    """
    found = []
    for row in connection.execute(_ALERTS).fetchall():
        hits = [hit for hit in connection.execute(_HITS, (row[1],)) if hit[0] in lists]
        if not hits:
            continue
        try:
            found.append(Undecided(_alert(row, hits, lists), row[1]))
        except (TypeError, ValueError) as error:  # one damaged row must not keep the car from reading
            _LOG.error("alert %s of an earlier run cannot be shown: %s", row[0], type(error).__name__)
    return found


def _alert(row: tuple[Any, ...], hits: list[tuple[Any, ...]], lists: Mapping[str, HotlistInfo]) -> Alert:
    alert_id, _, state, priority, raised_utc, frame_age_ms, probability, repeats, past, steps, *seen = row
    sighting = _sighting(seen)
    made = [
        Hit(sighting, HotlistEntry(**json.loads(entry)), lists[name], chance, bool(exact), reading, age_s)
        for name, entry, chance, exact, reading, age_s in hits
    ]
    made.sort(key=lambda hit: (-hit.hotlist.priority, -hit.probability))
    passing = [hit for hit in made if hit.probability >= hit.hotlist.threshold]
    words = tuple(json.loads(steps))
    return Alert(
        alert_id, AlertKind.HIT, AlertState(state), priority, _moment(raised_utc), frame_age_ms, tuple(passing or made),
        probability=probability, repeats=repeats, past=bool(past), steps=words, seen=_was_seen(words),
    )  # fmt: skip


def _sighting(row: list[Any]) -> Sighting:
    (
        track_id, camera_id, vrm, confidence, alternatives, evidence, first_utc, last_utc, motion, latitude, longitude,
        heading, speed, stale,
    ) = row  # fmt: skip
    last = _moment(last_utc)
    place = None if latitude is None or longitude is None else Position(
        latitude, longitude, last, 0.0, bool(stale), speed, heading
    )  # fmt: skip
    return Sighting(
        track_id, camera_id, 0, True, vrm, confidence, tuple((text, chance) for text, chance in json.loads(alternatives)),
        np.frombuffer(evidence, "<f2").reshape(-1, len(ALPHABET) + 1).astype(np.float32), (), 0, 0,
        _moment(first_utc), last, Motion(motion), place,
    )  # fmt: skip


def _was_seen(steps: tuple[str, ...]) -> bool:
    """Whether the crew acknowledged the alert since evidence last changed what it says."""
    seen = False
    for step in steps:
        words = step.partition(" ")[2]
        if words.startswith("acknowledged"):
            seen = True
        elif words.startswith(("corrected", "withdrawn", "raised")):
            seen = False
    return seen


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
