import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from anpr.address import Address
from anpr.faults import CameraError, FaultKind
from camera.sources.address_check import check_address
from camera.sources.stream import StreamSource
from tests.camera.http_camera import CLOCK, Camera, Server, rtsp_answer


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
        StreamSource(Address(f"http://{camera}{path}"), clock=CLOCK).open()
    assert caught.value.fault == fault
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_nobody_listens() -> None:
    server = Server(("127.0.0.1", 0), Camera)
    port = server.server_address[1]
    server.server_close()
    for scheme in ("http", "rtsp"):
        with pytest.raises(CameraError, match="nothing listens") as caught:
            StreamSource(Address(f"{scheme}://127.0.0.1:{port}/stream"), clock=CLOCK).open()
        assert caught.value.fault == FaultKind.CAMERA_UNREACHABLE


@pytest.mark.parametrize("address", ["rtsp://no-such-camera.invalid/1", "http:///stream", "rtsp://[::1/1"])
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(CameraError) as caught:
        StreamSource(Address(address), clock=CLOCK).open()
    assert caught.value.fault == FaultKind.CAMERA_WRONG_ADDRESS


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
        StreamSource(Address(address), clock=CLOCK).open()
    thread.join()
    assert caught.value.fault == fault


@contextmanager
def server(answer: bytes) -> Iterator[tuple[int, list[str]]]:
    """One connection that gets this answer; its port and what was asked."""
    asked: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            asked.append(connection.recv(4096).decode("latin-1"))
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1], asked
    finally:
        thread.join()


def fault_of(scheme: str, answer: bytes, login: str = "") -> FaultKind | None:
    """The fault's kind, None when the address is taken; no message holds the login."""
    sentence, fault = "", None
    with server(answer) as (port, _):
        try:
            check_address(Address(f"{scheme}://{login}127.0.0.1:{port}/live"))
        except CameraError as error:
            sentence, fault = str(error), error.fault
    assert "secret" not in sentence
    assert "\n" not in sentence
    return fault


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (200, None), (302, None), (401, FaultKind.CAMERA_NO_PERMISSION), (403, FaultKind.CAMERA_NO_PERMISSION),
        (404, FaultKind.CAMERA_WRONG_ADDRESS), (410, FaultKind.CAMERA_WRONG_ADDRESS), (400, FaultKind.CAMERA_WRONG_ADDRESS),
        (499, FaultKind.CAMERA_WRONG_ADDRESS), (500, FaultKind.CAMERA_UNREACHABLE), (503, FaultKind.CAMERA_UNREACHABLE),
    ],
)  # fmt: skip
def test_status_of_a_web_server(status: int, fault: FaultKind | None) -> None:
    assert fault_of("http", f"HTTP/1.0 {status} X\r\n\r\n".encode()) == fault


def test_status_of_an_rtsp_server() -> None:
    statuses = {
        200: None,
        400: None,
        454: FaultKind.CAMERA_WRONG_ADDRESS,
        407: FaultKind.CAMERA_NO_PERMISSION,
        500: FaultKind.CAMERA_UNREACHABLE,
    }
    for status, fault in statuses.items():
        assert fault_of("rtsp", f"RTSP/1.0 {status} X\r\n\r\n".encode()) == fault, status


def test_camera_that_wants_a_digest_login_is_left_to_ffmpeg() -> None:
    for scheme in ("http", "rtsp"):
        answer = f"{scheme.upper()}/1.0 401 X\r\n\r\n".encode()
        assert fault_of(scheme, answer, "patrol:secret@") is None
        assert fault_of(scheme, answer.replace(b"401", b"403"), "patrol:secret@") == FaultKind.CAMERA_NO_PERMISSION


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("Content-Type: text/html; charset=utf-8\r\n", FaultKind.CAMERA_WRONG_ADDRESS),
        ("X: y\r\nCONTENT-TYPE:  Application/JSON\r\n", FaultKind.CAMERA_WRONG_ADDRESS),
        ("Content-Type: multipart/x-mixed-replace\r\n", None),
        ("Content-Type: application/octet-stream\r\n", None),
        ("", None),
    ],
)
def test_web_page_is_no_video(head: str, fault: FaultKind | None) -> None:
    assert fault_of("http", f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Type: text/html".encode()) == fault


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\r\n\r\n", b"HTTP/1.1 OK 200\r\n\r\n", b""])
def test_what_speaks_another_language_is_no_camera(answer: bytes) -> None:
    assert fault_of("http", answer) == FaultKind.CAMERA_WRONG_ADDRESS


def test_head_without_end_is_not_read_for_ever() -> None:
    assert fault_of("http", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2000) is None


def test_question_is_for_the_path_with_the_login_decoded() -> None:
    with server(b"HTTP/1.0 200 OK\r\n\r\n") as (port, asked):
        check_address(Address(f"http://patrol:p%3Ass@127.0.0.1:{port}/live/1?size=big"))
    assert asked[0].startswith("GET /live/1?size=big HTTP/1.0\r\n")
    assert f"Authorization: Basic {base64.b64encode(b'patrol:p:ss').decode()}\r\n" in asked[0]
    with server(b"RTSP/1.0 200 OK\r\n\r\n") as (port, asked):
        check_address(Address(f"rtsp://patrol:secret@127.0.0.1:{port}/live/1?size=big"))
    assert asked[0].startswith(f"DESCRIBE rtsp://127.0.0.1:{port}/live/1?size=big RTSP/1.0\r\n")
    assert "secret" not in asked[0]


def test_server_without_tls_is_named() -> None:
    assert fault_of("https", b"HTTP/1.0 400 Bad Request\r\n\r\n") == FaultKind.CAMERA_WRONG_ADDRESS


@pytest.mark.parametrize(
    ("error", "fault", "words"),
    [
        (
            socket.gaierror(-2, "x"),
            FaultKind.CAMERA_WRONG_ADDRESS,
            "the host of rtsp://…@camera.lan/1 is not known",
        ),
        (ConnectionRefusedError(), FaultKind.CAMERA_UNREACHABLE, "nothing listens at rtsp://…@camera.lan/1"),
        (TimeoutError(), FaultKind.CAMERA_UNREACHABLE, "rtsp://…@camera.lan/1 does not answer"),
        (OSError(113, "No route to host"), FaultKind.CAMERA_UNREACHABLE, "cannot be reached: No route to host"),
        (ssl.SSLError(1, "x"), FaultKind.CAMERA_WRONG_ADDRESS, "does not speak TLS"),
    ],
)
def test_each_way_to_fail_has_its_name(
    monkeypatch: pytest.MonkeyPatch, error: OSError, fault: FaultKind, words: str
) -> None:
    tried: list[tuple[tuple[str, int], float]] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append((address, timeout))
        raise error

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(CameraError, match=words) as caught:
        check_address(Address("rtsp://patrol:secret@camera.lan/1"))
    assert caught.value.fault == fault
    assert tried == [(("camera.lan", 554), 1.0)]


def test_default_ports_and_what_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[1])
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    for scheme in ("rtsp", "rtsps", "http", "https", "rtmp"):
        with pytest.raises(CameraError):
            check_address(Address(f"{scheme}://camera/1"))
    assert tried == [554, 322, 80, 443, 1935]
    for address in ("udp://@:5000", "srt://camera:1", "tcp://camera"):
        check_address(Address(address))
    assert len(tried) == 5
