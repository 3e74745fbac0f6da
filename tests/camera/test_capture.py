import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.clock import SystemClock
from anpr.faults import CameraError, FaultKind
from anpr.threads import RepeatingThread
from anpr.values import Frame, Image, Position
from camera.capture import Backoff, CaptureThread
from camera.newest_frame import NewestFrame
from camera.sources.source import FrameSource, Miss
from tests.camera.parts import PATIENCE_S, START_UTC, HandClock, ScriptedCamera, scene

PICTURE = scene(0, 320, 180)


class Car:
    """One scripted camera in a capture thread."""

    def __init__(self, **options: object) -> None:
        self.clock = HandClock()
        self.camera = ScriptedCamera(self.clock)
        self.slot = NewestFrame()
        self.capture = CaptureThread(lambda: self.camera, "front", self.slot, self.clock, **options)  # type: ignore[arg-type]

    def give(self, answer: Image | Miss | Exception) -> None:
        self.camera.script.put(answer)

    def take(self) -> Frame:
        frame = self.slot.take(PATIENCE_S)
        assert frame is not None
        return frame

    def faults(self) -> list[str]:
        return [f.name for f in self.capture.health.faults(self.clock.monotonic_ns())]


@pytest.fixture
def car() -> Iterator[Car]:
    made = Car()
    yield made
    made.give(CameraError("the test is over"))
    assert made.capture.stop(PATIENCE_S)


def test_frames_are_stamped_right_after_the_grab(car: Car) -> None:
    car.capture.start()
    car.give(PICTURE)
    first = car.take()
    assert (first.camera_id, first.seq, first.name) == ("front", 0, "")
    assert first.captured_ns == 1_000_000_000
    assert first.captured_utc == START_UTC + timedelta(seconds=1)
    car.clock.advance(0.5)
    car.give(PICTURE)
    second = car.take()
    assert (second.seq, second.captured_ns) == (1, 1_500_000_000)
    assert second.captured_utc - first.captured_utc == timedelta(seconds=0.5)


def test_utc_is_that_of_the_grab_even_if_the_decoding_takes_long(car: Car) -> None:
    class SlowToDecode(ScriptedCamera):
        def read(self):  # type: ignore[no-untyped-def]
            grab = super().read()
            self.clock.advance(0.3)
            return grab

    car.camera = SlowToDecode(car.clock)
    car.capture.start()
    car.give(PICTURE)
    frame = car.take()
    assert frame.captured_ns == 1_000_000_000
    assert frame.captured_utc == START_UTC + timedelta(seconds=1)


def test_what_comes_in_place_of_pictures_is_no_hanging_driver(car: Car) -> None:
    told: list[Miss] = []
    enough = threading.Event()

    def missed(miss: Miss, now_ns: int) -> None:
        told.append(miss)
        car.capture.check(now_ns)
        car.clock.advance(7.0)
        if len(told) == 5:
            enough.set()

    car.capture.health.missed = missed  # type: ignore[method-assign]
    car.capture.start()
    for _ in range(5):
        car.give(Miss.NO_KEY_FRAME)
    assert enough.wait(PATIENCE_S)
    assert told == [Miss.NO_KEY_FRAME] * 5
    assert not car.camera.closed.is_set()
    car.give(PICTURE)
    assert car.take().seq == 0
    assert "camera_hung" not in car.faults()


def test_an_unplugged_camera_is_named_and_comes_back_by_itself(car: Car) -> None:
    car.camera.on_open = [CameraError("there is no /dev/video0", FaultKind.CAMERA_UNPLUGGED) for _ in range(3)]
    car.capture.start()
    car.give(PICTURE)
    assert car.take().seq == 0
    assert car.camera.opened == 4
    assert car.faults() == []
    car.give(CameraError("/dev/video0 is gone", FaultKind.CAMERA_UNPLUGGED))
    car.give(PICTURE)
    assert car.take().seq == 1
    assert car.camera.opened == 5
    assert car.faults() == []


def test_a_lost_camera_is_a_fault_while_it_is_away() -> None:
    car = Car()
    car.camera.on_open = [CameraError("no", FaultKind.CAMERA_UNPLUGGED)]
    reached, go_on = threading.Event(), threading.Event()

    def waiting(event: threading.Event, timeout_s: float) -> bool:
        reached.set()
        go_on.wait(PATIENCE_S)
        return event.is_set()

    car.clock.wait = waiting  # type: ignore[method-assign]
    car.capture.start()
    assert reached.wait(PATIENCE_S)
    assert car.faults() == ["camera_unplugged"]
    go_on.set()
    car.give(PICTURE)
    car.take()
    car.give(PICTURE)
    car.take()  # the health has seen the first frame by now
    assert car.faults() == []
    car.give(CameraError("over"))
    assert car.capture.stop(PATIENCE_S)


def test_pauses_grow_to_the_cap_and_start_anew_after_success() -> None:
    car = Car(backoff=Backoff(first_s=0.25, cap_s=1.6, jitter=0.0))
    car.camera.on_open = [CameraError("no", FaultKind.CAMERA_UNPLUGGED) for _ in range(5)]
    car.capture.start()
    car.give(PICTURE)
    car.take()
    assert car.clock.waits == [0.25, 0.5, 1.0, 1.6, 1.6]
    car.give(CameraError("gone", FaultKind.CAMERA_UNPLUGGED))
    car.give(PICTURE)
    car.take()
    assert car.clock.waits[5:] == [0.25]
    car.give(CameraError("over"))
    car.capture.stop(PATIENCE_S)


@given(failures=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_pauses_stay_short_enough_to_read_within_3_s_of_docking(failures: int, chance: float) -> None:
    assert 0.2 <= Backoff().wait_s(failures, chance) <= 2.0


def test_frames_that_the_source_left_out_are_counted(car: Car) -> None:
    def after_a_backlog() -> Image:
        car.camera.index += 7
        return PICTURE

    car.capture.start()
    car.give(PICTURE)
    car.take()
    car.camera.script.put(after_a_backlog)
    assert car.take().seq == 1
    assert car.slot.dropped == {"front": 7}


def test_an_unexpected_error_becomes_a_fault_and_reading_goes_on(car: Car) -> None:
    car.capture.start()
    car.give(ZeroDivisionError("in the driver"))
    car.give(PICTURE)
    assert car.take().seq == 0
    assert car.capture.is_alive


def test_a_hanging_driver_is_given_up_replaced_and_shown() -> None:
    clock, slot = HandClock(), NewestFrame()
    hanging, fresh = ScriptedCamera(clock), ScriptedCamera(clock)
    in_driver, release = threading.Event(), threading.Event()

    def hang() -> Image:
        in_driver.set()
        release.wait(PATIENCE_S)
        return PICTURE

    cameras = [fresh, hanging]
    capture = CaptureThread(cameras.pop, "front", slot, clock, hang_after_s=5.0)
    hanging.script.put(hang)
    capture.start()
    assert in_driver.wait(PATIENCE_S)
    capture.check(clock.advance(4.9))
    assert len(cameras) == 1
    capture.check(clock.advance(0.2))
    assert [f.name for f in capture.health.faults(clock.monotonic_ns())] == ["camera_hung"]
    fresh.script.put(PICTURE)
    frame = slot.take(PATIENCE_S)
    assert frame is not None
    release.set()  # the old thread returns from its driver: its late frame must not be taken for a new one
    assert hanging.closed.wait(PATIENCE_S)
    assert slot.take(0) is None
    fresh.script.put(PICTURE)
    assert slot.take(PATIENCE_S) is not None
    assert capture.grabbed == 2
    assert capture.health.faults(clock.monotonic_ns()) == ()
    fresh.script.put(CameraError("over"))
    assert capture.stop(PATIENCE_S)


def test_a_driver_that_always_hangs_does_not_eat_threads() -> None:
    clock, slot = HandClock(), NewestFrame()
    release = threading.Event()
    entered = threading.Semaphore(0)

    class Hanging(ScriptedCamera):
        def open(self) -> None:
            entered.release()
            release.wait(PATIENCE_S)
            raise CameraError("at last")

    opened: list[Hanging] = []

    def factory() -> FrameSource:
        opened.append(Hanging(clock))
        return opened[-1]

    capture = CaptureThread(factory, "front", slot, clock, hang_after_s=5.0)
    capture.start()
    for _ in range(3):
        assert entered.acquire(timeout=PATIENCE_S)
        check_for(capture, clock, 5.1)
    assert entered.acquire(timeout=PATIENCE_S)
    for _ in range(10):
        check_for(capture, clock, 5.1)
    assert len(opened) == 4
    assert [f.name for f in capture.health.faults(clock.monotonic_ns())] == ["camera_hung"]
    capture.stop(0)
    release.set()
    assert capture.stop(PATIENCE_S)


def check_for(capture: CaptureThread, clock: HandClock, seconds: float) -> None:
    for _ in range(3):
        capture.check(clock.advance(seconds / 3))


def test_a_machine_that_slept_takes_no_driver_for_hanging_and_finds_one_that_does_afterwards() -> None:
    clock, slot = HandClock(), NewestFrame()
    camera = ScriptedCamera(clock)
    in_driver, release = threading.Event(), threading.Event()

    def hang() -> Image:
        in_driver.set()
        release.wait(PATIENCE_S)
        return PICTURE

    camera.script.put(hang)
    capture = CaptureThread(lambda: camera, "front", slot, clock, hang_after_s=5.0)
    capture.start()
    assert in_driver.wait(PATIENCE_S)
    capture.check(clock.advance(0.25))
    for _ in range(3):
        capture.check(clock.advance(3600.0))
        assert "camera_hung" not in [f.name for f in capture.health.faults(clock.monotonic_ns())]
    check_for(capture, clock, 5.1)
    assert [f.name for f in capture.health.faults(clock.monotonic_ns())] == ["camera_hung"]
    release.set()
    camera.script.put(CameraError("over"))
    assert capture.stop(PATIENCE_S)


def test_frames_carry_the_place_that_the_car_had() -> None:
    place = Position(51.5, -0.1, START_UTC, 0.2, stale=False, speed_mps=13.0)
    car = Car(position=lambda now_ns: place if now_ns == 1_000_000_000 else None)
    car.capture.start()
    car.give(PICTURE)
    assert car.take().position == place
    car.give(CameraError("over"))
    car.capture.stop(PATIENCE_S)


def test_two_cameras_in_one_slot() -> None:
    clock, slot = HandClock(), NewestFrame()
    cameras = {name: ScriptedCamera(clock) for name in ("front", "rear")}
    captures = [CaptureThread(lambda s=s: s, name, slot, clock) for name, s in cameras.items()]  # type: ignore[misc]
    for capture in captures:
        capture.start()
    for camera in cameras.values():
        camera.script.put(PICTURE)
    seen = {frame.camera_id for frame in (slot.take(PATIENCE_S), slot.take(PATIENCE_S)) if frame is not None}
    assert seen == {"front", "rear"}
    for camera, capture in zip(cameras.values(), captures, strict=True):
        camera.script.put(CameraError("over"))
        assert capture.stop(PATIENCE_S)


def test_stopping_ends_a_pause_at_once() -> None:
    clock, slot = SystemClock(), NewestFrame()
    tried = threading.Event()

    def factory() -> FrameSource:
        tried.set()
        raise CameraError("no", FaultKind.CAMERA_UNPLUGGED)

    capture = CaptureThread(factory, "front", slot, clock, backoff=Backoff(first_s=60.0, cap_s=60.0))
    capture.start()
    assert tried.wait(PATIENCE_S)
    assert capture.stop(PATIENCE_S)


def test_a_step_that_fails_is_reported_and_called_again() -> None:
    calls: list[int] = []
    errors: list[str] = []
    done = threading.Event()

    def step() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("odd")
        if len(calls) > 3:
            done.set()

    thread = RepeatingThread("t", step, HandClock(), period_s=0.1, failed=lambda e: errors.append(str(e)))
    thread.start()
    assert done.wait(PATIENCE_S)
    assert thread.stop(PATIENCE_S)
    assert errors == ["odd"]


def test_an_error_that_nobody_expected_is_a_fault_by_its_kind_and_logged_with_the_camera(
    car: Car, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[FaultKind, str]] = []
    monkeypatch.setattr(car.capture.health, "lost", lambda kind, detail: told.append((kind, detail)))
    car.capture.start()
    car.give(PICTURE)
    car.take()
    odd = ValueError("rtsp://patrol:hush@10.0.0.5/stream1")
    car.give(odd)
    car.give(PICTURE)
    car.take()
    (record,) = [record for record in caplog.records if record.exc_info and record.exc_info[1] is odd]
    assert record.threadName == "capture-front"
    assert record.getMessage() == "reading camera front met an error that nobody expected"
    assert told == [(FaultKind.CAMERA_FAILED, "ValueError")]
