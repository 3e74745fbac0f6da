"""USB cameras and network cameras: real sockets and real files; no camera hardware is needed."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import cv2
import pytest

from anpr.clock import SystemClock
from anpr.errors import CameraError
from anpr.faults import FaultKind
from camera.sources import open_source
from camera.sources.source import FrameSource, Grab
from camera.sources.stream import StreamSource
from camera.sources.usb import DeviceSource
from tests.camera.parts import PATIENCE_S, numbered
from tests.camera.rtsp_server import RtspCamera

CLOCK = SystemClock()


class Camera(BaseHTTPRequestHandler):
    """A network camera: MJPEG at /stream, and everything that can be wrong at other paths."""

    pictures = tuple(cv2.imencode(".jpg", p)[1].tobytes() for p in numbered(20))
    stop = threading.Event()
    bursts = threading.Semaphore(0)

    def do_GET(self) -> None:
        if self.path in ("/stream", "/burst"):
            self._stream(ends=False)
        elif self.path == "/ending":
            self._stream(ends=True)
        elif self.path == "/silent":
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            self.wfile.flush()
            self.stop.wait(PATIENCE_S)
        elif self.path == "/private" and self.headers.get("Authorization") == "Basic cGF0cm9sOnA6c3M=":
            self._stream(ends=False)
        elif self.path == "/private":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/page":
            self._answer("text/html", b"<html>Welcome to your camera</html>")
        elif self.path == "/junk":
            self._answer("video/mp4", bytes(range(256)) * 40)
        else:
            self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, *, ends: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            while not self.stop.is_set():
                for n, picture in enumerate(self.pictures * 20 if self.path == "/burst" else self.pictures):
                    if n and self.path != "/burst":
                        self.stop.wait(0.02)
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                    self.wfile.write(head.encode() + picture + b"\r\n")
                if ends:
                    return
                if self.path == "/burst":
                    self.bursts.release()
                self.stop.wait(0.02)
        except OSError:
            return  # the reader has gone, as readers do


class Server(ThreadingHTTPServer):
    daemon_threads = True


@pytest.fixture
def camera() -> Iterator[str]:
    Camera.stop.clear()
    server = Server(("127.0.0.1", 0), Camera)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    Camera.stop.set()
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def opened(address: str) -> Iterator[FrameSource]:
    source = open_source(address)
    source.open()
    try:
        yield source
    finally:
        source.close()


def assert_in_order(grabs: list[Grab | None]) -> None:
    """Assert that every picture stands at the place that its grey level tells: a slow machine leaves some out."""
    seen = [round((float(g.image.mean()) - 20) / 10) for g in grabs if g is not None]
    places = [g.index for g in grabs if g is not None]
    assert len(seen) == len(grabs)
    assert all((b - a) % 20 == (d - c) % 20 for (a, b), (c, d) in zip(pairwise(seen), pairwise(places), strict=True))


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
    assert caught.value.fault == FaultKind.CAMERA_NO_PERMISSION
    assert "secret" not in str(caught.value)
    assert "patrol" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/nothing", FaultKind.CAMERA_WRONG_ADDRESS),
        ("/page", FaultKind.CAMERA_WRONG_ADDRESS),
        ("/junk", FaultKind.CAMERA_WRONG_ADDRESS),
        ("/private", FaultKind.CAMERA_NO_PERMISSION),
    ],
)
def test_what_is_wrong_at_an_address_has_its_name(
    camera: str, path: str, fault: FaultKind, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CameraError) as caught:
        StreamSource(f"http://{camera}{path}", clock=CLOCK).open()
    assert caught.value.fault == fault
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_nobody_listens() -> None:
    server = Server(("127.0.0.1", 0), Camera)
    port = server.server_address[1]
    server.server_close()
    for scheme in ("http", "rtsp"):
        with pytest.raises(CameraError, match="nothing listens") as caught:
            StreamSource(f"{scheme}://127.0.0.1:{port}/stream", clock=CLOCK).open()
        assert caught.value.fault == FaultKind.CAMERA_UNREACHABLE


@pytest.mark.parametrize("address", ["rtsp://no-such-camera.invalid/1", "http:///stream", "rtsp://[::1/1"])
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(CameraError) as caught:
        StreamSource(address, clock=CLOCK).open()
    assert caught.value.fault == FaultKind.CAMERA_WRONG_ADDRESS


def test_a_stream_that_ends_and_one_that_falls_silent(camera: str) -> None:
    with opened(f"http://{camera}/ending") as source:
        assert source.read() is not None
        with pytest.raises(CameraError) as caught:
            _ = [source.read() for _ in range(25)]
    assert caught.value.fault == FaultKind.CAMERA_UNREACHABLE
    started_ns = CLOCK.monotonic_ns()
    with pytest.raises(CameraError), opened(f"http://{camera}/silent") as source:
        source.read()
    assert CLOCK.monotonic_ns() - started_ns < 15e9


def rtsp_answer(answer: bytes) -> tuple[str, threading.Thread]:
    """Serve one connection that gives this answer to whatever is asked."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"rtsp://127.0.0.1:{server.getsockname()[1]}/live", thread


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n", FaultKind.CAMERA_WRONG_ADDRESS),
        (b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n", FaultKind.CAMERA_NO_PERMISSION),
        (b"RTSP/1.0 503 Service Unavailable\r\nCSeq: 1\r\n\r\n", FaultKind.CAMERA_UNREACHABLE),
        (b"SSH-2.0-OpenSSH_9.6\r\n", FaultKind.CAMERA_WRONG_ADDRESS),
        (b"", FaultKind.CAMERA_WRONG_ADDRESS),
    ],
)
def test_what_an_rtsp_server_may_answer(answer: bytes, fault: FaultKind) -> None:
    address, thread = rtsp_answer(answer)
    with pytest.raises(CameraError) as caught:
        StreamSource(address, clock=CLOCK).open()
    thread.join()
    assert caught.value.fault == fault


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_usb_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    for spec in ("/dev/video97", "97"):
        source = open_source(spec)
        assert source.is_live
        with pytest.raises(CameraError) as caught:
            source.open()
        assert caught.value.fault == FaultKind.CAMERA_UNPLUGGED
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_device_that_is_no_camera(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraError) as caught:
        open_source("/dev/null").open()
    assert caught.value.fault == FaultKind.CAMERA_BUSY
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="device files")
def test_a_device_that_this_account_may_not_open(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.touch(mode=0o000)
    tmp_path.chmod(0o755)
    account = os.geteuid()
    if account == 0:
        for folder in tmp_path.parents[:2]:
            folder.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(CameraError) as caught:
            DeviceSource(str(path), size=(1280, 720), clock=CLOCK).open()
    finally:
        os.seteuid(account)
    assert caught.value.fault == FaultKind.CAMERA_NO_PERMISSION


def test_a_camera_that_is_not_open_gives_no_frame() -> None:
    with pytest.raises(CameraError):
        DeviceSource(0, size=(1280, 720), clock=CLOCK).read()


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
    assert caught.value.fault in (FaultKind.CAMERA_UNREACHABLE, FaultKind.CAMERA_SILENT)
