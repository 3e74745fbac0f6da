import os
import sys
import threading
from pathlib import Path

import pytest

from anpr.errors import CameraError
from camera.capture import CaptureThread
from camera.clock import SystemClock
from camera.docking import Dock
from camera.gps import GpsReceiver, Port
from camera.hand_over import NewestFrame
from camera.rig import CameraRig
from camera.sources import FrameSource, open_source
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
        captures = [CaptureThread(self.factory(name), name, self.slot, self.clock) for name in self.failed]
        self.rig = CameraRig(captures, self.slot, self.clock, gps=self.gps)
        for capture in captures:
            capture.start()

    def factory(self, name: str):  # type: ignore[no-untyped-def]
        def make() -> FrameSource:
            if not self.is_docked:
                self.failed[name].release()
                self.go_on[name].acquire(timeout=PATIENCE_S)
                raise CameraError(f"there is no {name}", "camera_unplugged")
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
            camera.script.put(CameraError("gone", "camera_unplugged"))
        for name in self.failed:  # the next attempt has begun, so the loss was reported
            assert self.failed[name].acquire(timeout=PATIENCE_S)

    def faults(self) -> list[str]:
        return [f.name for f in self.rig.faults(self.clock.monotonic_ns())]

    def end(self) -> None:
        self.is_docked = True
        for name, camera in self.cameras.items():
            self.go_on[name].release(10)
            camera.script.put(CameraError("over"))
        assert self.rig.stop(PATIENCE_S)


def test_undocking_is_one_state_and_reading_goes_on_after_docking() -> None:
    tablet = Tablet()
    for _ in range(3):
        tablet.gps.step()
        tablet.give()
        tablet.rig.watch()
    assert tablet.rig.dock is Dock.DOCKED
    assert tablet.faults() == []
    tablet.undock()
    tablet.gps.step()
    tablet.rig.watch()
    assert tablet.rig.dock is Dock.UNDOCKED
    assert tablet.faults() == []
    tablet.clock.advance(5.0)
    tablet.gps.step()
    tablet.rig.watch()
    assert (tablet.rig.dock, tablet.faults()) == (Dock.UNDOCKED, [])
    position = tablet.rig.position(tablet.clock.monotonic_ns())
    assert position is not None
    assert position.stale

    tablet.is_docked = True
    docked_ns = tablet.clock.monotonic_ns()
    for _ in range(4):
        tablet.gps.step()
    tablet.rig.watch()
    for go_on in tablet.go_on.values():
        go_on.release()
    tablet.give()
    assert tablet.clock.monotonic_ns() - docked_ns <= 3 * S * 2  # both cameras' pauses move the one hand clock
    tablet.give()
    tablet.rig.watch()
    assert tablet.rig.dock is Dock.DOCKED
    assert tablet.faults() == []
    tablet.end()


def test_a_part_that_crashes_is_a_fault_that_clears() -> None:
    clock = HandClock()
    rig = CameraRig([], NewestFrame(), clock)
    crashes = [True]
    done = threading.Event()

    def step() -> None:
        if crashes:
            crashes.clear()
            raise ValueError("odd")
        seen.append([f.name for f in rig.faults(clock.monotonic_ns())])
        done.set()

    seen: list[list[str]] = []
    thread = rig._repeating("gps", step, 0.1)
    thread.start()
    assert done.wait(PATIENCE_S)
    assert thread.stop(PATIENCE_S)
    assert seen[0] == ["capture_failed"]
    assert rig.faults(clock.monotonic_ns()) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals for serial ports")
def test_a_whole_rig_with_real_threads_clocks_and_ports(tmp_path: Path) -> None:
    clock, slot = SystemClock(), NewestFrame()
    clips = {n: str(write_clip(tmp_path / f"{n}.mp4", PICTURES, fps=30)) for n in ("front", "rear")}
    ours, theirs = os.openpty()
    gps = GpsReceiver(clock, port=os.ttyname(theirs), baud=9600)
    captures = [
        CaptureThread(lambda p=path: open_source(p), name, slot, clock, loop=True, position=gps.current)  # type: ignore[misc]
        for name, path in clips.items()
    ]
    rig = CameraRig(captures, slot, clock, gps=gps)
    os.write(ours, b"".join(second_of_drive(3)))
    rig.start()
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
    assert rig.stop(PATIENCE_S)
    assert clock.monotonic_ns() - started_ns < 2 * S
    assert slot.take(0) is None
    os.close(ours)
    os.close(theirs)
