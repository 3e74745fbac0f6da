"""How long records are kept, and what goes first when there is no room."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from anpr.alerting.lifecycle import FINISHED
from anpr.alerting.steps import steps_json
from anpr.values import AlertState, AlertStep, StepKind

PURGE_BATCH: Final = 500
"""Rows that one purging transaction takes away, so that writers never wait long."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that each kind of record is kept."""

    pictures_days: float = 7.0
    sightings_days: float = 7.0
    alerts_days: float = 31.0
    latencies_days: float = 7.0

    @property
    def longest_days(self) -> float:
        """Days after which nothing of a records file would be kept: then a damaged one that was set aside goes as a whole."""
        return max(self.pictures_days, self.sightings_days, self.alerts_days, self.latencies_days)

    @property
    def undecided_days(self) -> float:
        """Days after which a hit that nobody has decided is closed: its pictures or its moment are kept no longer."""
        return min(self.pictures_days, self.sightings_days, self.alerts_days)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK on any error (also a disk that is full at the commit)."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def purge(connection: sqlite3.Connection, now_utc: datetime, retention: Retention) -> int:
    """Take away one batch of what is older than its retention; returns the rows gone, 0 when nothing is left to do.

    Call it again while it returns more than 0; it is made to run beside the engine.
    """
    gone = 0
    for days, statement in (
        (retention.pictures_days, "DELETE FROM pictures WHERE rowid IN (SELECT p.rowid FROM pictures p LEFT JOIN"
         " sightings s ON s.id = p.sighting_id WHERE s.id IS NULL OR s.last_utc < ? LIMIT ?)"),
        (retention.pictures_days, "DELETE FROM moment_pictures WHERE rowid IN (SELECT rowid FROM moment_pictures"
         " WHERE at_utc < ? LIMIT ?)"),
        (retention.sightings_days, "DELETE FROM moments WHERE alert_id IN (SELECT m.alert_id FROM moments m"
         " LEFT JOIN alerts a ON a.id = m.alert_id WHERE a.id IS NULL OR m.last_utc < ? LIMIT ?)"),
        (retention.alerts_days, "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE at_utc < ? LIMIT ?)"),
        (retention.alerts_days, "DELETE FROM drafts WHERE rowid IN (SELECT rowid FROM drafts WHERE at_utc < ? LIMIT ?)"),
        (retention.alerts_days, "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE raised_utc < ? LIMIT ?)"),
        (retention.sightings_days, "DELETE FROM hits WHERE id IN (SELECT h.id FROM hits h LEFT JOIN sightings s"
         " ON s.id = h.sighting_id WHERE s.id IS NULL OR s.last_utc < ? LIMIT ?)"),
        (retention.sightings_days, "DELETE FROM sightings WHERE id IN (SELECT id FROM sightings WHERE last_utc < ?"
         " LIMIT ?)"),
        (retention.latencies_days, "DELETE FROM latencies WHERE rowid IN (SELECT rowid FROM latencies WHERE at_utc < ?"
         " LIMIT ?)"),
    ):  # fmt: skip
        limit = (now_utc - timedelta(days=days)).isoformat()
        with transaction(connection):
            gone += connection.execute(statement, (limit, PURGE_BATCH)).rowcount
    return gone


def shed_pictures(connection: sqlite3.Connection, count: int) -> int:
    """Drop the oldest pictures to make room, those of alerts only once there are no others; returns how many."""
    with transaction(connection):
        gone = connection.execute(
            "DELETE FROM pictures WHERE rowid IN (SELECT rowid FROM pictures ORDER BY sighting_id LIMIT ?)", (count,)
        ).rowcount
        if not gone:
            gone = connection.execute(
                "DELETE FROM moment_pictures WHERE rowid IN"
                " (SELECT rowid FROM moment_pictures ORDER BY at_utc, pictures_id LIMIT ?)",
                (count,),
            ).rowcount
        return gone


def close_undecided(connection: sqlite3.Connection, seen_before: datetime, now_utc: datetime) -> list[int]:
    """Close recorded hits that nobody has decided and that show a moment before this time; returns their ids.

    It is for what no board has any more: alerts of earlier runs on a list that may not be shown, or is not in the car.
    """
    step = steps_json((AlertStep(StepKind.NOT_DECIDED, now_utc),))[1:-1]
    with transaction(connection):
        rows = connection.execute(
            "UPDATE alerts SET state = ?, steps = json_insert(steps, '$[#]', json(?)) WHERE kind = 'hit'"
            " AND state NOT IN (SELECT value FROM json_each(?)) AND coalesce((SELECT coalesce(nullif(m.pictured_utc, ''),"
            " m.last_utc) FROM moments m WHERE m.alert_id = alerts.id), raised_utc) < ? RETURNING id",
            (AlertState.NOT_DECIDED.value, step, json.dumps(sorted(FINISHED)), seen_before.isoformat()),
        ).fetchall()
    return sorted(alert_id for (alert_id,) in rows)
