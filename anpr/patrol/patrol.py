"""A car on patrol: cameras, GPS, engine, records, lists and screen, started and stopped as one.

Undocking takes cameras and GPS away; everything else goes on. Stopping loses nothing that was seen.
"""

import dataclasses
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, cast

from anpr.alerting.board import AlertBoard
from anpr.audit import AuditLog
from anpr.clock import SystemClock, utc_now
from anpr.config import CameraConfig, PatrolConfig
from anpr.data_folder import hotlists_db, records_db
from anpr.desk.desk import EngineDesk
from anpr.desk.lists import HotlistCrewLists
from anpr.desk.records import ThreadedCrewRecords, record_item
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Governor
from anpr.faults import FaultKind
from anpr.patrol.opening import alert_settings, open_governor, open_pipeline
from anpr.patrol.perception_loop import PerceptionLoop, PerceptionThread
from anpr.patrol.surroundings import car_surroundings
from anpr.patrol.watch import CarWatch
from anpr.records.alerts import undecided
from anpr.records.recorder import Recorder
from anpr.records.retention import Retention
from anpr.records.rows import CameraIdentity
from anpr.records.store import RecordStore
from anpr.threads import QueueThread, RepeatingThread
from camera.capture import CaptureThread
from camera.gps import GpsReceiver
from camera.newest_frame import NewestFrame
from camera.sources import open_source
from camera.sources.source import FrameSource
from hotlists.matching.in_force import InForce
from hotlists.matching.look_back import look_back
from hotlists.matching.matcher import HotlistMatcher, open_matcher
from hotlists.store.store import HotlistStore
from hotlists.sync.config import sync_config
from hotlists.sync.follower import Follower

WATCH_S: Final = 0.25
"""Seconds between two looks at cameras, GPS and lists."""


@dataclass(slots=True)
class Patrol:
    """Everything that runs in one car; `start` and `stop` belong to the main thread.

    `loop_clips` plays recordings given as cameras again and again; with `hold_cameras` reading begins at
    `start_cameras`, not at `start`. `on_step` gets every step of the engine, in the
    perception thread.
    """

    config: PatrolConfig
    folder: Path
    loop_clips: bool = False
    hold_cameras: bool = False
    on_step: Callable[[Step], None] = lambda _: None
    clock: SystemClock = field(default_factory=SystemClock)
    engine: Engine = field(init=False)
    loop: PerceptionLoop = field(init=False)
    desk: EngineDesk = field(init=False)
    audit: AuditLog = field(init=False)
    governor: Governor = field(init=False)
    matcher: HotlistMatcher = field(init=False)
    recorder: Recorder | None = field(init=False, default=None)
    watch: CarWatch = field(init=False)
    slot: NewestFrame = field(default_factory=NewestFrame)
    cameras: dict[str, CaptureThread] = field(default_factory=dict)
    _gps: GpsReceiver | None = None
    _threads: list[RepeatingThread] = field(default_factory=list)
    _recording: QueueThread = field(init=False)
    _looking_back: QueueThread = field(init=False)
    _perception: PerceptionThread = field(init=False)
    _follower: Follower | None = None

    def start(self) -> None:
        """Open everything and begin to read; raises what cannot be put right by waiting (models, config, disk)."""
        records = records_db(self.folder)
        hotlists = hotlists_db(self.folder)
        with HotlistStore(hotlists):
            pass
        self.matcher = open_matcher(hotlists)
        pipeline = open_pipeline(self.config.perception)
        store = RecordStore(records, "start")
        first_alert = store.next_alert_id()
        shown = {one.info.name: one.info for one in self.matcher.in_force.lists if not one.info.covert}
        earlier = undecided(store.connection, shown)
        store.close()
        board = AlertBoard(alert_settings(self.config), first_id=first_alert)
        self.engine = Engine(
            pipeline, self.matcher, board, clock_ns=self.clock.monotonic_ns, clock_utc=utc_now, live=True
        )
        self.audit = AuditLog(records)
        self._recording = QueueThread(
            "recording", self._open_recorder, lambda e: self._failed(FaultKind.RECORDS_FAILED, e)
        )
        self.governor = open_governor(self.config)
        self.desk = EngineDesk(
            board,
            HotlistCrewLists(hotlists, self.matcher, self.audit),
            ThreadedCrewRecords(records, self._recording, self.engine.latencies, utc_now),
            car_surroundings(self),
        )
        self.desk.take_up(earlier)
        self.watch = CarWatch(board, self.matcher, self.desk, self.cameras, self._docked_cameras())
        self.loop = PerceptionLoop(
            self.engine,
            self.slot,
            self.governor,
            self._take,
            self.desk.announce,
            set_input_width=pipeline.set_input_width,
        )
        self._recording.start()
        self._looking_back = QueueThread(
            "look-back", self._open_look_back, lambda e: self._failed(FaultKind.LOOK_BACK_FAILED, e)
        )
        self._looking_back.start()
        self.matcher.on_change = lambda before, after: self._looking_back.put((before, after))
        if self.config.sync.url:
            table = {k: v for k, v in dataclasses.asdict(self.config.sync).items() if v != ""}
            self._follower = Follower(hotlists, sync_config(table, self.config.folder, "the configuration"))
            self._follower.start()
            self.watch.follower = self._follower
        self._start_devices()
        self._perception = PerceptionThread(self.loop, lambda e: self._failed(FaultKind.PERCEPTION_FAILED, e))
        self._perception.start()
        self._repeat("watch", FaultKind.WATCH_FAILED, self._look, WATCH_S)

    def stop(self) -> bool:
        """End reading, finish all tracks, record what waits; returns whether all ended in time."""
        for camera in self.cameras.values():
            camera.stop(0.0)
        ended = [camera.stop(1.6) for camera in self.cameras.values()]
        ended += [thread.stop(0.5) for thread in self._threads]
        ended.append(self._perception.stop())
        if self._follower is not None:
            self._follower.stop()
        self.matcher.on_change = None
        ended.append(self._looking_back.stop())
        self._take(self.engine.finish())
        ended.append(self._recording.stop())
        self.slot.close()
        self.matcher.close()
        if self._gps is not None:
            self._gps.close()
        return all(ended)

    def is_over(self) -> bool:
        """Whether every camera was a recording and has come to its end."""
        return self.slot.is_over

    def _take(self, step: Step) -> None:
        self.desk.take(step)
        self._recording.put(step)
        self.on_step(step)

    def _open_recorder(self) -> tuple[Callable[[object], None], Callable[[], None], Callable[[], None]]:
        records = self.config.records
        identities = {
            c.id: CameraIdentity(self.config.car.feed_id, self.config.car.source_id, c.number)
            for c in self.config.camera
        }
        store = RecordStore(records_db(self.folder), uuid.uuid4().hex, identities)
        recorder = Recorder(
            store,
            self.engine.board,
            utc_now,
            self.desk.announce,
            Retention(records.pictures_days, records.sightings_days, records.alerts_days, records.latencies_days),
            self.config.perception.reported_confidence,
            int(records.least_free_mb * 1e6),
        )
        self.recorder = recorder
        return (
            lambda item: record_item(recorder, item),
            lambda: recorder.upkeep(self.engine.latencies.percentiles()),
            store.close,
        )

    def _open_look_back(self) -> tuple[Callable[[object], None], Callable[[], None], Callable[[], None]]:
        store = RecordStore(records_db(self.folder), "look back")
        span = timedelta(hours=self.config.alerts.look_back_h)

        def take(change: object) -> None:
            before, after = cast("tuple[InForce, InForce]", change)
            for past in look_back(self.matcher, store, before, after, utc_now(), span):
                if not past.hit.hotlist.covert:
                    self.desk.announce(self.engine.board.look_back(past.hit, utc_now()))
                store.record_hits(past.sighting_id, (past.hit,))

        return take, lambda: None, store.close

    def _start_devices(self) -> None:
        gps = self.config.gps
        if gps.enabled:
            self._gps = GpsReceiver(
                self.clock, port=gps.port or "auto", baud=gps.baud or None, stale_after_s=gps.stale_after_s
            )
            self.watch.gps = self._gps
            self._repeat("gps", FaultKind.GPS_FAILED, self._gps.step, 0.01)
        for camera in self.config.camera:
            capture = CaptureThread(
                _factory(camera),
                camera.id,
                self.slot,
                self.clock,
                position=self._gps.current if self._gps is not None else None,
                loop=self.loop_clips,
            )
            self.cameras[camera.id] = capture
        if not self.hold_cameras:
            self.start_cameras()

    def _look(self) -> None:
        self.watch.look(self.clock.monotonic_ns(), utc_now())

    def _repeat(self, name: str, kind: FaultKind, step: Callable[[], None], period_s: float) -> None:
        thread = RepeatingThread(name, step, self.clock, period_s=period_s, failed=lambda e: self._failed(kind, e))
        self._threads.append(thread)
        thread.start()

    def _docked_cameras(self) -> frozenset[str]:
        return frozenset(camera.id for camera in self.config.camera if camera.docked)

    @property
    def gps(self) -> GpsReceiver | None:
        """The GPS receiver, None when the configuration has none."""
        return self._gps

    def start_cameras(self) -> None:
        """Begin to read from all cameras."""
        for capture in self.cameras.values():
            capture.start()

    def _failed(self, kind: FaultKind, error: Exception) -> None:
        """Make an error at a thread's top a fault that the crew sees; it clears once the part has held for a while."""
        self.watch.part_failed(kind, error)
        time.sleep(0.05)  # a part that fails at once again and again must not take the processor


def _factory(camera: CameraConfig) -> Callable[[], FrameSource]:
    fps = camera.fps if Path(camera.source).is_dir() else None
    return lambda: open_source(camera.source, fps=fps, size=(camera.width, camera.height))
