"""Every kind of fault on the parts that find it: it comes when its condition holds, and goes when it does not."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import cv2
import numpy as np
import pytest
import serial

from anpr import sqlite
from anpr.address import Address
from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.cli.json_output import JsonOutput
from anpr.config.car import SyncConfig
from anpr.config.data_folder import log_file
from anpr.engine.governor import Governor, GovernorSettings
from anpr.enquiries.answer import Outcome
from anpr.errors import AnprError, StoreError
from anpr.faults import FaultKind
from anpr.patrol.enquiries import CarEnquiries
from anpr.patrol.lost_lists import LostLists, UnreadableLists
from anpr.patrol.perception_loop import PerceptionThread
from anpr.patrol.reading_watch import ReadingWatch
from anpr.patrol.watch import CarWatch
from anpr.records.recorder import Recorder
from anpr.records.store import RecordStore
from anpr.set_aside import files_set_aside, name_aside
from anpr.support.log import logged
from anpr.values import Image
from benchmarks.hotlist_scale.publisher import Publisher
from camera.gps import Port
from camera.health import CameraHealth
from camera.sources.source import Miss
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.renewal import ready_hotlists
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient
from hotlists.sync.follower import Follower
from tests.anpr.enquiries.made import MadeLane
from tests.anpr.patrol.test_perception_loop import make_loop
from tests.anpr.perception.road import Road
from tests.anpr.records.test_recorder import step, version
from tests.camera.parts import HandClock, scene
from tests.camera.test_gps import Wire
from tests.hotlists.made import import_vrms

TICK_S = 0.25
PATIENCE_S = 150.0
NO_FIX = b"$GPRMC,,V,,,,,,,,,,N*53\r\n"


class SpoiltWire(Wire):
    """A GPS receiver that may also be forbidden, or see no satellite."""

    is_forbidden = False
    sees = True

    def open(self, name: str, baud: int) -> Port:
        if self.is_forbidden and name == "COM5":
            raise serial.SerialException(13, "Permission denied")
        return super().open(name, baud)

    def bytes_at(self, name: str, baud: int) -> bytes:
        said = super().bytes_at(name, baud)
        if self.is_forbidden:
            raise serial.SerialException("it was taken away")
        return NO_FIX * 4 if said and not self.sees and name == "COM5" and baud == self.baud else said


class Car:
    """A car in which all is well, by a clock that `run` moves; what a row of the table spoils is spoilt alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ending = ExitStack()
        self.wire: SpoiltWire | None = None
        self.clock = HandClock()
        self.keeper = FaultKeeper(AlertBoard(), self.now_ns, self.utc)
        self.path = folder / "hotlists.db"
        with HotlistStore(self.path, clock=self.utc) as store:
            import_vrms(store, folder, ["AB12CDE"], max_age_s=1000.0)
        self.matcher = HotlistMatcher(self.path, clock=self.utc)
        self.ending.callback(self.matcher.close)
        self.recorder = Recorder(
            RecordStore(folder / "records.db", "run"), self.keeper, self.utc, print, least_free_bytes=0
        )
        self.ending.callback(self.recorder.store.close)
        self.desk = SimpleNamespace(announce=lambda changes: None, changed=lambda: None)
        self.camera: Callable[[], object] = self.see
        self.each: list[Callable[[], object]] = []
        self.picture: Callable[[int], Image] = scene
        self.frames = 0
        self.age_ms = 40.0
        self.governor = Governor(GovernorSettings(budget_ms=250))
        self.turns = True
        self.begin()

    def now_ns(self) -> int:
        return self.clock.monotonic_ns()

    def utc(self) -> datetime:
        return self.clock.utc()

    def begin(self) -> None:
        """Begin to look, by the clock that the car has now."""
        self.health = CameraHealth("front", self.clock)
        self.health.expect_frames(True)
        loop, _ = make_loop(Road({}), cast("Any", self.clock.monotonic_ns))
        reading = ReadingWatch(loop, PerceptionThread(loop, lambda error: None), self.clock.monotonic_ns)
        reading.perception.revive = lambda: False  # type: ignore[method-assign]
        self.watch = CarWatch(
            self.keeper, self.matcher, cast("Any", self.desk),
            {"front": cast("Any", SimpleNamespace(health=self.health, check=lambda now_ns: None))}, frozenset(),
            cast("Any", self.wire and self.wire.gps), governor=self.governor, clock_utc=self.clock.utc,
        )  # fmt: skip
        self.watch.conditions += [
            reading.look, LostLists(self.path, self.matcher).look,
            UnreadableLists(self.matcher, self.keeper, lambda changes: None).look,
        ]  # fmt: skip
        self.each = [lambda: loop.turn(0) if self.turns else None]

    def see(self, **how: bool) -> None:
        self.frames += 1
        self.health.seen(self.picture(self.frames), self.clock.monotonic_ns(), **how)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass until something holds; returns whether it came to."""
        end_ns = self.clock.monotonic_ns() + round(seconds * 1e9)
        while self.clock.monotonic_ns() < end_ns:
            if self.wire is None:
                self.clock.advance(TICK_S)
            else:
                self.wire.gps.step()
            for act in (self.camera, *self.each):
                act()
            now_ns = self.clock.monotonic_ns()
            self.governor.observe(now_ns, self.age_ms)
            self.watch.check(now_ns, self.clock.utc())
            if until():
                return True
        return False

    def stands(self, kind: FaultKind) -> bool:
        return kind.id in {fault.name for fault in self.watch.faults()}


@pytest.fixture
def car(tmp_path: Path) -> Iterator[Car]:
    made = Car(tmp_path)
    with made.ending:
        yield made


Cure = Callable[[], object]
Cause = Callable[[Car, FaultKind], Cure]


def sets(name: str, spoilt: object) -> Cause:
    """Spoil one thing of the car, and put it back as it was."""

    def cause(car: Car, _: FaultKind) -> Cure:
        well = getattr(car, name)
        setattr(car, name, spoilt)
        return lambda: setattr(car, name, well)

    return cause


def shows(picture: Callable[[int], Image]) -> Cause:
    return sets("picture", picture)


def connection(report: Callable[[Car, FaultKind], object]) -> Cause:
    """Have the camera's thread report something in place of frames."""

    def cause(car: Car, kind: FaultKind) -> Cure:
        car.camera = lambda: report(car, kind)
        return lambda: setattr(car, "camera", car.see)

    return cause


lost = connection(lambda car, kind: car.health.lost(kind, "why"))


def part_failed(car: Car, kind: FaultKind) -> Cure:
    def fail() -> None:
        car.watch.part_failed(kind, ValueError())

    car.each.append(fail)
    return lambda: car.each.remove(fail)


def gps(name: str, spoilt: object) -> Cause:
    def cause(car: Car, _: FaultKind) -> Cure:
        wire = car.wire = SpoiltWire()
        car.clock = wire.clock
        car.begin()
        assert not car.run(30, lambda: car.stands(FaultKind.GPS_NO_FIX))
        well = getattr(wire, name)
        setattr(wire, name, spoilt)
        return lambda: setattr(wire, name, well)

    return cause


def lists_unreadable(car: Car, _: FaultKind) -> Cure:
    with sqlite.connect(car.path) as one:
        one.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = [page for (page,) in one.execute("SELECT rootpage FROM sqlite_master WHERE name LIKE 'entries_%'")]
    one.close()
    car.matcher._connection().execute("PRAGMA cache_size = 0")
    whole = car.path.read_bytes()
    spoilt = bytearray(whole)
    for page in pages:
        spoilt[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    with car.path.open("r+b") as file:
        file.write(spoilt)
    with pytest.raises(StoreError):
        car.matcher.look_up("AB12CDE")

    def cure() -> None:
        with car.path.open("r+b") as file:
            file.write(whole)

    return cure


def lists_damaged(car: Car, _: FaultKind) -> Cure:
    car.matcher.close()
    car.path.write_bytes(b"no database" * 1000)
    for end in ("-wal", "-shm"):
        Path(f"{car.path}{end}").unlink(missing_ok=True)
    assert ready_hotlists(car.path, car.clock.utc()) == ""
    car.matcher = HotlistMatcher(car.path, clock=car.clock.utc)
    car.ending.callback(car.matcher.close)
    car.begin()

    def cure() -> None:
        with HotlistStore(car.path, clock=car.clock.utc) as store:
            import_vrms(store, car.folder, ["AB12CDE"], max_age_s=1000.0)
        car.matcher.refresh()

    return cure


def list_stale(car: Car, _: FaultKind) -> Cure:
    car.clock.advance(2000.0)

    def cure() -> None:
        with HotlistStore(car.path, clock=car.clock.utc) as store:
            store.confirm_current("stolen", car.clock.utc())

    return cure


def ages_unknown(car: Car, _: FaultKind) -> Cure:
    car.path.rename(car.folder / "away.db")
    return lambda: (car.folder / "away.db").rename(car.path)


def reload_failed(car: Car, _: FaultKind) -> Cure:
    following = SimpleNamespace(trouble=StoreError("the hotlists file is locked"), stop=lambda: None)
    car.matcher._watch = cast("Any", following)
    return lambda: setattr(following, "trouble", None)


def list_untrusted(car: Car, _: FaultKind) -> Cure:
    publisher = Publisher(car.folder, car.clock.utc)
    office = car.ending.enter_context(HotlistStore(car.folder / "office.db", clock=car.clock.utc))
    import_vrms(office, car.folder, ["AB12CDE"], "followed")
    publisher.publish(office)
    config = SyncConfig(url=Address(str(publisher.published)), root=publisher.root)

    def follow() -> None:
        with HotlistStore(car.path, clock=car.clock.utc) as store:
            SyncClient(store, config).sync()

    follow()
    with HotlistStore(car.path, clock=car.clock.utc) as store:
        store.connection.execute("UPDATE sync_lists SET revoked = 1")
    return follow


def sync_failed(car: Car, _: FaultKind) -> Cure:
    publisher = Publisher(car.folder, car.clock.utc)
    config = SyncConfig(url=Address(str(publisher.published)), root=publisher.root)
    follower = car.watch.follower = Follower(car.folder / "followed.db", config, car.clock.utc)

    def follow() -> None:
        with suppress(AnprError):
            follower.step()

    car.each.append(follow)

    def cure() -> None:
        with HotlistStore(car.path, clock=car.clock.utc) as store:
            publisher.publish(store)

    return cure


def enquiries_refused(car: Car, _: FaultKind) -> Cure:
    made = MadeLane()
    made.clock.now_s = 0.0
    asking = CarEnquiries(cast("Any", SimpleNamespace(lanes=(made.lane,))), ())
    car.watch.conditions.append(asking.fault)
    made.source.says = lambda vrm: Outcome.WRONG_KEY
    made.put("AB12CDE")
    made.run(2)

    def cure() -> None:
        made.source.says = lambda vrm: Outcome.FOUND
        made.run(400)

    return cure


def records_locked(car: Car, _: FaultKind) -> Cure:
    car.recorder.store.connection.execute("PRAGMA busy_timeout = 1")
    other = car.ending.enter_context(closing(sqlite.connect(car.recorder.store.path)))
    other.execute("BEGIN IMMEDIATE")
    car.recorder.record(step(version(1, "AB12CDE", 0.0, final=True)))
    car.each.append(lambda: car.recorder.record(step()))
    return lambda: other.execute("ROLLBACK")


def disk_full(car: Car, _: FaultKind) -> Cure:
    car.recorder.least_free_bytes = 10**18
    car.each.append(lambda: car.recorder.upkeep({}))
    return lambda: setattr(car.recorder, "least_free_bytes", 0)


def quota_full(car: Car, _: FaultKind) -> Cure:
    """The disk has room, and yet SQLite is told that it has none: pictures are dropped for a while."""
    one = car.recorder.store.connection
    one.execute(f"PRAGMA max_page_count = {one.execute('PRAGMA page_count').fetchone()[0] + 4}")
    for track in range(40):
        car.recorder.record(step(version(track, f"AB{track:02d}CDE", 0.0, final=True)))
    car.each.append(lambda: car.recorder.upkeep({}))

    def cure() -> None:
        one.execute("PRAGMA max_page_count = 100000")
        car.recorder.record(step())

    return cure


def records_damaged(car: Car, _: FaultKind) -> Cure:
    path = car.recorder.store.path
    shutil.copyfile(path, name_aside(path, car.clock.utc()))
    car.each.append(lambda: car.recorder.upkeep({}))
    (aside,) = files_set_aside(path)
    return aside.settle


def log_failed(car: Car, _: FaultKind) -> Cure:
    blocked = car.folder / "logs"
    blocked.write_text("in the way")
    car.ending.enter_context(logged(log_file(car.folder), "test"))
    return blocked.unlink


def output_failed(car: Car, _: FaultKind) -> Cure:
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 - closed with the car
    stream = car.ending.enter_context(full)
    output = JsonOutput(stream)
    car.ending.callback(output.close)
    car.watch.conditions.append(output.fault)
    output.write({"type": "alert"})
    await_real(lambda: output.fault(car.clock.utc()) is not None)

    def cure() -> None:
        with (car.folder / "out.jsonl").open("wb") as well:
            os.dup2(well.fileno(), stream.fileno())
        await_real(lambda: output.fault(car.clock.utc()) is None)

    return cure


def await_real(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30.0
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.01)


SMEARED = 31
K = FaultKind
TABLE: list[tuple[FaultKind, Cause]] = [
    *((kind, lost) for kind in (
        K.CAMERA_UNPLUGGED, K.CAMERA_UNREACHABLE, K.CAMERA_WRONG_ADDRESS, K.CAMERA_NO_PERMISSION, K.CAMERA_BUSY,
        K.CAMERA_FAILED,
    )),
    (K.CAMERA_SILENT, connection(lambda car, kind: None)),
    (K.CAMERA_HUNG, connection(lambda car, kind: car.health.hung())),
    (K.CAMERA_NO_KEY_FRAME, connection(lambda car, kind: car.health.missed(Miss.NO_KEY_FRAME, car.clock.monotonic_ns()))),
    (K.CAMERA_DAMAGED, connection(lambda car, kind: car.see(is_damaged=True))),
    (K.CAMERA_DAMAGED, connection(lambda car, kind: car.health.missed(Miss.UNDECODABLE, car.clock.monotonic_ns()))),
    (K.CAMERA_FROZEN, shows(lambda n: scene(1))),
    (K.CAMERA_BLACK, shows(lambda n: np.zeros((360, 640, 3), np.uint8))),
    (K.CAMERA_BLINDED, shows(lambda n: np.full((360, 640, 3), 255, np.uint8))),
    (K.CAMERA_SMEARED, shows(lambda n: cast("Image", cv2.GaussianBlur(scene(n), (SMEARED, SMEARED), 0)))),
    *((kind, part_failed) for kind in (
        K.PERCEPTION_FAILED, K.WATCH_FAILED, K.GPS_FAILED, K.LOOK_BACK_FAILED, K.RECORDS_FAILED, K.SCREEN_FAILED,
        K.ENQUIRIES_FAILED,
    )),
    (K.PERCEPTION_SILENT, sets("turns", False)),
    (K.GPS_UNPLUGGED, gps("is_plugged", False)),
    (K.GPS_NO_PERMISSION, gps("is_forbidden", True)),
    (K.GPS_SILENT, gps("speaks", False)),
    (K.GPS_NO_FIX, gps("sees", False)),
    (K.HOTLISTS_UNREADABLE, lists_unreadable),
    (K.HOTLISTS_DAMAGED, lists_damaged),
    (K.HOTLIST_STALE, list_stale),
    (K.HOTLIST_AGES_UNKNOWN, ages_unknown),
    (K.HOTLIST_SYNC_FAILED, sync_failed),
    (K.HOTLIST_UNTRUSTED, list_untrusted),
    (K.HOTLIST_RELOAD_FAILED, reload_failed),
    (K.ENQUIRIES_REFUSED, enquiries_refused),
    (K.RECORDS_UNWRITABLE, records_locked),
    (K.RECORDS_DAMAGED, records_damaged),
    (K.DISK_FULL, disk_full),
    (K.DISK_FULL, quota_full),
    (K.LOG_FAILED, log_failed),
    (K.OUTPUT_FAILED, output_failed),
    (K.BUDGET_MISSED, sets("age_ms", 300.0)),
    (K.EFFORT_LOWERED, sets("age_ms", 300.0)),
]  # fmt: skip


def test_every_kind_has_its_row() -> None:
    assert {kind for kind, _ in TABLE} == set(FaultKind)


@pytest.mark.parametrize(("kind", "cause"), TABLE, ids=[kind.id for kind, _ in TABLE])
def test_a_fault_comes_when_its_condition_holds_and_goes_when_it_does_not(
    kind: FaultKind, cause: Cause, car: Car
) -> None:
    assert not car.run(10.0, lambda: car.watch.faults() != ()), car.watch.faults()
    cure = cause(car, kind)
    assert car.run(PATIENCE_S, lambda: car.stands(kind))
    if kind not in (K.DISK_FULL, *(k for k, how in TABLE if how is part_failed)):
        assert not car.run(10.0, lambda: not car.stands(kind)), "it stands as long as its condition holds"
    cure()
    assert car.run(PATIENCE_S, lambda: not car.stands(kind)), car.watch.faults()
    assert not car.run(10.0, lambda: car.stands(kind)), "and does not come back by itself"


def test_a_camera_that_is_taken_away_while_load_was_high_leaves_no_fault_of_the_load(car: Car) -> None:
    car.age_ms = 300.0
    assert car.run(PATIENCE_S, lambda: car.stands(FaultKind.EFFORT_LOWERED))
    car.governor = Governor(GovernorSettings(budget_ms=250))  # nothing observes any more
    assert car.run(PATIENCE_S, lambda: not car.stands(FaultKind.EFFORT_LOWERED))
