"""The parts of a car on patrol, opened bottom up and finished: whoever has a `Parts` has all of it.

No thread of these parts runs yet (`anpr.patrol.patrol` starts and stops them), but for the one by which the matcher follows
the lists. When one part cannot be opened, those before it are closed again and its error is raised as it is.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import randbelow
from typing import Final

from anpr import sqlite
from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import shown_lists
from anpr.clock import Clock, SystemClock
from anpr.config.car import PatrolConfig
from anpr.config.data_folder import hotlists_db, latest_date, patrol_lock, records_db, tablet_key
from anpr.desk.desk import EngineDesk
from anpr.desk.enquiring import AlertEnquiries
from anpr.desk.lists import HotlistCrewLists
from anpr.desk.records import CrewRecords, DamageSeen
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Governor
from anpr.errors import InputError, StoreError
from anpr.faults import FaultKind
from anpr.locks import FileLock
from anpr.patrol.enquiries import CarEnquiries, open_car_enquiries
from anpr.patrol.lost_lists import LostLists, UnreadableLists
from anpr.patrol.opening import (
    alert_settings,
    open_camera,
    open_follower,
    open_governor,
    open_gps,
    open_pipeline,
    open_trusted_time,
)
from anpr.patrol.outlet import Outlet
from anpr.patrol.perception_loop import PerceptionLoop, PerceptionThread
from anpr.patrol.queued_work import open_looking_back, open_recording
from anpr.patrol.reading_watch import ReadingWatch
from anpr.patrol.rehearsal import Rehearsal
from anpr.patrol.stick_anchors import StickAnchors
from anpr.patrol.surroundings import car_surroundings
from anpr.patrol.watch import CarWatch
from anpr.records.alerts import EarlierAlerts, earlier_alerts
from anpr.records.renewal import ready_records
from anpr.records.store import RecordStore
from anpr.sealed_folder import ready_folder
from anpr.set_aside import identity, is_damage
from anpr.threads import QueueThread, RepeatingThread
from anpr.trust.audit import AuditLog
from anpr.trusted_time import TrustedTime, read_latest
from anpr.values import Alert
from camera.capture import CaptureThread
from camera.docking import DockState
from camera.gps import GpsReceiver
from camera.newest_frame import NewestFrame
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.store.leftovers import sweep
from hotlists.store.renewal import ready_hotlists
from hotlists.store.store import HotlistStore
from hotlists.sync.follower import Follower

WATCH_S: Final = 0.25
"""Seconds between two looks at cameras, GPS and lists."""

GPS_S: Final = 0.01
"""Seconds between two reads of the GPS receiver."""

_LOG: Final = logging.getLogger("anpr.patrol")


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that one car has; `close` belongs to the main thread, after all threads have ended."""

    config: PatrolConfig
    folder: Path
    clock: Clock
    matcher: HotlistMatcher
    engine: Engine
    audit: AuditLog
    governor: Governor
    gps: GpsReceiver | None
    slot: NewestFrame
    cameras: Mapping[str, CaptureThread]
    loop: PerceptionLoop
    desk: EngineDesk
    watch: CarWatch
    follower: Follower | None
    enquiries: CarEnquiries | None
    recording: QueueThread
    looking_back: QueueThread
    perception: PerceptionThread
    reading_gps: RepeatingThread | None
    watching: RepeatingThread
    reading: ReadingWatch
    steps: Outlet[Step]
    """Every step of the engine, in the thread that perceives."""
    news: Outlet[tuple[Alert, ...]]
    """Alerts that come from outside the engine's steps, in the thread that brings them."""
    opened: ExitStack
    """What is closed in the end."""
    records_held: list[Callable[[], AbstractContextManager[None]]]
    """What else than the recorder has the records file open: each lets go of it while its context is entered."""

    def close(self) -> None:
        """Close what holds files, ports and connections; a second call does nothing."""
        self.opened.close()


def open_parts(
    config: PatrolConfig, folder: Path, *, clock: Clock | None = None, loop_clips: bool = False,
    rehearsal: Rehearsal | None = None,
) -> Parts:  # fmt: skip
    """Open all parts of a car whose data is in `folder`; `loop_clips` plays recordings given as cameras again and again.

    With a `rehearsal` place and speed are those of its receiver, and the screen says so.

    Raises what cannot be put right by waiting: models, configuration, disk; InputError while another patrol has the folder.
    """
    opened = ExitStack()
    try:
        return _open(config, folder, clock or SystemClock(), opened, loop_clips, rehearsal)
    except BaseException:
        opened.close()
        raise


@dataclass(frozen=True, slots=True)
class _Outlets:
    """Where lower parts pass on what higher ones hear: steps, alerts from outside them, alerts to be shown, failures."""

    steps: Outlet[Step] = field(default_factory=Outlet)
    news: Outlet[tuple[Alert, ...]] = field(default_factory=Outlet)
    announced: Outlet[tuple[Alert, ...]] = field(default_factory=Outlet)
    failures: Outlet[tuple[FaultKind, Exception]] = field(default_factory=Outlet)

    def failed(self, part: FaultKind) -> Callable[[Exception], None]:
        """Return what passes on the errors of a part."""
        return lambda error: self.failures((part, error))

    def repeating(
        self, name: str, kind: FaultKind, step: Callable[[], None], clock: Clock, period_s: float
    ) -> RepeatingThread:
        """Return a thread that does a step again and again."""
        return RepeatingThread(name, step, clock, period_s=period_s, failed=self.failed(kind))


def _open(
    config: PatrolConfig, folder: Path, time_of: Clock, opened: ExitStack, loop_clips: bool,
    rehearsal: Rehearsal | None,
) -> Parts:  # fmt: skip
    trouble = _take_folder(folder, time_of, opened)
    records = records_db(folder)
    outlets = _Outlets()
    gps = rehearsal.gps if rehearsal is not None else open_gps(config.gps, time_of)
    if gps is not None:
        opened.callback(gps.close)
    trusted = open_trusted_time(folder, time_of, gps)
    matcher = _open_matcher(folder, trusted)
    opened.callback(matcher.close)
    pipeline = open_pipeline(config.perception)
    earlier = _earlier_alerts(folder, matcher, time_of) if not trouble else _nothing_earlier(time_of)
    board = AlertBoard(alert_settings(config), first_id=earlier.first_id, met=earlier.met)
    engine = Engine(pipeline, matcher, board, clock_ns=time_of.monotonic_ns, clock_utc=time_of.utc, live=True)
    damaged: Outlet[StoreError] = Outlet()
    audit = AuditLog(records, time_of.utc, doubt=lambda: trusted.look().why, at_once=not trouble, failed=damaged)
    opened.callback(audit.close)
    held: list[Callable[[], AbstractContextManager[None]]] = [audit.released]
    governor = open_governor(config)
    slot = NewestFrame()
    opened.callback(slot.close)
    position = gps.current if gps is not None else None
    cameras = {one.id: open_camera(one, slot, time_of, position=position, loop=loop_clips) for one in config.camera}
    loop = PerceptionLoop(engine, slot, governor, outlets.steps, set_input_width=pipeline.set_input_width)
    recording, looking_back = _open_queues(config, folder, engine, matcher, audit, trusted, outlets, held)
    damaged.listen(lambda error: recording.put(DamageSeen(error, identity(records))) if is_damage(error) else None)
    crew_records = CrewRecords(records, recording.put, engine.latencies, time_of.utc)
    held.append(crew_records.released)
    dock = DockState()
    around = car_surroundings(
        config, folder, clock=time_of, engine=engine, matcher=matcher, governor=governor, loop=loop, gps=gps,
        dock=dock, trusted=trusted, first_mark=rehearsal.mark if rehearsal is not None else None,
    )  # fmt: skip
    lists = HotlistCrewLists(hotlists_db(folder), matcher, audit, time_of.utc)
    desk = EngineDesk(board, lists, crew_records, around, outlets.news, numbers_from=randbelow(2**31) * 2**20)
    desk.take_up(earlier.undecided)
    stick = Path(config.sync.url.to_open()) if config.sync.url and config.sync.is_folder else None
    anchors = StickAnchors(audit, tablet_key(folder), stick, time_of.utc)
    follower = open_follower(config.sync, hotlists_db(folder), trusted, partial(_synced, trusted, anchors))
    enquiries = open_car_enquiries(config.enquiries, time_of, outlets.failed(FaultKind.ENQUIRIES_FAILED))
    docked = frozenset(one.id for one in config.camera if one.docked)
    watch = CarWatch(
        engine.faults, matcher, desk, cameras, docked, gps, follower, dock, governor, clock_utc=time_of.utc
    )
    if rehearsal is not None:
        loop.before = rehearsal.shifts(engine, cameras, outlets.steps)
    perception = PerceptionThread(loop, outlets.failed(FaultKind.PERCEPTION_FAILED))
    reading = ReadingWatch(loop, perception, time_of.monotonic_ns)
    watch.conditions += [
        reading.look,
        desk.hand.settle,
        LostLists(hotlists_db(folder), matcher).look,
        UnreadableLists(matcher, engine.faults, desk.announce).look,
    ]
    _listen(outlets, desk, recording, watch)
    if enquiries is not None:
        _ask_about_alerts(config, enquiries, desk, audit, outlets, watch, opened)
    return Parts(
        config=config, folder=folder, clock=time_of, matcher=matcher, engine=engine, audit=audit, governor=governor,
        gps=gps, slot=slot, cameras=cameras, loop=loop, desk=desk, watch=watch, follower=follower, enquiries=enquiries,
        recording=recording, looking_back=looking_back, perception=perception, reading=reading,
        reading_gps=None if gps is None else outlets.repeating("gps", FaultKind.GPS_FAILED, gps.step, time_of, GPS_S),
        watching=outlets.repeating("watch", FaultKind.WATCH_FAILED, partial(_watch_once, watch, time_of), time_of, WATCH_S),
        steps=outlets.steps, news=outlets.news, opened=opened, records_held=held,
    )  # fmt: skip


def _take_folder(folder: Path, clock: Clock, opened: ExitStack) -> str:
    """Take the data folder for this patrol alone, with records that can be written; return why they cannot, empty if they can.

    Raises InputError while another patrol has it.
    """
    lock = FileLock(patrol_lock(folder))
    if not lock.acquire():
        raise InputError(
            f"another patrol runs on the data folder {folder}: stop that one, or give this one a folder with --data"
        )
    opened.callback(lock.release)
    latest = read_latest(latest_date(folder))
    ready_folder(folder, TrustedTime(clock, latest).utc())
    return ready_records(records_db(folder), TrustedTime(clock, latest).utc(), used_before=latest is not None)


def _open_queues(
    config: PatrolConfig, folder: Path, engine: Engine, matcher: HotlistMatcher, audit: AuditLog, trusted: TrustedTime,
    outlets: _Outlets, held: list[Callable[[], AbstractContextManager[None]]],
) -> tuple[QueueThread, QueueThread]:  # fmt: skip
    """Return the threads that record and that look back."""
    recording = QueueThread(
        "recording",
        partial(open_recording, config, folder, engine, outlets.announced, audit, trusted, held),
        outlets.failed(FaultKind.RECORDS_FAILED),
    )
    looking_back = QueueThread(
        "look-back",
        partial(open_looking_back, config, folder, matcher, engine, outlets.announced, recording.put),
        outlets.failed(FaultKind.LOOK_BACK_FAILED),
    )
    return recording, looking_back


def _listen(outlets: _Outlets, desk: EngineDesk, recording: QueueThread, watch: CarWatch) -> None:
    """Have desk, recording and watch hear what the lower parts pass on."""
    screen_failed = partial(watch.part_failed, FaultKind.SCREEN_FAILED)
    outlets.steps.listen(desk.show, screen_failed)
    outlets.steps.listen(recording.put)
    outlets.announced.listen(desk.announce, screen_failed)
    outlets.failures.listen(partial(_show_failure, watch))


def _ask_about_alerts(
    config: PatrolConfig, car: CarEnquiries, desk: EngineDesk, audit: AuditLog, outlets: _Outlets, watch: CarWatch, opened: ExitStack
) -> None:  # fmt: skip
    """Have alerts asked about, the desk show what is answered, and the watch see whom nobody lets ask."""
    desk.enquiries = AlertEnquiries(car.enquiries, config.enquiries, audit.record, desk.rules)
    car.enquiries.changed = desk.changed
    failed = partial(watch.part_failed, FaultKind.ENQUIRIES_FAILED)
    outlets.steps.listen(desk.enquiries.show, failed)
    outlets.news.listen(desk.enquiries.consider, failed)
    watch.conditions.append(car.fault)
    opened.callback(car.enquiries.close)


def _synced(trusted: TrustedTime, anchors: StickAnchors, signed_utc: datetime) -> None:
    trusted.bear_out(signed_utc)
    anchors.synced()


def _watch_once(watch: CarWatch, clock: Clock) -> None:
    watch.check(clock.monotonic_ns(), clock.utc())


def _open_matcher(folder: Path, trusted: TrustedTime) -> HotlistMatcher:
    """Open the matcher, on lists that are there or on none yet: a file in pieces keeps no car from reading."""
    path = hotlists_db(folder)
    ready_hotlists(path, trusted.utc())
    try:
        with HotlistStore(path) as store:
            sweep(store, time.time())
    except StoreError as error:  # what is wrong with the lists is told by whoever reads them
        _LOG.error("what killed programs left of lists cannot be removed: %s", error)
    return open_matcher(path, clock=trusted.utc, doubt=trusted.doubt, at_once=False)


def _earlier_alerts(folder: Path, matcher: HotlistMatcher, clock: Clock) -> EarlierAlerts:
    shown = {info.name: info for info in shown_lists(one.info for one in matcher.in_force.lists)}
    try:
        with closing(RecordStore(records_db(folder), "start")) as store:
            return earlier_alerts(store.connection, shown)
    except (StoreError, sqlite.Error) as error:  # the recorder says so when it begins
        _LOG.error("what earlier runs left cannot be read: %s", error)
        return _nothing_earlier(clock)


def _nothing_earlier(clock: Clock) -> EarlierAlerts:
    """Return that nothing is known of earlier runs; alerts get ids that none of theirs can have had."""
    return EarlierAlerts(int(clock.utc().timestamp()), [], {})


def _show_failure(watch: CarWatch, failure: tuple[FaultKind, Exception]) -> None:
    """Make an error at a thread's top a fault that the crew sees; it clears once the part has held for a while."""
    watch.part_failed(*failure)
    time.sleep(0.05)  # a part that fails at once again and again must not take the processor
