import pytest

from anpr.errors import CameraError
from camera.sources.stream import StreamSource
from tests.camera.http_camera import CLOCK, Camera, Server, rtsp_answer


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/nothing", "camera_wrong_address"),
        ("/page", "camera_wrong_address"),
        ("/junk", "camera_wrong_address"),
        ("/private", "camera_no_permission"),
    ],
)
def test_what_is_wrong_at_an_address_has_its_name(
    camera: str, path: str, fault: str, capfd: pytest.CaptureFixture[str]
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
        assert caught.value.fault == "camera_unreachable"


@pytest.mark.parametrize("address", ["rtsp://no-such-camera.invalid/1", "http:///stream", "rtsp://[::1/1"])
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(CameraError) as caught:
        StreamSource(address, clock=CLOCK).open()
    assert caught.value.fault == "camera_wrong_address"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n", "camera_wrong_address"),
        (b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n", "camera_no_permission"),
        (b"RTSP/1.0 503 Service Unavailable\r\nCSeq: 1\r\n\r\n", "camera_unreachable"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "camera_wrong_address"),
        (b"", "camera_wrong_address"),
    ],
)
def test_what_an_rtsp_server_may_answer(answer: bytes, fault: str) -> None:
    address, thread = rtsp_answer(answer)
    with pytest.raises(CameraError) as caught:
        StreamSource(address, clock=CLOCK).open()
    thread.join()
    assert caught.value.fault == fault
