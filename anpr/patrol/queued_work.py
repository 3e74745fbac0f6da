"""What is done behind queues, recording and look-back: each opens its records file in the thread that owns it."""

import uuid
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from anpr import sqlite
from anpr.config.car import PatrolConfig
from anpr.config.data_folder import latest_date, records_db
from anpr.desk.records import DamageSeen, FoundLookingBack, record_found, record_item
from anpr.engine.engine import Engine
from anpr.errors import StoreError
from anpr.records.recorder import Recorder
from anpr.records.renewal import renew
from anpr.records.retention import Retention
from anpr.records.rows import CameraIdentity
from anpr.records.store import RecordStore
from anpr.set_aside import identity, is_damage
from anpr.trust.audit import AuditLog
from anpr.trust.chain import AuditWriter
from anpr.trusted_time import TrustedTime
from anpr.values import Alert
from hotlists.matching.in_force import InForce
from hotlists.matching.look_back import look_back
from hotlists.matching.matcher import HotlistMatcher

Announce = Callable[[tuple[Alert, ...]], None]

Work = tuple[Callable[[object], None], Callable[[], None], Callable[[], None]]
"""What `anpr.threads.QueueThread` runs: take an item, upkeep, close."""

Held = Iterable[Callable[[], AbstractContextManager[None]]]
"""What else of this program has the records file open: each lets go of it while its context is entered."""


def open_recorder(
    config: PatrolConfig,
    folder: Path,
    engine: Engine,
    announce: Announce,
    audit: AuditLog,
    trusted: TrustedTime | None = None,
    held: Held = (),
) -> Recorder:
    """Return the recorder of a configuration, its records file open if it can be; for the calling thread alone."""
    records, path = config.records, records_db(folder)

    def begin_new_file(why: str) -> Path:
        with ExitStack() as released:
            for let_go in held:
                released.enter_context(let_go())
            return renew(path, trusted.utc() if trusted is not None else engine.clock_utc(), why, engine.clock_utc)

    identities = {c.id: CameraIdentity(config.car.feed_id, config.car.source_id, c.number) for c in config.camera}
    return Recorder(
        RecordStore(
            path,
            uuid.uuid4().hex,
            identities,
            at_once=False,
            audit=AuditWriter(engine.clock_utc, (lambda: trusted.look().why) if trusted is not None else lambda: ""),
        ),
        engine.faults,
        engine.clock_utc,
        announce,
        Retention(
            records.pictures_days,
            records.sightings_days,
            records.alerts_days,
            records.latencies_days,
            records.audit_days,
            records.stops_days,
        ),
        config.perception.reported_confidence,
        int(records.least_free_mb * 1e6),
        lambda alert_id: audit.record("engine", "alert not decided", {"alert": str(alert_id)}),
        begin_new_file,
        trusted,
        latest_date(folder),
    )


def open_recording(
    config: PatrolConfig,
    folder: Path,
    engine: Engine,
    announce: Announce,
    audit: AuditLog,
    trusted: TrustedTime | None = None,
    held: Held = (),
) -> Work:
    """Return the work of the recording thread; it begins whether the records can be written or not."""
    recorder = open_recorder(config, folder, engine, announce, audit, trusted, held)
    recorder.begin()
    return (
        lambda item: record_item(recorder, item),
        lambda: recorder.upkeep(engine.latencies.percentiles()),
        recorder.close,
    )


@dataclass(slots=True)
class LookBack:
    """Matches lists that have changed against what was recorded, `span` back; owned by one thread.

    The records are open for each change anew. `put` takes what cannot be written now to the recording thread, which tries
    until it can, and hears of a records file in pieces.
    """

    matcher: HotlistMatcher
    engine: Engine
    records: Path
    announce: Announce
    span: timedelta
    put: Callable[[object], None]
    busy_ms: int = 10_000
    """So long a write waits for another."""

    def take(self, change: object) -> None:
        """Take the lists in force before and after a change; hits are recorded, and raised where the crew may know of them."""
        before, after = cast("tuple[InForce, InForce]", change)
        seen = identity(self.records)
        try:
            with closing(RecordStore(self.records, "look back", audit=AuditWriter(self.engine.clock_utc))) as store:
                store.connection.execute(f"PRAGMA busy_timeout = {self.busy_ms:d}")
                self._look(store, before, after)
        except (StoreError, sqlite.Error) as error:
            if is_damage(error):
                told = StoreError(f"the records file {self.records} cannot be read ({error})")
                told.__cause__ = error
                self.put(DamageSeen(told, seen))
            raise

    def _look(self, store: RecordStore, before: InForce, after: InForce) -> None:
        for past in look_back(self.matcher, store, before, after, self.engine.clock_utc(), self.span):
            seen = replace(past.hit.sighting, pictures_id=uuid.uuid4().hex)
            raised = self.engine.board.look_back(replace(past.hit, sighting=seen), self.engine.clock_utc())
            found = FoundLookingBack(past.sighting_id, past.hit, raised)
            try:
                record_found(store, found)
            except StoreError:
                self.put(found)
            self.announce(raised)


def open_look_back(
    config: PatrolConfig,
    folder: Path,
    matcher: HotlistMatcher,
    engine: Engine,
    announce: Announce,
    put: Callable[[object], None],
) -> LookBack:
    """Return the look-back of a configuration; for one thread."""
    span = timedelta(hours=config.alerts.look_back_h)
    return LookBack(matcher, engine, records_db(folder), announce, span, put)


def open_looking_back(
    config: PatrolConfig,
    folder: Path,
    matcher: HotlistMatcher,
    engine: Engine,
    announce: Announce,
    put: Callable[[object], None],
) -> Work:
    """Return the work of the look-back thread."""
    work = open_look_back(config, folder, matcher, engine, announce, put)
    return work.take, lambda: None, lambda: None
