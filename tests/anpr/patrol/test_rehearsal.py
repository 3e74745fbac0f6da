"""Each playing of a repeated clip is a shift of its own, and nothing grows with their number."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from anpr.address import Address
from anpr.alerting.board import AlertBoard
from anpr.clock import SystemClock
from anpr.config.car import CameraConfig, PatrolConfig
from anpr.config.data_folder import hotlists_db
from anpr.demo.drive import DemoDrive
from anpr.engine.engine import Engine, Step
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.rehearsal import STAYS, WAITS, Rehearsal
from anpr.perception.pipeline import Pipeline
from anpr.values import Alert, Frame, Hit, HotlistEntry, HotlistInfo, Sighting
from camera.gps import GpsReceiver
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.anpr.perception.road import START, Road, passing
from tests.builders.clip import short_clip

PLAYING_S = 15.0
WAIT_S = 90.0
ROAD_PICTURE = np.zeros((720, 1280, 3), np.uint8)


class Listed:
    """Every vehicle is on the list."""

    def match(self, sighting: Sighting) -> Sequence[Hit]:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        info = HotlistInfo("Stolen", 1, now, now, threshold=0.5)
        return [Hit(sighting, HotlistEntry(sighting.text, "Stolen"), info, 0.9, True, sighting.text, 60.0)]


class Shows:
    """A rehearsal on a made road; each `play` is one playing of the clip."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.playing = 0
        self.board = AlertBoard()
        self.steps: list[Step] = []
        self.capture = SimpleNamespace(playing_from=0)
        self.rehearsal = Rehearsal(cast("GpsReceiver", None), repeats=True)
        self.road = Road(passing("AB12CDE", 0, 10))
        pipeline = Pipeline(self.road, self.road, clock_ns=lambda: 0)
        self.engine = Engine(pipeline, Listed(), self.board, lambda: 0, lambda: self.now)
        cameras = cast("Any", {"front": self.capture})
        self.before = self.rehearsal.shifts(self.engine, cameras, self.steps.append)
        self.seq = 0

    def play(self) -> tuple[Alert, ...]:
        """Play the clip once; return the alerts that wait after it."""
        begun_s = self.playing * PLAYING_S
        if self.playing:
            self.capture.playing_from = self.seq
        for n in range(5):
            at_ns = round((begun_s + n / 30) * 1e9)
            frame = Frame("front", self.seq, at_ns, START, ROAD_PICTURE, name=str(n))
            self.before(frame)
            self.road.now = n
            self.engine.process(frame)
            self.seq += 1
        self.playing += 1
        self.now += timedelta(seconds=PLAYING_S)
        return self.board.queue()


def test_a_vehicle_alerts_in_each_shift_as_if_it_was_never_met() -> None:
    shows = Shows()
    for number in range(1, 4):
        waiting = shows.play()
        assert shows.rehearsal.shift == number
        assert waiting[-1].seen_before is None
        assert waiting[-1].repeats == 0
        assert len(shows.steps) == number - 1  # the tracks of the playing before have ended
    assert [alert.alert_id for alert in waiting] == [1, 2, 3]


def test_a_day_of_shifts_leaves_no_more_than_the_first_minutes() -> None:
    shows = Shows()
    most = max(len(shows.play()) for _ in range(6))
    sizes = set()
    for _ in range(30):
        alerts = shows.play()
        queue = shows.board._queue
        sizes.add((len(alerts), len(queue._alerts), len(queue._by_mark), len(shows.board._following.encounters)))
    assert most == WAITS.total_seconds() // PLAYING_S + 1
    assert sizes == {(most, most, 1, 1)}


def test_what_is_in_somebodys_hands_stays_longer() -> None:
    shows = Shows()
    seen, decided = (shows.play()[-1].alert_id for _ in range(2))
    shows.board.acknowledge(seen, shows.now)
    shows.board.decide(decided, "confirmed", shows.now)
    for _ in range(6):
        shows.play()
    assert shows.board.get(seen).seen
    assert [alert.alert_id for alert in shows.board.finished()] == [decided]
    for _ in range(int(STAYS.total_seconds() // PLAYING_S)):
        shows.play()
    assert shows.board.finished() == ()
    assert seen not in [alert.alert_id for alert in shows.board.queue()]


def test_a_late_frame_of_the_playing_before_begins_no_shift() -> None:
    shows = Shows()
    shows.play()
    shows.capture.playing_from = shows.seq + 1  # the next playing has begun; this frame waited in the slot
    shows.before(Frame("front", shows.seq, 0, START, np.zeros((2, 2, 3), np.uint8)))
    assert shows.rehearsal.shift == 1
    shows.before(Frame("front", shows.seq + 3, 0, START, np.zeros((2, 2, 3), np.uint8)))
    assert shows.rehearsal.shift == 2


@pytest.mark.parametrize("repeats", [True, False])
def test_a_car_in_rehearsal_says_so_and_has_a_place(tmp_path: Path, repeats: bool) -> None:
    drive = DemoDrive(SystemClock())
    gps = GpsReceiver(drive.clock, port="demo", baud=9600, open_port=lambda _name, _baud: drive)
    clip = short_clip(tmp_path / "clip.avi", 310, 326)
    with HotlistStore(hotlists_db(tmp_path)) as store:
        (tmp_path / "wanted.csv").write_text("FT99 AEK,FORD,TRANSIT,BLUE,STOP,,WANTED" + "," * 9 + "\n")
        import_list(store, tmp_path / "wanted.csv", ListSettings("Wanted", priority=95))
    rehearsal = Rehearsal(gps, repeats)
    config = PatrolConfig(camera=(CameraConfig(id="front", source=Address(str(clip))),))
    parts = open_parts(config, tmp_path, loop_clips=repeats, rehearsal=rehearsal)
    patrol = Patrol(parts)
    woken = threading.Condition()

    def wake(_: Step) -> None:
        with woken:
            woken.notify_all()

    def over() -> bool:
        return rehearsal.shift > 2 if repeats else patrol.is_over()

    patrol.on_step = wake
    patrol.start()
    with woken:
        assert woken.wait_for(over, WAIT_S) or over()
    marks = parts.desk.around.health()
    assert (marks[0].name, marks[0].level) == ("demo", "warning")
    assert ("repeats" in marks[0].text) is repeats
    assert next(mark for mark in marks if mark.name == "gps").level == "ok"
    patrol.stop()
    raised = [alert for alert in parts.engine.board.queue() if alert.hits]
    assert {alert.seen_before for alert in raised} == {None}
    assert len(raised) >= (2 if repeats else 1)
    assert raised[0].hits[0].sighting.position is not None
