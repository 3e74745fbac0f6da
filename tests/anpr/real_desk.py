"""A crew's desk on real parts: engine, board, hotlists store and records file. Only perception is made up."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import numpy as np

from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import shown_lists
from anpr.config.data_folder import hotlists_db, records_db
from anpr.desk.desk import EngineDesk
from anpr.desk.lists import HotlistCrewLists
from anpr.desk.records import CrewRecords, record_item
from anpr.desk.surroundings import DeskSurroundings
from anpr.engine.engine import Engine, Step
from anpr.evidence import k_best
from anpr.perception.pipeline import FrameResult
from anpr.records.alerts import earlier_alerts
from anpr.records.recorder import Recorder
from anpr.records.store import RecordStore
from anpr.screen.port import CameraView, DrivingView
from anpr.trust.audit import AuditLog
from anpr.values import Alert, Frame, Hidden, Motion, Position, Sighting
from hotlists.importers.import_list import import_list
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders.read import read_of
from tests.hotlists.made import evidence, police_row, write_rows

START = datetime(2026, 11, 22, 2, 14, 5, tzinfo=UTC)

COVERT = ListSettings("Op Kestrel", priority=90, covert=True)
"""A covert list for tests: more important than all that are not."""

STOLEN = ListSettings("Stolen", priority=80, colour="#c00")
NO_TAX = ListSettings("No tax", priority=20, crew_may_disable=True)


def import_marks(folder: Path, settings: ListSettings, *marks: str, **columns: str) -> None:
    """Import a list of these marks into the hotlists of a data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [police_row(vrm, **columns) for vrm in marks]
    with HotlistStore(hotlists_db(folder), clock=lambda: START) as store:
        import_list(store, write_rows(folder / "rows.csv", rows), settings)


class RealDesk:
    """One run of the engine on a data folder; opened again on the same folder it is the next run.

    What is put into the records is written at once, by the recorder that a patrol uses.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.now = START
        self.driving = DrivingView(0.0, trustworthy=True, latitude_deg=52.48, longitude_deg=-1.9)
        self.announced: list[Alert] = []
        self.frame_ns = 0
        """When the newest frame of every camera was grabbed."""
        with HotlistStore(hotlists_db(folder), clock=lambda: self.now):
            pass
        self.matcher = HotlistMatcher(hotlists_db(folder), clock=lambda: self.now)
        self.store = RecordStore(records_db(folder), str(id(self)))
        lists = {info.name: info for info in shown_lists(one.info for one in self.matcher.in_force.lists)}
        earlier = earlier_alerts(self.store.connection, lists)
        board = AlertBoard(first_id=earlier.first_id, met=earlier.met)
        self.seen: tuple[Sighting, ...] = ()
        pipeline = SimpleNamespace(process=self._perceived, finish=lambda: ())
        self.engine = Engine(cast("Any", pipeline), self.matcher, board, lambda: 0, lambda: self.now)
        self.audit = AuditLog(records_db(folder))
        self.recorder = Recorder(self.store, self.engine.faults, lambda: self.now, self._announce, report=self._report)
        self.around = DeskSurroundings(
            lambda: (), lambda: self.driving, (CameraView("front", "Front", "front"), CameraView("rear", "Rear", "rear")),
            self._newest_frame, lambda: 0.0, lambda: self.now,
        )  # fmt: skip
        self.desk = EngineDesk(
            board, HotlistCrewLists(hotlists_db(folder), self.matcher, self.audit, lambda: self.now),
            CrewRecords(records_db(folder), self._put, self.engine.latencies, lambda: self.now), self.around,
            on_announce=self.announced.extend,
        )  # fmt: skip
        self.desk.take_up(earlier.undecided)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def see(
        self, text: str, track: int = 1, *, camera: str = "front", reads: int = 1, final: bool = False,
        doubts: Mapping[int, dict[str, float]] | None = None, motion: Motion = Motion.UNKNOWN,
        last_ns: int = 0, hidden: tuple[Hidden, ...] = (),
    ) -> Step:  # fmt: skip
        """Have the engine see a vehicle (its evidence says `text`), and show and record what came of it."""
        table = evidence(text, dict(doubts or {}))
        readings = k_best(table)
        noise = np.random.default_rng(track).integers(0, 256, (60, 160, 3), dtype=np.uint8)
        sighting = Sighting(
            track, camera, 0, final, readings[0][0], readings[0][1], readings, table,
            tuple(read_of(text, i / 30) for i in range(reads)), 0, last_ns, self.now, self.now, motion,
            Position(52.48, -1.9, self.now, 0.4, stale=False, speed_mps=12.0, heading_deg=48.0), noise[:20, :80], noise,
            uuid4().hex, self.now, hidden=hidden,
        )  # fmt: skip
        self.seen = (sighting,)
        step = self.engine.process(Frame(camera, 0, 1, self.now, noise))
        self.desk.show(step)
        self.recorder.record(step)
        self.pass_time(0.1)
        return step

    def again(self) -> "RealDesk":
        """Close this run and return the next one."""
        self.close()
        later = RealDesk(self.folder)
        later.now = self.now
        return later

    def close(self) -> None:
        self.matcher.close()
        self.store.close()
        self.audit.close()

    def _newest_frame(self, camera_id: str) -> Frame:
        here = Position(52.49, -1.91, self.now, 0.2, stale=False, speed_mps=0.0, heading_deg=90.0)
        picture = np.random.default_rng(7).integers(0, 256, (72, 128, 3), dtype=np.uint8)
        return Frame(camera_id, 0, self.frame_ns, self.now, picture, here)

    def _put(self, item: object) -> None:
        """Write in whatever thread this is (a screen's, mostly), on a connection of its own."""
        with closing(RecordStore(self.store.path, self.store.run)) as store:
            record_item(replace(self.recorder, store=store), item)

    def _report(self, alert_id: int) -> None:
        self.audit.record("engine", "alert not decided", {"alert": str(alert_id)})

    def _announce(self, alerts: tuple[Alert, ...]) -> None:
        self.desk.announce(alerts)

    def _perceived(self, frame: Frame) -> FrameResult:
        running = tuple(s for s in self.seen if not s.final)
        return FrameResult(frame, (), (), running, tuple(s for s in self.seen if s.final), {})
