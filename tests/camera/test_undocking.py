"""Cameras, GPS and dock state together, wired as on patrol."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from anpr.clock import SystemClock
from anpr.faults import CameraError, FaultKind
from anpr.threads import RepeatingThread
from camera.capture import CaptureThread
from camera.docking import Dock, DockState
from camera.gps import GpsReceiver, Port
from camera.newest_frame import NewestFrame
from camera.sources import open_source
from camera.sources.source import FrameSource
from tests.camera.nmea_log import second_of_drive
from tests.camera.parts import PATIENCE_S, HandClock, ScriptedCamera, scene, write_clip

PICTURES = [scene(n, 320, 180, shift=3 * n) for n in range(6)]
S = 1_000_000_000


class Tablet:
    """A tablet in a dock with two cameras and a GPS; its threads are driven by hand but for the capture threads."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.slot = NewestFrame()
        self.is_docked = True
        self.failed = {"front": threading.Semaphore(0), "rear": threading.Semaphore(0)}
        self.go_on = {"front": threading.Semaphore(0), "rear": threading.Semaphore(0)}
        self.cameras = {name: ScriptedCamera(self.clock) for name in self.failed}
        self.gps = GpsReceiver(self.clock, port="COM5", baud=9600, open_port=self.open_port)
        self.dock = DockState()
        self.captures = {n: CaptureThread(self.factory(n), n, self.slot, self.clock) for n in self.failed}
        for capture in self.captures.values():
            capture.start()

    def watch(self) -> None:
        now_ns = self.clock.monotonic_ns()
        gone = {name: capture.health.gone_since_ns for name, capture in self.captures.items()}
        before = self.dock.state
        if self.dock.update(now_ns, gone | {"gps": self.gps.gone_since_ns}) is not before is Dock.UNDOCKED:
            for capture in self.captures.values():
                capture.retry_now()

    def factory(self, name: str) -> Callable[[], FrameSource]:
        def make() -> FrameSource:
            if not self.is_docked:
                self.failed[name].release()
                self.go_on[name].acquire(timeout=PATIENCE_S)
                raise CameraError(f"there is no {name}", FaultKind.CAMERA_UNPLUGGED)
            return self.cameras[name]

        return make

    def open_port(self, name: str, baud: int) -> Port:
        if not self.is_docked:
            raise FileNotFoundError(2, "no such port")
        tablet = self

        class Port9600:
            def read_some(self) -> bytes:
                if not tablet.is_docked:
                    raise OSError(5, "gone")
                return b"".join(second_of_drive(3))

            def close(self) -> None:
                pass

        return Port9600()

    def give(self) -> None:
        for camera in self.cameras.values():
            camera.script.put(PICTURES[0])
        for _ in self.cameras:
            assert self.slot.take(PATIENCE_S) is not None

    def undock(self) -> None:
        self.is_docked = False
        for camera in self.cameras.values():
            camera.script.put(CameraError("gone", FaultKind.CAMERA_UNPLUGGED))
        for name in self.failed:  # the next attempt has begun, so the loss was reported
            assert self.failed[name].acquire(timeout=PATIENCE_S)

    def faults(self) -> list[str]:
        now_ns = self.clock.monotonic_ns()
        found = [f for capture in self.captures.values() for f in capture.health.faults(now_ns)]
        return [f.name for f in self.dock.shown(now_ns, [*found, *self.gps.faults(now_ns)])]

    def end(self) -> None:
        self.is_docked = True
        for capture in self.captures.values():
            capture.stop(0)
        for name, camera in self.cameras.items():
            self.go_on[name].release(10)
            camera.script.put(CameraError("over"))
        for capture in self.captures.values():
            assert capture.stop(PATIENCE_S)


def test_undocking_is_one_state_and_reading_goes_on_after_docking() -> None:
    tablet = Tablet()
    for _ in range(3):
        tablet.gps.step()
        tablet.give()
        tablet.watch()
    assert tablet.dock.state is Dock.DOCKED
    assert tablet.faults() == []
    tablet.undock()
    tablet.gps.step()
    tablet.watch()
    assert tablet.dock.state is Dock.UNDOCKED
    assert tablet.faults() == []
    tablet.clock.advance(5.0)
    tablet.gps.step()
    tablet.watch()
    assert (tablet.dock.state, tablet.faults()) == (Dock.UNDOCKED, [])
    position = tablet.gps.current(tablet.clock.monotonic_ns())
    assert position is not None
    assert position.stale

    tablet.is_docked = True
    docked_ns = tablet.clock.monotonic_ns()
    for _ in range(4):
        tablet.gps.step()
    tablet.watch()
    for go_on in tablet.go_on.values():
        go_on.release()
    tablet.give()
    assert tablet.clock.monotonic_ns() - docked_ns <= 3 * S * 2  # both cameras' pauses move the one hand clock
    tablet.give()
    tablet.watch()
    assert tablet.dock.state is Dock.DOCKED
    assert tablet.faults() == []
    tablet.end()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals for serial ports")
def test_two_cameras_and_a_gps_with_real_threads_clocks_and_ports(tmp_path: Path) -> None:
    clock, slot = SystemClock(), NewestFrame()
    clips = {n: str(write_clip(tmp_path / f"{n}.mp4", PICTURES, fps=30)) for n in ("front", "rear")}
    ours, theirs = os.openpty()
    gps = GpsReceiver(clock, port=os.ttyname(theirs), baud=9600)
    captures = [
        CaptureThread(lambda p=path: open_source(p), name, slot, clock, loop=True, position=gps.current)  # type: ignore[misc]
        for name, path in clips.items()
    ]
    errors: list[Exception] = []
    threads: list[CaptureThread | RepeatingThread] = [
        *captures,
        RepeatingThread("gps", gps.step, clock, period_s=0.0, failed=errors.append),
    ]
    os.write(ours, b"".join(second_of_drive(3)))
    for thread in threads:
        thread.start()
    seen: set[str] = set()
    placed = False
    until_ns = clock.monotonic_ns() + round(PATIENCE_S * S)
    while not (placed and len(seen) == 2):
        assert clock.monotonic_ns() < until_ns
        os.write(ours, b"".join(second_of_drive(3)))
        frame = slot.take(PATIENCE_S)
        assert frame is not None
        seen.add(frame.camera_id)
        placed = placed or frame.position is not None
    started_ns = clock.monotonic_ns()
    assert all(thread.stop(PATIENCE_S) for thread in threads)
    assert clock.monotonic_ns() - started_ns < 2 * S
    gps.close()
    assert errors == []
    os.close(ours)
    os.close(theirs)
