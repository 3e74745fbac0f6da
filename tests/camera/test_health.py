"""A camera's health from its pictures, its errors and its silence."""

from anpr.faults import FaultKind
from camera.health import CameraHealth
from camera.sources.source import Miss
from tests.camera.parts import HandClock
from tests.camera.watched import SCENES, Watched


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


def missing(watched: Watched, miss: Miss, seconds: float) -> list[str]:
    """Let something else than pictures come for a while; return what is said at the end."""
    for _ in range(round(seconds * 25)):
        watched.health.missed(miss, watched.clock.advance(0.04))
    return [fault.text for fault in watched.health.faults(watched.clock.monotonic_ns())]


def test_waiting_for_a_key_frame_is_told_with_its_seconds_and_is_no_silence(watched: Watched) -> None:
    assert missing(watched, Miss.NO_KEY_FRAME, 1.2) == []
    [text] = missing(watched, Miss.NO_KEY_FRAME, 1.8)
    assert text == "Camera front sends no whole picture yet (waiting for a key frame, 3 s)."
    [text] = missing(watched, Miss.NO_KEY_FRAME, 6.0)
    assert "9 s" in text
    watched.clock.advance(1.5)
    assert watched.names() == ["camera_silent"]
    watched.drive(0.2)
    assert watched.names() == []


def test_data_ends_the_trouble_with_the_connection_and_counts_from_then(watched: Watched) -> None:
    watched.health.lost(FaultKind.CAMERA_UNREACHABLE, "no")
    watched.clock.advance(60.0)
    [text] = missing(watched, Miss.NO_KEY_FRAME, 2.0)
    assert watched.health.gone_since_ns is None
    assert "waiting for a key frame, 2 s" in text
    watched.health.hung()
    assert missing(watched, Miss.NO_KEY_FRAME, 0.04) != ["The driver of camera front hangs and was given up."]


def test_data_that_cannot_be_decoded_is_told_with_its_share(watched: Watched) -> None:
    [text] = missing(watched, Miss.UNDECODABLE, 1.5)
    assert text == "Camera front sends damaged pictures (30 of the last 30 pictures damaged)."
    watched.drive(1.0)
    assert watched.names() == ["camera_damaged"]
    watched.drive(1.0)
    assert watched.names() == []


def test_damaged_pictures_are_told_with_their_share(watched: Watched) -> None:
    for n in range(60):
        watched.health.seen(SCENES[n % 12], watched.clock.advance(0.04), is_damaged=n % 5 < 2)
    [fault] = watched.health.faults(watched.clock.monotonic_ns())
    assert fault.text == "Camera front sends damaged pictures (12 of the last 30 pictures damaged)."
