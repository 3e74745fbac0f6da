"""The parts of a car on patrol, opened bottom up and finished: whoever has a `Parts` has all of it.

No thread of these parts runs yet (`anpr.patrol.patrol` starts and stops them), but for the one by which the matcher follows
the lists. When one part cannot be opened, those before it are closed again and its error is raised as it is.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import shown_lists
from anpr.clock import Clock, SystemClock
from anpr.config.car import PatrolConfig
from anpr.config.data_folder import hotlists_db, patrol_lock, records_db
from anpr.desk.desk import EngineDesk
from anpr.desk.lists import HotlistCrewLists
from anpr.desk.records import CrewRecords
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Governor
from anpr.errors import InputError
from anpr.faults import FaultKind
from anpr.locks import FileLock
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
from anpr.patrol.surroundings import car_surroundings
from anpr.patrol.watch import CarWatch
from anpr.records.alerts import EarlierAlerts, earlier_alerts
from anpr.records.store import RecordStore
from anpr.threads import QueueThread, RepeatingThread
from anpr.trust.audit import AuditLog
from anpr.trusted_time import TrustedTime
from anpr.values import Alert
from camera.capture import CaptureThread
from camera.docking import DockState
from camera.gps import GpsReceiver
from camera.newest_frame import NewestFrame
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.store.leftovers import sweep
from hotlists.store.store import HotlistStore
from hotlists.sync.follower import Follower

WATCH_S: Final = 0.25
"""Seconds between two looks at cameras, GPS and lists."""

GPS_S: Final = 0.01
"""Seconds between two reads of the GPS receiver."""


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


def _open(
    config: PatrolConfig, folder: Path, time_of: Clock, opened: ExitStack, loop_clips: bool,
    rehearsal: Rehearsal | None,
) -> Parts:  # fmt: skip
    lock = FileLock(patrol_lock(folder))
    if not lock.acquire():
        raise InputError(
            f"another patrol runs on the data folder {folder}: stop that one, or give this one a folder with --data"
        )
    opened.callback(lock.release)
    steps: Outlet[Step] = Outlet()
    news: Outlet[tuple[Alert, ...]] = Outlet()
    announced: Outlet[tuple[Alert, ...]] = Outlet()
    failures: Outlet[tuple[FaultKind, Exception]] = Outlet()
    gps = rehearsal.gps if rehearsal is not None else open_gps(config.gps, time_of)
    if gps is not None:
        opened.callback(gps.close)
    trusted = open_trusted_time(folder, time_of, gps)
    matcher = _open_matcher(folder, trusted)
    opened.callback(matcher.close)
    pipeline = open_pipeline(config.perception)
    earlier = _earlier_alerts(folder, matcher)
    board = AlertBoard(alert_settings(config), first_id=earlier.first_id, met=earlier.met)
    engine = Engine(pipeline, matcher, board, clock_ns=time_of.monotonic_ns, clock_utc=time_of.utc, live=True)
    audit = AuditLog(records_db(folder), time_of.utc, doubt=lambda: trusted.look().why)
    opened.callback(audit.close)
    governor = open_governor(config)
    slot = NewestFrame()
    opened.callback(slot.close)
    position = gps.current if gps is not None else None
    cameras = {one.id: open_camera(one, slot, time_of, position=position, loop=loop_clips) for one in config.camera}
    loop = PerceptionLoop(engine, slot, governor, steps, set_input_width=pipeline.set_input_width)
    recording = QueueThread(
        "recording",
        partial(open_recording, config, folder, engine, announced, audit, trusted),
        _failed(FaultKind.RECORDS_FAILED, failures),
    )
    looking_back = QueueThread(
        "look-back",
        partial(open_looking_back, config, folder, matcher, engine, announced, recording.put),
        _failed(FaultKind.LOOK_BACK_FAILED, failures),
    )
    dock = DockState()
    desk = EngineDesk(
        board,
        HotlistCrewLists(hotlists_db(folder), matcher, audit, time_of.utc),
        CrewRecords(records_db(folder), recording.put, engine.latencies, time_of.utc),
        car_surroundings(
            config, folder, clock=time_of, engine=engine, matcher=matcher, governor=governor, loop=loop, gps=gps,
            dock=dock, trusted=trusted, first_mark=rehearsal.mark if rehearsal is not None else None,
        ),
        news,
    )  # fmt: skip
    desk.take_up(earlier.undecided)
    follower = open_follower(config.sync, hotlists_db(folder), trusted.bear_out)
    docked = frozenset(one.id for one in config.camera if one.docked)
    watch = CarWatch(
        engine.faults, matcher, desk, cameras, docked, gps, follower, dock, governor, clock_utc=time_of.utc
    )
    screen_failed = partial(watch.part_failed, FaultKind.SCREEN_FAILED)
    steps.listen(desk.show, screen_failed)
    steps.listen(recording.put)
    announced.listen(desk.announce, screen_failed)
    failures.listen(partial(_show_failure, watch))
    if rehearsal is not None:
        loop.before = rehearsal.shifts(engine, cameras, steps)
    perception = PerceptionThread(loop, _failed(FaultKind.PERCEPTION_FAILED, failures))
    reading = ReadingWatch(loop, perception, time_of.monotonic_ns)
    watch.conditions.append(reading.look)
    return Parts(
        config=config, folder=folder, clock=time_of, matcher=matcher, engine=engine, audit=audit, governor=governor,
        gps=gps, slot=slot, cameras=cameras, loop=loop, desk=desk, watch=watch, follower=follower,
        recording=recording, looking_back=looking_back,
        perception=perception, reading=reading,
        reading_gps=_repeating("gps", FaultKind.GPS_FAILED, gps.step, time_of, GPS_S, failures) if gps is not None else None,
        watching=_repeating(
            "watch", FaultKind.WATCH_FAILED, lambda: watch.check(time_of.monotonic_ns(), time_of.utc()), time_of, WATCH_S,
            failures,
        ),
        steps=steps, news=news, opened=opened,
    )  # fmt: skip


def _open_matcher(folder: Path, trusted: TrustedTime) -> HotlistMatcher:
    with HotlistStore(hotlists_db(folder)) as store:  # makes the file, or brings an older one up to date
        sweep(store, time.time())
    return open_matcher(hotlists_db(folder), clock=trusted.utc, doubt=trusted.doubt)


def _earlier_alerts(folder: Path, matcher: HotlistMatcher) -> EarlierAlerts:
    shown = {info.name: info for info in shown_lists(one.info for one in matcher.in_force.lists)}
    with closing(RecordStore(records_db(folder), "start")) as store:
        return earlier_alerts(store.connection, shown)


def _failed(part: FaultKind, failures: Outlet[tuple[FaultKind, Exception]]) -> Callable[[Exception], None]:
    return lambda error: failures((part, error))


def _repeating(
    name: str,
    kind: FaultKind,
    step: Callable[[], None],
    clock: Clock,
    period_s: float,
    failures: Outlet[tuple[FaultKind, Exception]],
) -> RepeatingThread:
    return RepeatingThread(name, step, clock, period_s=period_s, failed=_failed(kind, failures))


def _show_failure(watch: CarWatch, failure: tuple[FaultKind, Exception]) -> None:
    """Make an error at a thread's top a fault that the crew sees; it clears once the part has held for a while."""
    watch.part_failed(*failure)
    time.sleep(0.05)  # a part that fails at once again and again must not take the processor
