"""The records file: every sighting as a capture record, with hits, alerts, decisions and latencies beside it.

SQLite in WAL mode. Each call of `RecordStore` is one transaction, on disk when it returns (synchronous=FULL), so a
process killed at any moment leaves every committed record and a whole file. When the disk is full, pictures go first:
the row is written without them, then older pictures are dropped. Rows are never dropped to make room.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlite_utils

from anpr.alerting.steps import steps_json
from anpr.errors import StoreError
from anpr.records.retention import Retention, purge, shed_pictures, transaction
from anpr.records.rows import COLUMNS, CameraIdentity, pictures_of, recorded, row_of
from anpr.records.schema import migrations
from anpr.values import Alert, Hit, RecordedSighting, Sighting

T = TypeVar("T")

_PAGE: Final = 500
"""Sightings that are read at a time."""

_NO_LONGER_HITS: Final = (
    "UPDATE hits SET probability = 0.0 WHERE sighting_id = ? AND (list_name, entry_vrm) NOT IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
)


@dataclass(slots=True)
class RecordStore:
    """Writes and reads the records; one object belongs to one thread, other threads open their own.

    `run` names this run of the engine, since track ids start anew with each. Raises StoreError when the file cannot
    be opened or is no records file.
    """

    path: Path
    run: str
    identities: dict[str, CameraIdentity] = field(default_factory=dict)
    pictures_shed: int = 0
    """Pictures that were not stored or were dropped because the disk is full."""
    _db: sqlite_utils.Database = field(init=False)
    _sighting_ids: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            connection = sqlite3.connect(self.path, timeout=10.0, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA journal_size_limit=16777216")
            self._db = sqlite_utils.Database(connection)
            migrations.apply(self._db)
        except sqlite3.Error as error:
            raise StoreError(
                f"the records file {self.path} cannot be used ({error}): move it away and start again"
            ) from error

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in."""
        self._db.conn.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of this store's thread."""
        connection: sqlite3.Connection = self._db.conn
        return connection

    def newest_utc(self) -> datetime | None:
        """Return when the newest sighting was made, None when there is none."""
        newest = self.connection.execute("SELECT max(last_utc) FROM sightings").fetchone()[0]
        return None if newest is None else datetime.fromisoformat(newest)

    def record_sighting(self, sighting: Sighting) -> int:
        """Write or bring up to date the capture record of a sighting and return its id."""
        row = row_of(sighting, self.run, self.identities.get(sighting.camera_id, CameraIdentity()))
        known = self._sighting_ids.get(sighting.track_id)
        pictures = pictures_of(sighting)

        def write(room: bool) -> int:
            written = self._write_sighting(known, row, pictures if room else [])
            self.pictures_shed += 0 if room else len(pictures)
            return written

        sighting_id = self._with_room(write)
        if sighting.final:
            self._sighting_ids.pop(sighting.track_id, None)
        else:
            self._sighting_ids[sighting.track_id] = sighting_id
        return sighting_id

    def join_sightings(self, gone_track: int, kept_track: int) -> None:
        """Make one record of two sightings of this run that turned out to be of one vehicle."""
        gone = self._sighting_ids.pop(gone_track, None)
        if gone is None:
            return
        kept = self._sighting_ids.setdefault(kept_track, gone)
        if kept == gone:
            self._with_room(
                lambda _: self._execute_all("UPDATE sightings SET track_id = ? WHERE id = ?", [(kept_track, gone)])
            )
            return
        with transaction(self.connection) as connection:
            connection.execute("UPDATE OR IGNORE hits SET sighting_id = ? WHERE sighting_id = ?", (kept, gone))
            connection.execute("DELETE FROM hits WHERE sighting_id = ?", (gone,))
            connection.execute("UPDATE alerts SET sighting_id = ? WHERE sighting_id = ?", (kept, gone))
            connection.execute("DELETE FROM pictures WHERE sighting_id = ?", (gone,))
            connection.execute("DELETE FROM sightings WHERE id = ?", (gone,))

    def record_hits(self, sighting_id: int, hits: tuple[Hit, ...], *, all_there_are: bool = False) -> None:
        """Write or bring up to date hits of a sighting; with `all_there_are`, others of it are hits no more.

        What later frames took back stays in the records with a probability of 0.
        """
        if all_there_are:
            gone = (sighting_id, json.dumps([[h.hotlist.name, h.entry.vrm] for h in hits]))
            self._with_room(lambda _: self._execute_all(_NO_LONGER_HITS, [gone]))
        rows = [
            (
                sighting_id, h.hotlist.name, h.hotlist.revision, h.entry.vrm, json.dumps(asdict(h.entry)),
                h.probability, int(h.exact), h.reading, h.list_age_s,
            )
            for h in hits
        ]  # fmt: skip
        self._with_room(
            lambda _: self._execute_all(
                "INSERT INTO hits(sighting_id, list_name, list_revision, entry_vrm, entry, probability, exact, reading,"
                " list_age_s) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT(sighting_id, list_name, entry_vrm) DO UPDATE SET"
                " probability=excluded.probability, exact=excluded.exact, reading=excluded.reading",
                rows,
            )
        )

    def record_alert(self, alert: Alert, sighting_id: int | None) -> None:
        """Write or bring up to date an alert with all its steps."""
        fault, before = alert.fault, alert.seen_before
        row = (
            alert.alert_id, sighting_id, alert.kind.value, alert.state.value, alert.priority,
            alert.raised_utc.isoformat(), alert.frame_age_ms, alert.probability, alert.repeats, int(alert.past),
            steps_json(alert.steps), fault.name if fault else None, fault.subject if fault else None,
            fault.text if fault else None, before.times if before else 0, before.last_utc.isoformat() if before else "",
        )  # fmt: skip
        self._with_room(
            lambda _: self._execute_all(
                "INSERT INTO alerts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
                " state=excluded.state, priority=excluded.priority, probability=excluded.probability,"
                " repeats=excluded.repeats, steps=excluded.steps,"
                " sighting_id=coalesce(excluded.sighting_id, sighting_id)",
                [row],
            )
        )

    def record_decision(
        self,
        alert_id: int,
        *,
        camera_id: str,
        decision: str,
        actor: str,
        at_utc: datetime,
        note: str = "",
        typed_vrm: str = "",
        stop_record: dict[str, str] | None = None,
    ) -> None:
        """Write one decision of the crew; earlier ones on the same alert are kept."""
        row = (alert_id, camera_id, decision, note, typed_vrm, actor, at_utc.isoformat(), json.dumps(stop_record or {}))
        self._with_room(
            lambda _: self._execute_all(
                "INSERT INTO decisions(alert_id, camera_id, decision, note, typed_vrm, actor, at_utc, stop_record)"
                " VALUES (?,?,?,?,?,?,?,?)",
                [row],
            )
        )

    def record_latencies(self, at_utc: datetime, stages: dict[str, tuple[float, float, float, int]]) -> None:
        """Write p50, p95, p99 (ms) and the number of samples of each stage."""
        rows = [(at_utc.isoformat(), stage, *figures) for stage, figures in stages.items()]
        self._with_room(lambda _: self._execute_all("INSERT INTO latencies VALUES (?,?,?,?,?,?)", rows))

    def next_alert_id(self) -> int:
        """Return the id for the first alert of this run, after all recorded ones."""
        (last,) = self.connection.execute("SELECT coalesce(max(id), 0) FROM alerts").fetchone()
        return int(last) + 1

    def sightings_since(self, since_utc: datetime) -> Iterator[RecordedSighting]:
        """Return the sightings from a time on that are recorded now, earliest first.

        Read in pages: nothing is being read between two of them, so whoever goes through them may write meanwhile, with
        this very store as well. What is recorded or purged meanwhile is left out.
        """
        found = self.connection.execute(
            "SELECT id FROM sightings WHERE last_utc >= ? ORDER BY last_utc, id", (since_utc.isoformat(),)
        ).fetchall()
        for start in range(0, len(found), _PAGE):
            page = [sighting_id for (sighting_id,) in found[start : start + _PAGE]]
            rows = self.connection.execute(
                f"SELECT {COLUMNS} FROM sightings WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 - columns are ours
                (json.dumps(page),),
            ).fetchall()
            place = {sighting_id: n for n, sighting_id in enumerate(page)}
            yield from (recorded(row) for row in sorted(rows, key=lambda row: place[row[0]]))

    def sightings_of(self, vrm_like: str, limit: int = 100) -> list[RecordedSighting]:
        """Return the latest recorded sightings whose VRM is the given one."""
        rows = self.connection.execute(
            f"SELECT {COLUMNS} FROM sightings WHERE vrm = ? ORDER BY last_utc DESC LIMIT ?",  # noqa: S608 - columns are ours
            (vrm_like, limit),
        )
        return [recorded(row) for row in rows]

    def decisions(self) -> list[tuple[str, str]]:
        """Return (camera id, last decision) of every alert that the crew decided on."""
        return self.connection.execute(
            "SELECT camera_id, decision FROM decisions WHERE id IN (SELECT max(id) FROM decisions GROUP BY alert_id)"
        ).fetchall()

    def picture(self, sighting_id: int, kind: str) -> bytes | None:
        """Return the JPEG of a sighting (`plate` or `overview`), or None when it was shed or purged."""
        row = self.connection.execute(
            "SELECT jpeg FROM pictures WHERE sighting_id = ? AND kind = ?", (sighting_id, kind)
        ).fetchone()
        return bytes(row[0]) if row else None

    def purge(self, now_utc: datetime, retention: Retention) -> int:
        """Take away one batch of what is older than its retention; 0 when nothing is left to do."""
        return purge(self.connection, now_utc, retention)

    def shed_pictures(self, count: int = 200) -> int:
        """Drop the oldest pictures to make room; returns how many."""
        gone = shed_pictures(self.connection, count)
        self.pictures_shed += gone
        return gone

    def _with_room(self, write: Callable[[bool], T]) -> T:
        """Run a write; on a full disk run it again without pictures, dropping old pictures until it fits."""
        room = True
        while True:
            try:
                return write(room)
            except sqlite3.OperationalError as error:
                if "full" not in str(error):
                    raise StoreError(f"the records file {self.path} cannot be written ({error})") from error
                if not room and not self._shed_despite_full():
                    raise StoreError(
                        f"the disk of {self.path} is full and holds no more pictures to drop: free some space"
                    ) from error
                room = False

    def _shed_despite_full(self) -> int:
        with suppress(sqlite3.OperationalError):
            return self.shed_pictures()
        with suppress(sqlite3.OperationalError):
            return self.shed_pictures(1)
        return 0

    def _write_sighting(self, known: int | None, row: dict[str, Any], pictures: list[tuple[str, bytes]]) -> int:
        names = list(row)
        with transaction(self.connection) as connection:
            if known is None:
                marks = ", ".join("?" for _ in names)
                cursor = connection.execute(
                    f"INSERT INTO sightings({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names are ours
                    " ON CONFLICT(run, track_id) DO UPDATE SET vrm=excluded.vrm RETURNING id",
                    list(row.values()),
                )
                sighting_id = int(cursor.fetchone()[0])
            else:
                sets = ", ".join(f"{name}=?" for name in names)
                connection.execute(f"UPDATE sightings SET {sets} WHERE id=?", [*row.values(), known])  # noqa: S608
                sighting_id = known
            connection.executemany(
                "INSERT OR REPLACE INTO pictures VALUES (?,?,?)", [(sighting_id, kind, data) for kind, data in pictures]
            )
        return sighting_id

    def _execute_all(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        with transaction(self.connection) as connection:
            connection.executemany(statement, rows)
