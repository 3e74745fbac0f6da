"""A camera's health from its pictures, its errors and its silence."""

from anpr.faults import FaultKind
from camera.health import CameraHealth
from tests.camera.parts import HandClock
from tests.camera.watched import Watched


def test_silence_is_named_within_2_s_and_clears_with_the_next_frame(watched: Watched) -> None:
    watched.clock.advance(1.3)
    assert watched.names() == []
    watched.clock.advance(0.2)
    assert watched.names() == ["camera_silent"]
    watched.drive(0.2)
    assert watched.names() == []


def test_silence_counts_from_the_start_and_no_more_after_a_recordings_end() -> None:
    clock = HandClock()
    health = CameraHealth("front", clock)
    assert health.faults(clock.advance(60.0)) == ()
    health.expect_frames(True)
    assert [f.name for f in health.faults(clock.advance(1.6))] == ["camera_silent"]
    health.expect_frames(False)
    assert health.faults(clock.advance(60.0)) == ()


def test_an_error_outranks_silence_and_ends_with_a_frame(watched: Watched) -> None:
    watched.health.lost(FaultKind.CAMERA_WRONG_ADDRESS, "rtsp://…@10.0.0.5/x has nothing at this path")
    watched.clock.advance(60.0)
    [found] = watched.health.faults(watched.clock.monotonic_ns())
    assert found.name == "camera_wrong_address"
    assert found.subject == "front"
    assert found.text == "Camera front has no video at its address (rtsp://…@10.0.0.5/x has nothing at this path)."
    assert found.remedy
    assert watched.health.gone_since_ns is None
    watched.drive(0.2)
    assert watched.names() == []


def test_since_when_a_camera_is_away_does_not_move_with_each_attempt(watched: Watched) -> None:
    watched.health.lost(FaultKind.CAMERA_UNPLUGGED, "there is no /dev/video0")
    first_ns = watched.health.gone_since_ns
    assert first_ns == watched.clock.monotonic_ns()
    for _ in range(5):
        watched.clock.advance(1.0)
        watched.health.lost(FaultKind.CAMERA_UNPLUGGED, "there is no /dev/video0")
    assert watched.health.gone_since_ns == first_ns
    watched.drive(0.1)
    assert watched.health.gone_since_ns is None
