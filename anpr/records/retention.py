"""How long records are kept, and what goes first when there is no room."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from anpr import sqlite
from anpr.alerting.lifecycle import FINISHED
from anpr.alerting.steps import steps_json
from anpr.records.holds import held
from anpr.trust.audit import PARTICULARS_ERASED
from anpr.trust.chain import AuditWriter, make_tables
from anpr.values import AlertState, AlertStep, StepKind

RECORDS_PURGED: Final = "records purged"
"""Action of the entry of the audit that says how many rows of each kind were taken away."""

PURGE_BATCH: Final = 500
"""Rows that one purging transaction takes away, so that writers never wait long."""


NOTED_EVERY: Final = timedelta(minutes=10)
"""So often it is noted how far each table has come (`recorded_until`)."""
_DATED: Final = ("sightings", "alerts", "decisions", "drafts", "moment_pictures", "latencies", "stops")
_LAST_ROW: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that each kind of record is kept."""

    pictures_days: float = 7.0
    sightings_days: float = 7.0
    alerts_days: float = 31.0
    latencies_days: float = 7.0
    audit_days: float = 365.0
    """After which the particulars of entries of the audit go; the chain stays."""
    stops_days: float = 31.0
    """Stops with all that they say of people, counted from when they began; their pictures stay for as long."""

    @property
    def longest_days(self) -> float:
        """Days after which nothing of a records file would be kept: then a damaged one that was set aside goes as a whole."""
        return max(self.pictures_days, self.sightings_days, self.alerts_days, self.latencies_days, self.stops_days)

    @property
    def undecided_days(self) -> float:
        """Days after which a hit that nobody has decided is closed: its pictures or its moment are kept no longer."""
        return min(self.pictures_days, self.sightings_days, self.alerts_days)


@contextmanager
def transaction(connection: sqlite.Connection) -> Iterator[sqlite.Connection]:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK on any error (also a disk that is full at the commit)."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def purge(connection: sqlite.Connection, now_utc: datetime, retention: Retention) -> int:
    """Take away one batch of what is older than its retention; returns the rows gone, 0 when nothing is left to do.

    `now_utc` is a time that is trusted. Call it again while it returns more than 0; it is made to run beside the engine.
    """
    gone = 0
    _note_how_far(connection, now_utc, retention)
    for days, table, statement in (
        (retention.pictures_days, "sightings", "DELETE FROM pictures WHERE rowid IN (SELECT p.rowid FROM pictures p LEFT JOIN"
         " sightings s ON s.id = p.sighting_id WHERE (s.id IS NULL OR {s.last_utc, s.id}) AND p.sighting_id NOT IN [sightings] LIMIT :most)"),
        (retention.pictures_days, "moment_pictures", "DELETE FROM moment_pictures WHERE rowid IN (SELECT rowid FROM"
         " moment_pictures WHERE {at_utc, rowid} AND pictures_id NOT IN [pictures] LIMIT :most)"),
        (retention.sightings_days, "alerts", "DELETE FROM moments WHERE alert_id IN (SELECT m.alert_id FROM moments m"
         " LEFT JOIN alerts a ON a.id = m.alert_id WHERE (a.id IS NULL OR (m.last_utc < :limit AND m.alert_id <= :seen)) AND m.alert_id NOT IN [alerts] LIMIT :most)"),
        (retention.alerts_days, "decisions", "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE {at_utc, id} AND alert_id NOT IN [alerts]"
         " LIMIT :most)"),
        (retention.alerts_days, "drafts", "DELETE FROM drafts WHERE rowid IN (SELECT rowid FROM drafts WHERE {at_utc, rowid}"
         " LIMIT :most)"),
        (retention.alerts_days, "alerts", "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE {raised_utc, id} AND id NOT IN [alerts]"
         " LIMIT :most)"),
        (retention.sightings_days, "sightings", "DELETE FROM hits WHERE id IN (SELECT h.id FROM hits h LEFT JOIN sightings s"
         " ON s.id = h.sighting_id WHERE (s.id IS NULL OR {s.last_utc, s.id}) AND h.sighting_id NOT IN [sightings] LIMIT :most)"),
        (retention.sightings_days, "sightings", "DELETE FROM sightings WHERE id IN (SELECT id FROM sightings WHERE"
         " {last_utc, id} AND id NOT IN [sightings] LIMIT :most)"),
        (retention.latencies_days, "latencies", "DELETE FROM latencies WHERE rowid IN (SELECT rowid FROM latencies WHERE"
         " {at_utc, rowid} LIMIT :most)"),
        (retention.stops_days, "stops", "DELETE FROM stops WHERE id IN (SELECT id FROM stops WHERE {begun_utc, id}"
         " AND coalesce(alert_id, 0) NOT IN [alerts] LIMIT :most)"),
        (retention.stops_days, "stops", "DELETE FROM stop_texts WHERE rowid IN (SELECT rowid FROM stop_texts WHERE stop_id NOT IN"
         " (SELECT id FROM stops) LIMIT :most)"),
        (retention.stops_days, "stops", "DELETE FROM stop_additions WHERE id IN (SELECT id FROM stop_additions WHERE stop_id NOT IN"
         " (SELECT id FROM stops) LIMIT :most)"),
    ):  # fmt: skip
        limit = now_utc - timedelta(days=days)
        with transaction(connection):
            values = {"limit": limit.isoformat(), "most": PURGE_BATCH, **_how_far(connection, table, limit)}
            went = connection.execute(held(_OVER_AGE.sub(_RULE, statement)), values).rowcount
            count_purged(connection, _TABLE.search(statement)[1], went)  # type: ignore[index]
            gone += went
    if gone:
        _note_what_shrank(connection, now_utc)
    return gone


_TABLE: Final = re.compile(r"DELETE FROM (\w+)")

_OVER_AGE: Final = re.compile(r"\{([\w.]+), ([\w.]+)\}")
_RULE: Final = r"((\1 < :limit AND \2 <= :seen) OR \2 <= :sure)"
"""A row goes by its own date once it was there when the limit passed, and whatever its date says once it was there before.

A date that the tablet's clock told while it was wrong makes a row neither older nor younger than it is.
"""


def _note_how_far(connection: sqlite.Connection, now_utc: datetime, retention: Retention) -> None:
    """Note, at a time that is trusted, up to which row each table has come; not more often than every `NOTED_EVERY`."""
    last = connection.execute("SELECT max(at_utc) FROM recorded_until").fetchone()[0]
    if last is not None and now_utc - datetime.fromisoformat(last) < NOTED_EVERY:
        return
    kept_days = 1 + max(
        retention.pictures_days,
        retention.sightings_days,
        retention.alerts_days,
        retention.latencies_days,
        retention.stops_days,
    )
    with transaction(connection):
        for table in _DATED:
            connection.execute(
                f"INSERT INTO recorded_until SELECT ?, ?, coalesce(max(rowid), 0) FROM {table}",  # noqa: S608
                (now_utc.isoformat(), table),
            )
        _note_audit(connection, now_utc)
        for days, names in ((kept_days, _DATED), (1 + retention.audit_days, ("audit",))):
            connection.execute(
                "DELETE FROM recorded_until WHERE name IN (SELECT value FROM json_each(:names)) AND at_utc < (SELECT max(at_utc)"
                " FROM recorded_until WHERE name IN (SELECT value FROM json_each(:names)) AND at_utc <= :limit)",
                {"names": json.dumps(names), "limit": (now_utc - timedelta(days=days)).isoformat()},
            )


def _note_audit(connection: sqlite.Connection, now_utc: datetime) -> None:
    """Note how far the audit has come, once a day: its notes are kept for as long as its particulars."""
    make_tables(connection)
    (last,) = connection.execute("SELECT max(at_utc) FROM recorded_until WHERE name = 'audit'").fetchone()
    if last is None or now_utc - datetime.fromisoformat(last) >= timedelta(days=1):
        connection.execute(
            "INSERT INTO recorded_until SELECT ?, 'audit', coalesce(max(seq), 0) FROM audit", (now_utc.isoformat(),)
        )


def _how_far(connection: sqlite.Connection, table: str, limit: datetime) -> dict[str, int]:
    """Return up to which row a table had certainly come at a time (`sure`), and at most (`seen`).

    A row that was there then, and still is, has no higher number than the table had at any time since.
    """
    at = limit.isoformat()
    sure = connection.execute(
        "SELECT min(last) FROM recorded_until WHERE name = :name AND at_utc >= (SELECT max(at_utc) FROM recorded_until"
        " WHERE name = :name AND at_utc <= :at)",
        {"name": table, "at": at},
    ).fetchone()[0]
    seen = connection.execute(
        "SELECT min(last) FROM recorded_until WHERE name = ? AND at_utc > ?", (table, at)
    ).fetchone()[0]
    return {"sure": -1 if sure is None else sure, "seen": _LAST_ROW if seen is None else seen}


def _note_what_shrank(connection: sqlite.Connection, now_utc: datetime) -> None:
    """Note at once where a table lost its last rows: their numbers are given anew, to rows that are not as old as those were."""
    with transaction(connection):
        for table in _DATED:
            connection.execute(
                f"INSERT OR REPLACE INTO recorded_until SELECT ?1, ?2, t.last FROM (SELECT coalesce(max(rowid), 0) AS last"  # noqa: S608
                f" FROM {table}) t WHERE t.last < (SELECT last FROM recorded_until WHERE name = ?2 ORDER BY at_utc DESC LIMIT 1)",
                (now_utc.isoformat(), table),
            )


def erase_particulars(
    connection: sqlite.Connection, writer: AuditWriter, now_utc: datetime, retention: Retention
) -> int:
    """Erase the particulars of entries of the audit that are over their age, at a time that is trusted; returns of how many.

    Those that speak of a held alert stay. It is done a day's entries at a time, since each time makes an entry itself.
    """
    limit = now_utc - timedelta(days=retention.audit_days)
    through = _how_far(connection, "audit", limit)["sure"]
    with transaction(connection):
        oldest = connection.execute(_OLDEST_PARTICULARS, {"through": through}).fetchone()[0]
        if oldest is None or oldest >= (limit - timedelta(days=1)).isoformat():
            return 0
        gone = connection.execute(_ERASE_PARTICULARS, {"through": through}).rowcount
        writer.enter(connection, "engine", PARTICULARS_ERASED, {"through": str(through), "entries": str(gone)})
        return gone


_OLD: Final = (
    "(SELECT p.seq FROM audit_particulars p WHERE p.seq <= :through AND coalesce(CASE WHEN json_valid(p.detail) THEN"
    " json_extract(p.detail, '$.alert') END, '') NOT IN (SELECT CAST(alert_id AS TEXT) FROM holds))"
)
_OLDEST_PARTICULARS: Final = f"SELECT min(a.at_utc) FROM audit a WHERE a.seq IN {_OLD}"  # noqa: S608 - it is ours
_ERASE_PARTICULARS: Final = f"DELETE FROM audit_particulars WHERE seq IN {_OLD}"  # noqa: S608 - it is ours


def count_purged(connection: sqlite.Connection, kind: str, rows: int) -> None:
    """Count what is taken away, in the transaction that does it; `enter_purged` enters it in the audit."""
    if rows > 0:
        connection.execute("UPDATE purged SET rows = rows + ? WHERE kind = ?", (rows, kind))


def enter_purged(connection: sqlite.Connection, writer: AuditWriter) -> None:
    """Enter in the audit what was taken away since it was last entered, by any run of the program."""
    with transaction(connection):
        counts = connection.execute("SELECT kind, rows FROM purged WHERE rows > 0 ORDER BY kind").fetchall()
        if counts:
            writer.enter(connection, "engine", RECORDS_PURGED, {kind: str(rows) for kind, rows in counts})
            connection.execute("UPDATE purged SET rows = 0")


def shed_pictures(connection: sqlite.Connection, count: int) -> int:
    """Drop the oldest pictures to make room, those of alerts only once there are no others, those that are held never; returns how many."""
    with transaction(connection):
        gone = connection.execute(
            held("DELETE FROM pictures WHERE rowid IN (SELECT rowid FROM pictures WHERE sighting_id NOT IN [sightings]"
                 " ORDER BY sighting_id LIMIT ?)"),
            (count,),
        ).rowcount  # fmt: skip
        if not gone:
            gone = connection.execute(
                held("DELETE FROM moment_pictures WHERE rowid IN (SELECT rowid FROM moment_pictures WHERE pictures_id NOT IN"
                     " [pictures] ORDER BY at_utc, pictures_id LIMIT ?)"),
                (count,),
            ).rowcount  # fmt: skip
        count_purged(connection, "pictures_for_room", gone)
        return gone


def close_undecided(connection: sqlite.Connection, seen_before: datetime, now_utc: datetime) -> list[int]:
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
