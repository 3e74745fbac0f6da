"""Turns what the engine did into records: which versions of a sighting are written, and upkeep of the records file.

Owned by the recording thread. A sighting is written when it is first reported, whenever an alert of it changes, at most
once a second while its text changes, and when it is final; a power cut then loses a second of evidence and no sighting.
A row that never became final is of a vehicle whose evidence was worth a report for a while and not in the end, or that a
power cut ended: it is kept, as it was shown, and is no sighting that is counted.
"""

import logging
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from anpr.alerting.fault_keeper import FaultKeeper
from anpr.engine.engine import MatchedSighting, Step
from anpr.engine.latency import Percentiles
from anpr.errors import StoreError
from anpr.faults import FaultKind
from anpr.hidden import confidence_of_seen
from anpr.records.retention import Retention
from anpr.records.store import RecordStore
from anpr.records.waiting import WaitingWrites, Write, trouble_of
from anpr.set_aside import files_set_aside, identity, is_damage
from anpr.trusted_time import Dated, TrustedTime, keep_latest, read_latest
from anpr.values import Alert

_LOG: Final = logging.getLogger("anpr.records")

REWRITE_S: Final = 1.0
"""Seconds between two versions of one sighting that are written."""

_OTHERS: Final = frozenset((("other", 0),))
"""What is about neither a track nor an alert that is told, as decisions, is written in the order in which it came."""

RENEW_EVERY_S: Final = 60.0
"""A new file that is in pieces again so soon is on a disk that makes them: no further one is begun before."""


@dataclass(slots=True)
class Recorder:
    """Writes steps of the engine to the records and keeps the file in shape.

    What cannot be written is kept, shown as a fault, and tried again with whatever comes next: it is lost only with the
    program. When the file turns out to be in pieces, `renew` (given why) sets it aside, puts a new one in its place and returns where the old one is; it
    raises StoreError when it cannot. What waits for a decision is written into the new file as well. `reported_confidence` is that of the pipeline. `announce` gets the alerts that recording itself changes,
    `report` the id of each that it closed because nobody had decided; it may raise StoreError, and is called again then.
    """

    store: RecordStore
    faults: FaultKeeper
    clock_utc: Callable[[], datetime]
    announce: Callable[[tuple[Alert, ...]], None]
    retention: Retention = field(default_factory=Retention)
    reported_confidence: float = 0.3
    least_free_bytes: int = 500_000_000
    report: Callable[[int], object] = lambda _: None
    renew: Callable[[str], Path] | None = None
    trusted: TrustedTime | None = None
    """Without it the tablet's clock is believed."""
    kept_date: Path | None = None
    """Where the latest trusted time is kept for the next run; a supervisor may have confirmed a later one there."""
    sighting_ids: dict[int, int] = field(default_factory=dict)
    """Record of each track that is still followed."""
    _written: dict[int, tuple[int, str]] = field(default_factory=dict)
    _waiting: WaitingWrites = field(default_factory=WaitingWrites)
    _pictures_wanted: bool = True
    _shed_before: int = 0
    """Pictures that were shed until the last look at the disk."""
    _renewed_ns: int | None = None

    def begin(self) -> None:
        """Say at once what stands in the way of recording, and which damaged records wait for somebody."""
        self.retry()
        self.check_disk()
        self.look_at_what_was_set_aside()

    def record(self, step: Step) -> None:
        """Record one step."""
        for gone, kept in step.result.absorbed if step.result is not None else ():
            self._waiting.put(Write(partial(self._join, gone, kept), frozenset((("track", gone), ("track", kept)))))
        for matched in step.sightings:
            about = {("track", matched.sighting.track_id), *(("alert", alert.alert_id) for alert in matched.alerts)}
            lighter = partial(self._record, self._without_pictures(matched))
            passing = not matched.alerts and not matched.sighting.final
            version = ("track", matched.sighting.track_id)
            self._waiting.put(Write(partial(self._record, matched), frozenset(about), lighter, version, passing))
        self.alerts(step.faults, None)

    def alerts(self, alerts: Iterable[Alert], sighting_id: int | None) -> None:
        """Record alerts that do not come from a step: faults, acknowledgements, decisions."""
        for alert in alerts:
            self._put_alert(alert, sighting_id)
        self.retry()

    def write(self, write: Callable[[], object]) -> None:
        """Have something else written; `write` raises StoreError when it cannot be, and is called again then."""
        self._waiting.put(Write(write, _OTHERS))
        self.retry()

    def retry(self) -> None:
        """Write what waits, in order: joined tracks before their sightings."""
        trouble = self._waiting.try_all() or trouble_of(self._is_open)
        if trouble is not None and self._begun_anew(trouble):
            trouble = self._waiting.try_all()
        if trouble is not None:
            self._fault(FaultKind.RECORDS_UNWRITABLE, str(trouble))
        elif not self._waiting:
            self._clear(FaultKind.RECORDS_UNWRITABLE)

    def close(self) -> None:
        """Try once more to write what waits, and close the file."""
        self.retry()
        self.store.close()

    def upkeep(self, latencies: dict[str, Percentiles]) -> None:
        """Purge what is over its age, look at the disk, and note the latencies; call it every minute or so.

        Hits that nobody has decided are closed before the pictures go on which they could have been. What is purged is
        gone: while the tablet's date is not to be trusted nothing is, and nothing is closed. A part of it that fails keeps no
        other from being done.
        """
        now = self.clock_utc()
        self.retry()
        self.check_disk()
        dated = self._look_at_the_date(now)
        troubles = []
        if dated.trusted:
            troubles += [
                trouble_of(partial(self._close_undecided, dated.at_utc)),
                trouble_of(partial(self._purge, dated.at_utc)),
            ]
        if latencies:
            figures = {name: (p.p50_ms, p.p95_ms, p.p99_ms, p.count) for name, p in latencies.items()}
            troubles.append(trouble_of(partial(self.store.record_latencies, now, figures)))
        self.look_at_what_was_set_aside()
        trouble = next((one for one in troubles if one is not None), None)
        if trouble is not None and not self._begun_anew(trouble):
            self._fault(FaultKind.RECORDS_UNWRITABLE, str(trouble))

    def damage_seen(self, error: StoreError, seen: tuple[int, int] | None) -> None:
        """Take in that somebody else found the file in pieces, the one that was `anpr.set_aside.identity` then."""
        if seen is not None and seen == identity(self.store.path):
            self._begun_anew(error)
        self.retry()

    def look_at_what_was_set_aside(self) -> None:
        """Say while there are damaged records which nobody has dealt with."""
        waiting = [one for one in files_set_aside(self.store.path) if not one.settled]
        if waiting:
            further = f" and {len(waiting) - 1} before it" if len(waiting) > 1 else ""
            self._fault(FaultKind.RECORDS_DAMAGED, f"{waiting[-1].path.name}{further}")
        else:
            self._clear(FaultKind.RECORDS_DAMAGED)

    def _purge(self, now: datetime) -> None:
        while self.store.purge(now, self.retention):
            pass
        for one in files_set_aside(self.store.path):
            if one.at_utc < now - timedelta(days=self.retention.longest_days):
                self.store.enter("engine", "damaged records erased", {"file": one.path.name, "why": "over its age"})
                one.erase()
                _LOG.warning("%s was over its age and is erased", one.path.name)

    def _begun_anew(self, error: StoreError) -> bool:
        """Begin a new file if the error says that this one is in pieces; returns whether there is a new one."""
        now_ns = self.faults.clock_ns()
        soon = self._renewed_ns is not None and now_ns - self._renewed_ns < RENEW_EVERY_S * 1e9
        if self.renew is None or soon or not is_damage(error):
            return False
        self._renewed_ns = now_ns
        self.store.close()
        self.store.begin_anew()
        try:
            aside = self.renew(str(error.__cause__ or error))
        except StoreError as refused:
            _LOG.error("%s", refused)
            return False
        self._written.clear()
        self.sighting_ids.clear()
        waiting = self.faults.board.queue()
        for alert in waiting:
            self._put_alert(alert, None)
        names = [alert.hits[0].sighting.pictures_id for alert in waiting if alert.hits]
        self._waiting.put(Write(partial(self.store.take_over_pictures, aside, names), _OTHERS))
        self.look_at_what_was_set_aside()
        return True

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
            if matched.alerts:
                self.store.keep_pictures(wanted)
            for alert in matched.alerts:  # what an alert shows may be another track's moment, recorded before
                shown = alert.hits[0].sighting.track_id if alert.hits else sighting.track_id
                self.store.record_alert(alert, sighting_id if shown == sighting.track_id else None)
            if sighting.final and matched.hits:
                self.store.seal_sighting(sighting_id)
            if self.store.pictures_shed > shed:
                self._fault(FaultKind.DISK_FULL, "pictures are dropped to keep the sightings")
        if sighting.final:
            self._written.pop(sighting.track_id, None)
            self.sighting_ids.pop(sighting.track_id, None)

    def _is_open(self) -> None:
        _ = self.store.connection

    def _is_due(self, matched: MatchedSighting) -> bool:
        sighting = matched.sighting
        if sighting.final:
            return True
        if confidence_of_seen(sighting) < self.reported_confidence:
            return False
        last = self._written.get(sighting.track_id)
        if last is None:
            return True
        return sighting.text != last[1] and sighting.last_ns - last[0] >= REWRITE_S * 1e9

    def _close_undecided(self, now: datetime) -> None:
        seen_before = now - timedelta(days=self.retention.undecided_days)
        closed = self.faults.board.close_undecided(seen_before, now)
        self.alerts(closed, None)
        ids = {alert.alert_id for alert in closed}
        for alert_id in sorted(ids.union(self.store.close_undecided(seen_before, now))):
            _LOG.warning("alert %d was closed as not decided: its pictures are kept no longer", alert_id)
            self.write(partial(self.report, alert_id))
        self.announce(closed)

    def _put_alert(self, alert: Alert, sighting_id: int | None) -> None:
        write = partial(self.store.record_alert, alert, sighting_id)
        self._waiting.put(Write(write, frozenset((("alert", alert.alert_id),))))

    def _join(self, gone: int, kept: int) -> None:
        self.store.join_sightings(gone, kept)
        self._written.pop(gone, None)

    @staticmethod
    def _without_pictures(matched: MatchedSighting) -> MatchedSighting:
        return replace(matched, sighting=replace(matched.sighting, plate_image=None, overview_image=None))

    def _fault(self, kind: FaultKind, detail: str) -> None:
        self.announce(self.faults.found(kind.fault(self.clock_utc(), detail=detail)))

    def _clear(self, kind: FaultKind) -> None:
        self.announce(self.faults.over(kind))
