"""How long records are kept, and what goes first when there is no room."""

import json
import re
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


NOTED_EVERY: Final = timedelta(minutes=10)
"""So often it is noted how far each table has come (`recorded_until`)."""
_DATED: Final = ("sightings", "alerts", "decisions", "drafts", "moment_pictures", "latencies")
_LAST_ROW: Final = 2**63 - 1


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

    `now_utc` is a time that is trusted. Call it again while it returns more than 0; it is made to run beside the engine.
    """
    gone = 0
    _note_how_far(connection, now_utc, retention)
    for days, table, statement in (
        (retention.pictures_days, "sightings", "DELETE FROM pictures WHERE rowid IN (SELECT p.rowid FROM pictures p LEFT JOIN"
         " sightings s ON s.id = p.sighting_id WHERE s.id IS NULL OR {s.last_utc, s.id} LIMIT :most)"),
        (retention.pictures_days, "moment_pictures", "DELETE FROM moment_pictures WHERE rowid IN (SELECT rowid FROM"
         " moment_pictures WHERE {at_utc, rowid} LIMIT :most)"),
        (retention.sightings_days, "alerts", "DELETE FROM moments WHERE alert_id IN (SELECT m.alert_id FROM moments m"
         " LEFT JOIN alerts a ON a.id = m.alert_id WHERE a.id IS NULL OR (m.last_utc < :limit AND m.alert_id <= :seen) LIMIT :most)"),
        (retention.alerts_days, "decisions", "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE {at_utc, id}"
         " LIMIT :most)"),
        (retention.alerts_days, "drafts", "DELETE FROM drafts WHERE rowid IN (SELECT rowid FROM drafts WHERE {at_utc, rowid}"
         " LIMIT :most)"),
        (retention.alerts_days, "alerts", "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE {raised_utc, id}"
         " LIMIT :most)"),
        (retention.sightings_days, "sightings", "DELETE FROM hits WHERE id IN (SELECT h.id FROM hits h LEFT JOIN sightings s"
         " ON s.id = h.sighting_id WHERE s.id IS NULL OR {s.last_utc, s.id} LIMIT :most)"),
        (retention.sightings_days, "sightings", "DELETE FROM sightings WHERE id IN (SELECT id FROM sightings WHERE"
         " {last_utc, id} LIMIT :most)"),
        (retention.latencies_days, "latencies", "DELETE FROM latencies WHERE rowid IN (SELECT rowid FROM latencies WHERE"
         " {at_utc, rowid} LIMIT :most)"),
    ):  # fmt: skip
        limit = now_utc - timedelta(days=days)
        with transaction(connection):
            values = {"limit": limit.isoformat(), "most": PURGE_BATCH, **_how_far(connection, table, limit)}
            gone += connection.execute(_OVER_AGE.sub(_RULE, statement), values).rowcount
    return gone


_OVER_AGE: Final = re.compile(r"\{([\w.]+), ([\w.]+)\}")
_RULE: Final = r"((\1 < :limit AND \2 <= :seen) OR \2 <= :sure)"
"""A row goes by its own date once it was there when the limit passed, and whatever its date says once it was there before.

A date that the tablet's clock told while it was wrong makes a row neither older nor younger than it is.
"""


def _note_how_far(connection: sqlite3.Connection, now_utc: datetime, retention: Retention) -> None:
    """Note, at a time that is trusted, up to which row each table has come; not more often than every `NOTED_EVERY`."""
    last = connection.execute("SELECT max(at_utc) FROM recorded_until").fetchone()[0]
    if last is not None and now_utc - datetime.fromisoformat(last) < NOTED_EVERY:
        return
    kept_days = 1 + max(
        retention.pictures_days, retention.sightings_days, retention.alerts_days, retention.latencies_days
    )
    with transaction(connection):
        for table in _DATED:
            connection.execute(
                f"INSERT INTO recorded_until SELECT ?, ?, coalesce(max(rowid), 0) FROM {table}",  # noqa: S608
                (now_utc.isoformat(), table),
            )
        connection.execute(
            "DELETE FROM recorded_until WHERE at_utc < (SELECT max(at_utc) FROM recorded_until WHERE at_utc <= ?)",
            ((now_utc - timedelta(days=kept_days)).isoformat(),),
        )


def _how_far(connection: sqlite3.Connection, table: str, limit: datetime) -> dict[str, int]:
    """Return up to which row a table had certainly come at a time (`sure`), and at most (`seen`)."""
    at = limit.isoformat()
    sure = connection.execute(
        "SELECT last FROM recorded_until WHERE name = ? AND at_utc <= ? ORDER BY at_utc DESC LIMIT 1", (table, at)
    ).fetchone()
    seen = connection.execute(
        "SELECT last FROM recorded_until WHERE name = ? AND at_utc > ? ORDER BY at_utc LIMIT 1", (table, at)
    ).fetchone()
    return {"sure": sure[0] if sure else -1, "seen": seen[0] if seen else _LAST_ROW}


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
