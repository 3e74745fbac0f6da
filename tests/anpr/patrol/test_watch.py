"""Faults of the lists on the board."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.config.data_folder import log_file
from anpr.errors import Failure
from anpr.faults import CameraError, FaultKind
from anpr.patrol.watch import LISTS_S, CarWatch
from anpr.support.log import logged
from camera.docking import Dock
from camera.health import CameraHealth
from tests.camera.parts import HandClock, scene

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HELD_S = FaultKind.LOG_FAILED.clear_after_s


def watching(matcher: SimpleNamespace, **parts: Any) -> tuple[HandClock, CarWatch]:
    """Return a watch over a car without cameras, and its clock."""
    clock = HandClock()
    desk = SimpleNamespace(announce=lambda changes: None, changed=lambda: None)
    keeper = FaultKeeper(AlertBoard(), clock.monotonic_ns, lambda: NOW)
    return clock, CarWatch(keeper, matcher, desk, {}, frozenset(), **parts)  # type: ignore[arg-type]


def look(clock: HandClock, watch: CarWatch, after_s: float) -> list[str]:
    """Return the names of the faults that stand after a look so much later."""
    watch.check(clock.advance(after_s), NOW)
    return [fault.name for fault in watch.faults()]


def test_lists_that_are_not_reloaded_are_a_fault_until_they_are() -> None:
    matcher = SimpleNamespace(status=lambda now=None: [], trouble=Failure("the store cannot be read"))
    clock, watch = watching(matcher)
    look(clock, watch, 0)
    (fault,) = watch.faults()
    assert fault.name == "hotlist_reload_failed"
    assert "the store cannot be read" in fault.text
    matcher.trouble = None
    assert look(clock, watch, LISTS_S + 1) == ["hotlist_reload_failed"]  # it is over, but may come again
    assert look(clock, watch, HELD_S) == []


def test_a_log_that_cannot_be_written_is_a_fault_until_it_can(tmp_path: Path) -> None:
    matcher = SimpleNamespace(status=lambda now=None: [], trouble=None)
    clock, watch = watching(matcher)
    (tmp_path / "logs").write_text("in the way")
    with logged(log_file(tmp_path), "test"):
        assert look(clock, watch, 0) == ["log_failed"]
        (tmp_path / "logs").unlink()
        look(clock, watch, LISTS_S + 1)
        assert look(clock, watch, HELD_S) == []
    assert "fault cleared: log_failed" in log_file(tmp_path).read_text(encoding="utf-8")


def test_a_covert_list_that_is_too_old_is_not_named() -> None:
    lists = [
        SimpleNamespace(name="Stolen", covert=False, stale=True, alarm=""),
        SimpleNamespace(name="Nightjar", covert=True, stale=True, alarm=""),
    ]
    matcher = SimpleNamespace(status=lambda now=None: lists, trouble=None)
    clock, watch = watching(matcher)
    look(clock, watch, 0)
    assert [(fault.name, fault.subject) for fault in watch.faults()] == [("hotlist_stale", "Stolen")]


def test_a_list_that_nobody_trusted_keeps_up_is_a_fault_that_says_what_to_do_and_a_covert_one_is_not_named() -> None:
    lists = [
        SimpleNamespace(name="Stolen", covert=False, stale=False, alarm="its key was revoked: sync it"),
        SimpleNamespace(name="Nightjar", covert=True, stale=False, alarm="Nightjar ran out: sync it"),
    ]
    matcher = SimpleNamespace(status=lambda now=None: lists, trouble=None)
    follower = SimpleNamespace(trouble=Failure("its key was revoked: sync it"))
    clock, watch = watching(matcher, follower=follower)
    look(clock, watch, 0)
    (fault,) = watch.faults()  # the sync's own trouble says the same, and is not told twice
    assert (fault.name, fault.subject) == ("hotlist_untrusted", "Stolen")
    assert fault.text.endswith("(its key was revoked: sync it).")
    assert fault.remedy
    lists[0].alarm = ""
    follower.trouble = None
    look(clock, watch, LISTS_S + 1)
    assert look(clock, watch, HELD_S) == []


class Car:
    """Cameras and a GPS as their threads leave them, under a real watch; nothing was there yet."""

    def __init__(self, *cameras: str) -> None:
        self.clock, self.watch = watching(
            SimpleNamespace(status=lambda now=None: [], trouble=None), gps=SimpleNamespace(faults=self.gps_faults)
        )
        self.gps = self.watch.gps
        self.gps.was_there, self.gps.gone_since_ns = False, None  # type: ignore[union-attr,misc]
        self.health = {name: CameraHealth(name, self.clock) for name in cameras}
        threads = {
            name: SimpleNamespace(check=lambda now_ns: None, health=one, retry_now=lambda: None)
            for name, one in self.health.items()
        }
        self.watch.cameras = cast("Any", threads)
        self.watch.docked_cameras = frozenset(cameras)
        for one in self.health.values():
            one.expect_frames(True)

    def gps_faults(self, now_ns: int) -> list[object]:
        return [FaultKind.GPS_UNPLUGGED.fault(NOW)] if self.gps.gone_since_ns is not None else []  # type: ignore[union-attr]

    def look(self, after_s: float = 0.25) -> list[str]:
        return look(self.clock, self.watch, after_s)

    def read(self, seconds: float) -> None:
        for n in range(round(seconds / 0.25)):
            for one in self.health.values():
                one.seen(scene(n, 320, 180, shift=3 * n), self.clock.monotonic_ns())
            self.gps.was_there, self.gps.gone_since_ns = True, None  # type: ignore[union-attr,misc]
            self.look()

    def lose(self, *cameras: str, gps: bool = False) -> None:
        for name in cameras:
            self.health[name].lost(FaultKind.CAMERA_UNPLUGGED, str(CameraError("no such device")))
        if gps:
            self.gps.gone_since_ns = self.clock.monotonic_ns()  # type: ignore[union-attr,misc]


def test_a_start_without_camera_and_gps_is_two_faults_and_no_undocking() -> None:
    car = Car("front", "rear")
    car.look()  # the threads have not found out yet
    car.lose("front", "rear", gps=True)
    for _ in range(20):
        found = car.look()
    assert car.watch.dock.state is Dock.DOCKED
    assert sorted(found) == ["camera_unplugged", "camera_unplugged", "gps_unplugged"]


def test_a_start_with_one_camera_alone_never_takes_its_loss_for_undocking() -> None:
    car = Car("front")
    car.lose(gps=True)
    car.health["front"].seen(scene(0, 320, 180), car.clock.monotonic_ns())
    car.look()
    car.lose("front")
    assert "camera_unplugged" in car.look(1.0)
    assert car.watch.dock.state is Dock.DOCKED


def test_undocking_ends_what_was_found_on_the_way_out() -> None:
    car = Car("front", "rear")
    car.read(2.0)
    assert car.look() == []
    assert car.look(1.5) == [
        "camera_silent",
        "camera_silent",
    ]  # network cameras are silent before they cannot be reached
    car.lose("front", "rear", gps=True)
    assert car.look() == []
    assert car.watch.dock.state is Dock.UNDOCKED


def test_a_camera_that_comes_and_goes_is_one_fault() -> None:
    car = Car("front", "rear")
    car.read(2.0)
    told: list[str] = []
    car.watch.desk.announce = lambda alerts: told.extend(a.state for a in alerts)  # type: ignore[method-assign]
    for _ in range(10):
        car.lose("front")
        car.look(1.0)
        car.read(2.0)
    assert told == ["raised"]
    car.read(FaultKind.CAMERA_UNPLUGGED.clear_after_s)
    assert told == ["raised", "cleared"]
