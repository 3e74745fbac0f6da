import pytest

from anpr.errors import CameraError
from camera.sources.stream import StreamSource
from tests.camera.http_camera import CLOCK, Camera, assert_in_order, opened
from tests.camera.parts import PATIENCE_S, numbered
from tests.camera.rtsp_server import RtspCamera


def test_an_mjpeg_camera_over_http(camera: str, capfd: pytest.CaptureFixture[str]) -> None:
    with opened(f"http://{camera}/stream") as source:
        assert source.is_live
        before_ns = CLOCK.monotonic_ns()
        grabs = [source.read() for _ in range(25)]
    assert_in_order(grabs)
    stamps = [g.grabbed_ns for g in grabs if g is not None]
    assert stamps == sorted(stamps)
    assert before_ns <= stamps[0] <= stamps[-1] <= CLOCK.monotonic_ns()
    assert capfd.readouterr() == ("", "")


def test_a_backlog_is_left_out_and_counted(camera: str) -> None:
    with opened(f"http://{camera}/burst") as source:
        first = source.read()
        assert Camera.bursts.acquire(timeout=PATIENCE_S)  # 400 frames wait in the buffers now, or have gone through
        second = source.read()
        third = source.read()
    assert first is not None
    assert second is not None
    assert third is not None
    assert third.index - first.index > 100


def test_user_and_password_are_used_and_never_shown(camera: str) -> None:
    with opened(f"http://patrol:p%3Ass@{camera}/private") as source:
        assert source.read() is not None
    with pytest.raises(CameraError) as caught:
        StreamSource(f"http://patrol:secret@{camera}/private", clock=CLOCK).open()
    assert caught.value.fault == "camera_no_permission"
    assert "secret" not in str(caught.value)
    assert "patrol" not in str(caught.value)


def test_a_stream_that_ends_and_one_that_falls_silent(camera: str) -> None:
    with opened(f"http://{camera}/ending") as source:
        assert source.read() is not None
        with pytest.raises(CameraError) as caught:
            _ = [source.read() for _ in range(25)]
    assert caught.value.fault == "camera_unreachable"
    started_ns = CLOCK.monotonic_ns()
    with pytest.raises(CameraError), opened(f"http://{camera}/silent") as source:
        source.read()
    assert CLOCK.monotonic_ns() - started_ns < 15e9


def test_an_rtsp_camera(capfd: pytest.CaptureFixture[str]) -> None:
    camera = RtspCamera(numbered(20))
    try:
        with opened(camera.address) as source:
            grabs = [source.read() for _ in range(25)]
        assert_in_order(grabs)
    finally:
        camera.close()
    assert capfd.readouterr() == ("", "")


def test_an_rtsp_camera_that_goes_away() -> None:
    camera = RtspCamera(numbered(5))
    try:
        with opened(camera.address) as source:
            assert source.read() is not None
            camera.close()
            with pytest.raises(CameraError) as caught:
                _ = [source.read() for _ in range(200)]
    finally:
        camera.close()
    assert caught.value.fault in ("camera_unreachable", "camera_silent")
