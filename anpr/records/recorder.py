"""Turns what the engine did into records: which versions of a sighting are written, and upkeep of the records file.

Owned by the recording thread. A sighting is written when it is first reported, whenever an alert of it changes, at most
once a second while its text changes, and when it is final; a power cut then loses a second of evidence and no sighting.
"""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr.alerting.fault_keeper import FaultKeeper
from anpr.engine.engine import MatchedSighting, Step
from anpr.engine.latency import Percentiles
from anpr.errors import StoreError
from anpr.faults import FaultKind
from anpr.records.retention import Retention
from anpr.records.store import RecordStore
from anpr.trusted_time import Dated, TrustedTime, keep_latest, read_latest
from anpr.values import Alert

REWRITE_S: Final = 1.0
"""Seconds between two versions of one sighting that are written."""


@dataclass(slots=True)
class Recorder:
    """Writes steps of the engine to the records and keeps the file in shape.

    `reported_confidence` is that of the pipeline. `announce` gets the alerts that recording itself raises or clears.
    """

    store: RecordStore
    faults: FaultKeeper
    clock_utc: Callable[[], datetime]
    announce: Callable[[tuple[Alert, ...]], None]
    retention: Retention = field(default_factory=Retention)
    reported_confidence: float = 0.3
    least_free_bytes: int = 500_000_000
    trusted: TrustedTime | None = None
    """Without it the tablet's clock is believed."""
    kept_date: Path | None = None
    """Where the latest trusted time is kept for the next run; a supervisor may have confirmed a later one there."""
    sighting_ids: dict[int, int] = field(default_factory=dict)
    """Record of each track that is still followed."""
    _written: dict[int, tuple[int, str]] = field(default_factory=dict)
    _pending: list[MatchedSighting] = field(default_factory=list)
    _pictures_wanted: bool = True
    _shed_before: int = 0
    """Pictures that were shed until the last look at the disk."""

    def record(self, step: Step) -> None:
        """Record one step; what cannot be written now is kept and tried again with the next."""
        for gone, kept in step.result.absorbed if step.result is not None else ():
            self._written.pop(gone, None)
            self.store.join_sightings(gone, kept)
        waiting, self._pending = [*self._pending, *step.sightings], []
        for matched in waiting:
            try:
                self._record(matched)
            except StoreError as error:
                self._pending.append(self._without_pictures(matched))
                self._fault(FaultKind.RECORDS_UNWRITABLE, str(error))
        self.alerts(step.faults, None)
        if not self._pending:
            self._clear(FaultKind.RECORDS_UNWRITABLE)

    def alerts(self, alerts: Iterable[Alert], sighting_id: int | None) -> None:
        """Record alerts that do not come from a step: faults, acknowledgements, decisions."""
        for alert in alerts:
            try:
                self.store.record_alert(alert, sighting_id)
            except StoreError as error:
                self._fault(FaultKind.RECORDS_UNWRITABLE, str(error))

    def upkeep(self, latencies: dict[str, Percentiles]) -> None:
        """Purge what is over its age, look at the disk, and note the latencies; call it every minute or so.

        What is purged is gone: while the tablet's date is not to be trusted nothing is.
        """
        now = self.clock_utc()
        dated = self._look_at_the_date(now)
        if dated.trusted:
            while self.store.purge(dated.at_utc, self.retention):
                pass
        self.check_disk()
        if latencies:
            self.store.record_latencies(
                now, {name: (p.p50_ms, p.p95_ms, p.p99_ms, p.count) for name, p in latencies.items()}
            )

    def _look_at_the_date(self, now: datetime) -> Dated:
        if self.trusted is None:
            return Dated(now, trusted=True)
        if self.kept_date is not None:
            confirmed = read_latest(self.kept_date)
            if confirmed is not None:
                self.trusted.bear_out(confirmed)
            keep_latest(self.kept_date, self.trusted.latest_utc)
        return self.trusted.look()

    def check_disk(self) -> None:
        """Stop or resume storing pictures by the free space of the records' disk, and say so."""
        free = shutil.disk_usage(self.store.path.parent).free
        self._pictures_wanted = free >= self.least_free_bytes
        shed_lately, self._shed_before = self.store.pictures_shed > self._shed_before, self.store.pictures_shed
        if not self._pictures_wanted:
            self._fault(FaultKind.DISK_FULL, f"{free / 1e6:.0f} MB left")
        elif not shed_lately:  # a quota can be full while the disk has room: then no picture got lost for a while
            self._clear(FaultKind.DISK_FULL)

    def _record(self, matched: MatchedSighting) -> None:
        sighting = matched.sighting
        if matched.alerts or self._is_due(matched):
            shed = self.store.pictures_shed
            wanted = sighting if self._pictures_wanted else self._without_pictures(matched).sighting
            sighting_id = self.store.record_sighting(wanted)
            self.sighting_ids[sighting.track_id] = sighting_id
            self._written[sighting.track_id] = (sighting.last_ns, sighting.text)
            if matched.hits or matched.alerts:
                self.store.record_hits(sighting_id, matched.hits, all_there_are=True)
            for alert in matched.alerts:  # what an alert shows may be another track's moment, recorded before
                shown = alert.hits[0].sighting.track_id if alert.hits else sighting.track_id
                self.store.record_alert(alert, sighting_id if shown == sighting.track_id else None)
            if self.store.pictures_shed > shed:
                self._fault(FaultKind.DISK_FULL, "pictures are dropped to keep the sightings")
        if sighting.final:
            self._written.pop(sighting.track_id, None)
            self.sighting_ids.pop(sighting.track_id, None)

    def _is_due(self, matched: MatchedSighting) -> bool:
        sighting = matched.sighting
        if sighting.final:
            return True
        if sighting.confidence < self.reported_confidence:
            return False
        last = self._written.get(sighting.track_id)
        if last is None:
            return True
        return sighting.text != last[1] and sighting.last_ns - last[0] >= REWRITE_S * 1e9

    @staticmethod
    def _without_pictures(matched: MatchedSighting) -> MatchedSighting:
        return replace(matched, sighting=replace(matched.sighting, plate_image=None, overview_image=None))

    def _fault(self, kind: FaultKind, detail: str) -> None:
        self.announce(self.faults.found(kind.fault(self.clock_utc(), detail=detail)))

    def _clear(self, kind: FaultKind) -> None:
        self.announce(self.faults.over(kind))
