"""The records file: every sighting as a capture record, with hits, alerts, decisions and latencies beside it.

SQLite in WAL mode. Each call of `RecordStore` is one transaction, on disk when it returns (synchronous=FULL), so a
process killed at any moment leaves every committed record and a whole file. When the disk is full, pictures go first:
the row is written without them, then older pictures are dropped. Rows are never dropped to make room.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from anpr import sqlite
from anpr.erasure import cut_log, erase_for_good, pack_file
from anpr.errors import StoreError
from anpr.records import moments
from anpr.records.full_disk import T, with_room
from anpr.records.retention import (
    Retention,
    close_undecided,
    enter_purged,
    erase_particulars,
    purge,
    shed_pictures,
    transaction,
)
from anpr.records.rows import COLUMNS, CameraIdentity, moment, pictures_of, recorded, row_of, vrm_condition
from anpr.records.schema import migrations
from anpr.records.seals import seal_decision, seal_moment, seal_sighting
from anpr.trust.chain import AuditWriter
from anpr.values import Alert, AlertState, Hit, RecordedSighting, Sighting

PACKED_EVERY_S: Final = 3600.0
"""Seconds between two packings of the file, which take away what overwriting does not reach: see `anpr.erasure`."""

PURGES_ENTERED_EVERY_S: Final = 3600.0
"""Seconds between two entries of the audit that say what was purged: what goes minute by minute is told by the hour."""

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
    be opened or is no records file; with `at_once` False each call raises it until the file can be opened.
    """

    path: Path
    run: str
    identities: dict[str, CameraIdentity] = field(default_factory=dict)
    at_once: bool = True
    audit: AuditWriter = field(default_factory=AuditWriter)
    """Enters the hashes of evidence in the audit as it is recorded, in the same transaction."""
    pictures_shed: int = 0
    """Pictures that were not stored or were dropped because the disk is full."""
    _db: sqlite.Database | None = None
    _least_id: int = 0
    """Ids of sightings start here in a new file, so that those of the file before it mean no other."""
    _last_id: int = 0
    _to_cut: bool = True
    """Whether the log may hold what is erased: that of a run that was killed, until it is cut."""
    _to_pack: bool = True
    _packed_s: float | None = None
    _entered_s: float | None = None
    _sighting_ids: dict[int, int] = field(default_factory=dict)
    _encoded: tuple[str, list[tuple[str, bytes]]] = ("", [])
    """Name and JPEG of the pictures that were encoded last: a sighting and its alert are written one after the other."""

    def __post_init__(self) -> None:
        if self.at_once:
            self._db = _opened(self.path)

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in."""
        if self._db is not None:
            self._db.conn.close()
            self._db = None

    def begin_anew(self) -> None:
        """Go on with another file that has the place of the one before, which must be closed: it knows no track yet."""
        self._least_id = self._last_id + 1
        self._sighting_ids.clear()
        self.at_once = False

    @property
    def connection(self) -> sqlite.Connection:
        """The connection of this store's thread. Raises StoreError."""
        if self._db is None:
            if self.at_once:
                raise StoreError(f"the records file {self.path} was closed")
            self._db = _opened(self.path)
        connection: sqlite.Connection = self._db.conn
        return connection

    def newest_utc(self) -> datetime | None:
        """Return when the newest sighting was made, None when there is none or its time is in pieces."""
        newest = self.connection.execute("SELECT max(last_utc) FROM sightings").fetchone()[0]
        try:
            return None if newest is None else moment(newest)
        except ValueError:
            return None

    def record_sighting(self, sighting: Sighting) -> int:
        """Write or bring up to date the capture record of a sighting and return its id."""
        row = row_of(sighting, self.run, self.identities.get(sighting.camera_id, CameraIdentity()))
        known = self._sighting_ids.get(sighting.track_id)
        pictures = self._pictures(sighting)

        def write(room: bool) -> int:
            written = self._write_sighting(known, row, pictures if room else [])
            self.pictures_shed += 0 if room else len(pictures)
            return written

        sighting_id = self._sighting_ids[sighting.track_id] = self._with_room(write)
        if sighting.final:
            del self._sighting_ids[sighting.track_id]
        return sighting_id

    def join_sightings(self, gone_track: int, kept_track: int) -> None:
        """Make one record of two sightings of this run that turned out to be of one vehicle."""
        gone = self._sighting_ids.get(gone_track)
        if gone is None:
            return
        kept = self._sighting_ids.get(kept_track, gone)
        if kept == gone:
            self._with_room(
                lambda _: self._execute_all("UPDATE sightings SET track_id = ? WHERE id = ?", [(kept_track, gone)])
            )
        else:
            self._with_room(lambda _: self._merge(gone, kept))
        del self._sighting_ids[gone_track]
        self._sighting_ids[kept_track] = kept

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
                h.probability, int(h.exact), h.reading, h.list_age_s, int(h.possible), h.offer,
            )
            for h in hits
        ]  # fmt: skip
        self._with_room(
            lambda _: self._execute_all(
                "INSERT INTO hits(sighting_id, list_name, list_revision, entry_vrm, entry, probability, exact, reading,"
                " list_age_s, possible, offer) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(sighting_id, list_name, entry_vrm) DO UPDATE SET"
                " probability=excluded.probability, exact=excluded.exact, reading=excluded.reading,"
                " possible=excluded.possible, offer=excluded.offer",
                rows,
            )
        )

    def record_alert(self, alert: Alert, sighting_id: int | None) -> None:
        """Write or bring up to date an alert with all its steps and the moment that it shows."""

        def write(connection: sqlite.Connection) -> None:
            if moments.keep_alert(connection, alert, sighting_id):
                seal_moment(connection, self.audit, alert.alert_id)

        self._write(write)

    def seal_sighting(self, sighting_id: int) -> None:
        """Enter the hashes of a recorded sighting with hits in the audit, once it is as it stays."""
        self._write(lambda connection: seal_sighting(connection, self.audit, sighting_id))

    def keep_pictures(self, sighting: Sighting) -> None:
        """Keep the pictures of a version that an alert may show, under their own name; once is enough."""
        name = sighting.pictures_id
        if not name or moments.has_pictures(self.connection, name):
            return
        pictures = self._pictures(sighting)

        def write(room: bool) -> None:
            if room:
                self._execute_all(moments.KEEP_PICTURE, moments.picture_rows(sighting, pictures))
            self.pictures_shed += 0 if room else len(pictures)

        self._with_room(write)

    def take_over_pictures(self, damaged: Path, names: Iterable[str]) -> None:
        """Take over the pictures of alerts that wait from a damaged file, as far as it gives them."""
        wanted = list(names)
        self._with_room(lambda room: moments.take_over_pictures(self.connection, damaged, wanted if room else ()))

        def seal(connection: sqlite.Connection) -> None:
            for name in wanted:
                for (alert_id,) in connection.execute(
                    "SELECT alert_id FROM moments WHERE pictures_id = ?", (name,)
                ).fetchall():
                    seal_moment(connection, self.audit, alert_id)

        self._write(seal)

    def keep_recorded_pictures(self, sighting_id: int, sighting: Sighting) -> None:
        """Keep the pictures of a recorded sighting under the name that this version of it has now."""
        self._write(lambda connection: moments.keep_recorded_pictures(connection, sighting_id, sighting))

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
        enter: Callable[[sqlite.Connection], object] = lambda _: None,
    ) -> None:
        """Write one decision of the crew; earlier ones on the same alert are kept. `enter` is called in the same transaction."""
        row = (alert_id, camera_id, decision, note, typed_vrm, actor, at_utc.isoformat(), json.dumps(stop_record or {}))

        def write(connection: sqlite.Connection) -> None:
            enter(connection)
            cursor = connection.execute(
                "INSERT INTO decisions(alert_id, camera_id, decision, note, typed_vrm, actor, at_utc, stop_record)"
                " VALUES (?,?,?,?,?,?,?,?)",
                row,
            )
            seal_decision(connection, self.audit, int(cursor.lastrowid or 0))

        self._write(write)

    def record_latencies(self, at_utc: datetime, stages: dict[str, tuple[float, float, float, int]]) -> None:
        """Write p50, p95, p99 (ms) and the number of samples of each stage."""
        rows = [(at_utc.isoformat(), stage, *figures) for stage, figures in stages.items()]
        self._with_room(lambda _: self._execute_all("INSERT INTO latencies VALUES (?,?,?,?,?,?)", rows))

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

    def sightings_of(self, vrm: str, limit: int = 100) -> list[RecordedSighting]:
        """Return the latest recorded sightings whose VRM is the given one, or fits it: see `vrm_condition`."""
        condition, wanted = vrm_condition(vrm)
        rows = self.connection.execute(
            f"SELECT {COLUMNS} FROM sightings WHERE {condition} ORDER BY last_utc DESC LIMIT ?2",  # noqa: S608 - ours
            (wanted, limit),
        )
        return [recorded(row) for row in rows]

    def count_of(self, vrm: str) -> int:
        """Return how many recorded sightings `sightings_of` would return without a limit."""
        condition, wanted = vrm_condition(vrm)
        (count,) = self.connection.execute(f"SELECT count(*) FROM sightings WHERE {condition}", (wanted,)).fetchone()  # noqa: S608 - ours
        return int(count)

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

    def moment_picture(self, pictures_id: str, kind: str) -> bytes | None:
        """Return the JPEG that belongs to the moment of an alert, by the name of its pictures, or None."""
        row = self.connection.execute(
            "SELECT jpeg FROM moment_pictures WHERE pictures_id = ? AND kind = ?", (pictures_id, kind)
        ).fetchone()
        return bytes(row[0]) if row else None

    def not_decided(self) -> int:
        """Return how many recorded alerts were closed because nobody had decided."""
        (count,) = self.connection.execute(
            "SELECT count(*) FROM alerts WHERE state = ?", (AlertState.NOT_DECIDED.value,)
        ).fetchone()
        return int(count)

    def close_undecided(self, seen_before: datetime, now_utc: datetime) -> list[int]:
        """Close recorded hits that nobody has decided, as `anpr.records.retention`; returns their ids."""
        return self._with_room(lambda _: close_undecided(self.connection, seen_before, now_utc))

    def purge(self, now_utc: datetime, retention: Retention) -> int:
        """Take away one batch of what is older than its retention; 0 when nothing is left to do.

        Then it is entered in the audit, at once or within an hour, and nothing is left of it in the file and its log either, or, where somebody reads them now, after a later call.
        """
        gone = purge(self.connection, now_utc, retention)
        if gone:
            self._to_cut = self._to_pack = True
            return gone
        erased = erase_particulars(self.connection, self.audit, now_utc, retention)
        self._to_cut = self._to_pack = self._to_pack or bool(erased)
        if self._entered_s is None or monotonic() - self._entered_s >= PURGES_ENTERED_EVERY_S:
            self._entered_s = monotonic()
            enter_purged(self.connection, self.audit)
        self._leave_nothing()
        return 0

    def within(self, write: Callable[[sqlite.Connection], T]) -> T:
        """Return what a write gives that is one transaction: on disk when this returns, or not done at all."""

        def whole(_: bool) -> T:
            with transaction(self.connection) as connection:
                return write(connection)

        return self._with_room(whole)

    def enter(self, actor: str, action: str, detail: dict[str, str]) -> None:
        """Enter something in the audit."""
        self._write(lambda connection: self.audit.enter(connection, actor, action, detail))

    def shed_pictures(self, count: int = 200) -> int:
        """Drop the oldest pictures to make room; returns how many."""
        gone = shed_pictures(self.connection, count)
        self._to_cut = self._to_pack = True
        self.pictures_shed += gone
        return gone

    def _leave_nothing(self) -> None:
        now_s = monotonic()
        if self._to_pack and (self._packed_s is None or now_s - self._packed_s >= PACKED_EVERY_S):
            self._packed_s = now_s
            self._to_pack = False
            self._to_cut = not pack_file(self.connection, self.path)
        elif self._to_cut:
            self._to_cut = not cut_log(self.connection)

    def _write(self, write: Callable[[sqlite.Connection], object]) -> None:
        self.within(write)

    def _with_room(self, write: Callable[[bool], T]) -> T:
        return with_room(write, self.path, self.shed_pictures)

    def _pictures(self, sighting: Sighting) -> list[tuple[str, bytes]]:
        if sighting.plate_image is None and sighting.overview_image is None:
            return []
        if not sighting.pictures_id or self._encoded[0] != sighting.pictures_id:
            self._encoded = (sighting.pictures_id, pictures_of(sighting))
        return self._encoded[1]

    def _merge(self, gone: int, kept: int) -> None:
        with transaction(self.connection) as connection:
            connection.execute("UPDATE OR IGNORE hits SET sighting_id = ? WHERE sighting_id = ?", (kept, gone))
            connection.execute("DELETE FROM hits WHERE sighting_id = ?", (gone,))
            connection.execute("UPDATE alerts SET sighting_id = ? WHERE sighting_id = ?", (kept, gone))
            connection.execute("DELETE FROM pictures WHERE sighting_id = ?", (gone,))
            connection.execute("DELETE FROM sightings WHERE id = ?", (gone,))

    def _write_sighting(self, known: int | None, row: dict[str, Any], pictures: list[tuple[str, bytes]]) -> int:
        names = list(row)
        with transaction(self.connection) as connection:
            if known is None:
                marks, newer = ", ".join("?" for _ in names), ", ".join(f"{name}=excluded.{name}" for name in names)
                cursor = connection.execute(
                    f"INSERT INTO sightings(id, {', '.join(names)})"  # noqa: S608 - names are ours
                    f" VALUES (max(?, (SELECT coalesce(max(id), 0) + 1 FROM sightings)), {marks})"
                    f" ON CONFLICT(run, track_id) DO UPDATE SET {newer} RETURNING id",
                    [self._least_id, *row.values()],
                )
                sighting_id = int(cursor.fetchone()[0])
                self._last_id = max(self._last_id, sighting_id)
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


def _opened(path: Path) -> sqlite.Database:
    connection: sqlite.Connection | None = None
    try:
        connection = sqlite.connect(path, timeout=10.0)
        erase_for_good(connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA journal_size_limit=16777216")
        database = sqlite.Database(connection)
        migrations.apply(database)
        connection.text_factory = _text  # not before: what a file is made of must be whole
    except sqlite.Error as error:
        if connection is not None:
            connection.close()
        raise StoreError(
            f"the records file {path} cannot be used ({error}): start the patrol, which begins a new one if it is damaged"
        ) from error
    return database


def _text(content: bytes) -> str:
    """Return a text of the file; one with damaged bytes costs itself and not what is read with it."""
    return content.decode("utf-8", "replace")
