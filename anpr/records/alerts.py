"""Recorded alerts, made again as values: those that wait still after a restart, and those of the past."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from anpr import sqlite
from anpr.alerting.lifecycle import FINISHED
from anpr.alerting.met import met
from anpr.alerting.steps import steps_of, was_seen
from anpr.faults import recorded_fault
from anpr.records.moments import entry_of, hits_of
from anpr.records.rows import VERSION, moment, recorded_pictures, sighting_of
from anpr.values import (
    Alert,
    AlertKind,
    AlertState,
    AlertStep,
    Hit,
    HotlistInfo,
    SeenBefore,
    Sighting,
    StepKind,
)

_MOMENT: Final = ", ".join(
    ("m.pictures_id", "m.hits", *(f"m.{one}" for one in VERSION), *(f"s.{one}" for one in VERSION))
)
_ALERTS: Final = (
    "SELECT a.id, a.sighting_id, a.kind, a.state, a.priority, a.raised_utc, a.frame_age_ms, a.probability, a.repeats,"  # noqa: S608 - columns are ours
    f" a.past, a.steps, a.fault_name, a.fault_subject, a.fault_text, a.met_times, a.met_last_utc, {_MOMENT} FROM alerts a"
    " LEFT JOIN moments m ON m.alert_id = a.id LEFT JOIN sightings s ON s.id = a.sighting_id "
)
_OVER: Final = json.dumps(sorted(FINISHED))
_ALL_KINDS: Final = json.dumps([*AlertKind])
_UNDECIDED: Final = _ALERTS + (  # noqa: S608 - both parts are ours
    "WHERE a.kind = 'hit' AND a.state NOT IN (SELECT value FROM json_each(?))"
    " AND (m.alert_id IS NOT NULL OR s.id IS NOT NULL) ORDER BY a.id"
)
_PAST: Final = _ALERTS + (  # noqa: S608 - both parts are ours
    "WHERE a.id < ? AND a.kind IN (SELECT value FROM json_each(?))"
    " AND (a.state IN (SELECT value FROM json_each(?)) OR a.id < ? AND a.id NOT IN"
    " (SELECT value FROM json_each(?))) ORDER BY a.id DESC"
)
_HITS: Final = (
    "SELECT list_name, list_revision, entry, probability, exact, reading, list_age_s, possible, offer FROM hits WHERE sighting_id = ?"
    " ORDER BY id"
)
_DECISIONS: Final = (
    "SELECT decision, note, typed_vrm, actor, at_utc, stop_record FROM decisions WHERE alert_id = ? ORDER BY id"
)
_DECIDED: Final = (
    "UPDATE alerts SET state = ? WHERE state NOT IN (SELECT value FROM json_each(?))"
    " AND id IN (SELECT alert_id FROM decisions)"
)
_LATER_THAN_ALL: Final = 2**62

_LOG: Final = logging.getLogger("anpr.records.alerts")


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """The last decision on an alert, whether a stop was recorded after it, and what its questions were answered."""

    decision: str
    note: str
    typed_vrm: str
    actor: str
    at_utc: str
    stop_recorded: bool
    stop: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RecordedAlert:
    """An alert of the records, with the moment that it showed: None when that was purged, or for a fault.

    Its hits are those on lists that may be shown.
    """

    alert: Alert
    sighting: Sighting | None
    decision: RecordedDecision | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EarlierAlerts:
    """What earlier runs leave to the next: its first alert's id, what waits for a decision, and who was met before.

    `met` says by mark how often and when, as far back as records are kept, without the alerts that wait.
    """

    first_id: int
    undecided: list[RecordedAlert]
    met: dict[str, SeenBefore]


def undecided(connection: sqlite.Connection, lists: Mapping[str, HotlistInfo]) -> list[RecordedAlert]:
    """Return the hits of all earlier runs that were not decided, on the given lists: those that the crew may see.

    Those of a list that is covert, or no longer in the car, are left to the history. Faults are not taken up: the
    ones that hold are raised again by what finds them.
    """
    rows = connection.execute(_UNDECIDED, (_OVER,)).fetchall()
    return [one for one in _readable(connection, rows, lists) if one.alert.hits]


def next_alert_id(connection: sqlite.Connection) -> int:
    """Return the id for the first alert of this run, after all that are recorded or decided on."""
    # a decision is recorded at once, an alert by another thread: of a run that was killed there may be one without its alert
    (last,) = connection.execute(
        "SELECT max(coalesce((SELECT max(id) FROM alerts), 0), coalesce((SELECT max(alert_id) FROM decisions), 0))"
    ).fetchone()
    return int(last) + 1


def earlier_alerts(connection: sqlite.Connection, lists: Mapping[str, HotlistInfo]) -> EarlierAlerts:
    """Return what earlier runs leave to the next, of the given lists: those that the crew may see.

    What the crew has decided is decided, though the run was killed before the alert itself was recorded as that.
    """
    connection.execute(_DECIDED, (AlertState.DECIDED.value, _OVER))
    waiting = undecided(connection, lists)
    others = (_LATER_THAN_ALL, _ALL_KINDS, _OVER, _LATER_THAN_ALL, json.dumps([one.alert.alert_id for one in waiting]))
    past = _readable(connection, connection.execute(_PAST, others), lists)
    return EarlierAlerts(next_alert_id(connection), waiting, met(one.alert for one in past))


def past_alerts(
    connection: sqlite.Connection,
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
    kinds = json.dumps([AlertKind.HIT]) if hits_only else _ALL_KINDS
    place = (_LATER_THAN_ALL if before is None else before, kinds, _OVER, run_from, json.dumps(sorted(waiting)))
    return list(islice(_readable(connection, connection.execute(_PAST, place), lists), count))


def _readable(
    connection: sqlite.Connection, rows: Iterator[tuple[Any, ...]] | list[tuple[Any, ...]],
    lists: Mapping[str, HotlistInfo],
) -> Iterator[RecordedAlert]:  # fmt: skip
    for row in rows:
        try:
            yield _alert(connection, row, lists)
        except (LookupError, TypeError, ValueError) as error:  # one damaged row must not keep the car from reading
            _LOG.error("alert %s of the records cannot be shown: %s", row[0], type(error).__name__)


def _alert(connection: sqlite.Connection, row: tuple[Any, ...], lists: Mapping[str, HotlistInfo]) -> RecordedAlert:
    (
        alert_id, sighting_id, kind, state, priority, raised_utc, frame_age_ms, probability, repeats, past, steps,
        fault_name, fault_subject, fault_text, met_times, met_last_utc, *seen,
    ) = row  # fmt: skip
    raised = moment(raised_utc)
    pictures_id, hits_json, of_moment, of_sighting = (
        seen[0],
        seen[1],
        seen[2 : 2 + len(VERSION)],
        seen[2 + len(VERSION) :],
    )
    told = steps_of(steps)
    sighting: Sighting | None = None
    hits: tuple[Hit, ...] = ()
    if hits_json is not None:
        sighting = sighting_of(of_moment, pictures_id)
        hits = hits_of(hits_json, sighting, lists)
    elif of_sighting[0] is not None:  # of a version that kept no moments
        sighting = sighting_of(of_sighting, recorded_pictures(sighting_id))
        hits = _hits(connection, sighting_id, sighting, told, lists)
    fault = None
    if kind == AlertKind.FAULT:
        fault = recorded_fault(fault_name or "", fault_subject or "", fault_text or "", raised, priority)
    alert = Alert(
        alert_id, AlertKind(kind), AlertState(state), priority, raised, frame_age_ms or 0.0, hits, fault, probability, repeats,
        bool(past), told, was_seen(told), SeenBefore(met_times, moment(met_last_utc)) if met_times else None,
    )  # fmt: skip
    return RecordedAlert(alert, sighting, _decision(connection, alert_id))


def _hits(
    connection: sqlite.Connection,
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
        Hit(
            sighting, entry_of(json.loads(entry), name),
            replace(lists[name], revision=revision, current_utc=sighting.last_utc - timedelta(seconds=age_s)), chance,
            bool(exact), reading, age_s, possible=bool(possible), offer=offer,
        )
        for name, revision, entry, chance, exact, reading, age_s, possible, offer in rows
        if name in lists
    ]  # fmt: skip
    made.sort(key=lambda hit: (hit.entry.vrm not in corrected[-1:], -hit.hotlist.priority, -hit.probability))
    return tuple(hit for hit in made if hit.passes) or tuple(made)


def _decision(connection: sqlite.Connection, alert_id: int) -> RecordedDecision | None:
    """Return the last decision; the record of a stop repeats it without its note."""
    rows = connection.execute(_DECISIONS, (alert_id,)).fetchall()
    made = [row for row in rows if row[5] == "{}"]
    if not made:
        return None
    decision, note, typed_vrm, actor, at_utc, _ = made[-1]
    stops = [row[5] for row in rows if row[5] != "{}"]
    answers = json.loads(stops[-1]) if stops else {}
    told = tuple((key, str(answer)) for key, answer in answers.items()) if isinstance(answers, dict) else ()
    return RecordedDecision(decision, note, typed_vrm, actor, at_utc, bool(stops), told)
