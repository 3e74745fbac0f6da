"""What is done behind queues, recording and look-back: each opens its records file in the thread that owns it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from anpr.config.car import PatrolConfig
from anpr.config.data_folder import latest_date, records_db
from anpr.desk.records import FoundLookingBack, record_found, record_item
from anpr.engine.engine import Engine
from anpr.errors import StoreError
from anpr.records.recorder import Recorder
from anpr.records.retention import Retention
from anpr.records.rows import CameraIdentity
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditLog
from anpr.trusted_time import TrustedTime
from anpr.values import Alert
from hotlists.matching.in_force import InForce
from hotlists.matching.look_back import look_back
from hotlists.matching.matcher import HotlistMatcher

Announce = Callable[[tuple[Alert, ...]], None]

Work = tuple[Callable[[object], None], Callable[[], None], Callable[[], None]]
"""What `anpr.threads.QueueThread` runs: take an item, upkeep, close."""


def open_recorder(
    config: PatrolConfig,
    folder: Path,
    engine: Engine,
    announce: Announce,
    audit: AuditLog,
    trusted: TrustedTime | None = None,
) -> Recorder:
    """Return the recorder of a configuration, its records file open; for the calling thread alone."""
    records = config.records
    identities = {c.id: CameraIdentity(config.car.feed_id, config.car.source_id, c.number) for c in config.camera}
    return Recorder(
        RecordStore(records_db(folder), uuid.uuid4().hex, identities),
        engine.faults,
        engine.clock_utc,
        announce,
        Retention(records.pictures_days, records.sightings_days, records.alerts_days, records.latencies_days),
        config.perception.reported_confidence,
        int(records.least_free_mb * 1e6),
        lambda alert_id: audit.record("engine", "alert not decided", {"alert": str(alert_id)}),
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
) -> Work:
    """Return the work of the recording thread."""
    recorder = open_recorder(config, folder, engine, announce, audit, trusted)
    return (
        lambda item: record_item(recorder, item),
        lambda: recorder.upkeep(engine.latencies.percentiles()),
        recorder.close,
    )


@dataclass(slots=True)
class LookBack:
    """Matches lists that have changed against what was recorded, `span` back; owned by one thread.

    `put` takes what cannot be written now to the recording thread, which tries until it can.
    """

    matcher: HotlistMatcher
    engine: Engine
    store: RecordStore
    announce: Announce
    span: timedelta
    put: Callable[[object], None]

    def take(self, change: object) -> None:
        """Take the lists in force before and after a change; hits are recorded, and raised where the crew may know of them."""
        before, after = cast("tuple[InForce, InForce]", change)
        for past in look_back(self.matcher, self.store, before, after, self.engine.clock_utc(), self.span):
            seen = replace(past.hit.sighting, pictures_id=uuid.uuid4().hex)
            raised = self.engine.board.look_back(replace(past.hit, sighting=seen), self.engine.clock_utc())
            found = FoundLookingBack(past.sighting_id, past.hit, raised)
            try:
                record_found(self.store, found)
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
    """Return the look-back of a configuration, its records file open; for the calling thread alone."""
    span = timedelta(hours=config.alerts.look_back_h)
    return LookBack(matcher, engine, RecordStore(records_db(folder), "look back"), announce, span, put)


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
    return work.take, lambda: None, work.store.close
