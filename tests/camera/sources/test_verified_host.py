"""A camera's login goes to a host that is verified or pinned, and to nobody else."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from anpr.address import Address
from anpr.clock import SystemClock
from anpr.faults import CameraError
from anpr.screen.certificate import CarCertificate, car_certificate
from camera.sources.address_check import check_address
from camera.sources.stream import StreamSource
from camera.sources.verified_host import require_of_car_network


def certificate(folder: Path, *names: str) -> CarCertificate:
    return car_certificate(folder, names, lambda: datetime.now(UTC))


@contextmanager
def camera(made: CarCertificate) -> Iterator[tuple[int, list[str]]]:
    """Answer over TLS with this certificate; give the port, and what logins it hears."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("authorization", ""))
            self.send_response(401)
            self.send_header("www-authenticate", 'Basic realm="camera"')
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the handler's own name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate_path, made.key_path)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("scheme", ["https", "rtsps"])
@pytest.mark.parametrize("named", [None, "another"])
def test_a_host_that_proves_nothing_gets_no_login(tmp_path: Path, scheme: str, named: str | None) -> None:
    other = certificate(tmp_path / "other", "127.0.0.1").certificate_path if named else None
    with camera(certificate(tmp_path / "tls", "127.0.0.1")) as (port, heard):
        source = StreamSource(
            Address(f"{scheme}://patrol:secret@127.0.0.1:{port}/1"), clock=SystemClock(), certificate=other
        )
        with pytest.raises(CameraError, match="gets no password") as refused:
            source.open()
    assert "secret" not in str(refused.value)
    assert heard == []


@pytest.mark.parametrize("name", ["127.0.0.1", "camera.example"])
def test_the_cameras_own_certificate_whatever_name_it_bears_is_enough(tmp_path: Path, name: str) -> None:
    made = certificate(tmp_path / "tls", name)
    with camera(made) as (port, heard):
        address = Address(f"https://patrol:secret@127.0.0.1:{port}/1")
        verified = check_address(address, made.certificate_path)
        assert verified is not None
        assert verified.name == name
        assert heard[0].startswith("Basic ")
        heard.clear()
        with pytest.raises(CameraError, match="refuses the user or the password"):
            StreamSource(address, clock=SystemClock(), certificate=made.certificate_path).open()
    assert len(heard) > 1  # by FFmpeg as well, which verified it too


def test_without_a_login_any_certificate_will_do(tmp_path: Path) -> None:
    with camera(certificate(tmp_path / "tls", "x.example")) as (port, heard):
        with pytest.raises(CameraError, match="wants a user"):
            check_address(Address(f"https://127.0.0.1:{port}/1"))
        assert heard == [""]


def test_a_file_without_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nothing")
    for path in (tmp_path / "none.pem", tmp_path / "absent.pem"):
        with pytest.raises(CameraError, match=f"{path.name} holds no certificate"):
            check_address(Address("https://patrol:secret@127.0.0.1:1/1"), path)


class Peer(socket.socket):
    """A connection to an address that no test can reach."""

    def __init__(self, peer: str) -> None:
        super().__init__()
        self.peer = peer

    def getpeername(self) -> tuple[str, int]:
        return self.peer, 554


@pytest.mark.parametrize(
    ("peer", "inside"),
    [
        ("192.168.1.10", True),
        ("169.254.7.7", True),
        ("fe80::1%eth0", True),
        ("8.8.8.8", False),
        ("2a00:23c7::1", False),
    ],
)
def test_an_unencrypted_login_stays_in_the_cars_network(peer: str, inside: bool) -> None:
    with Peer(peer) as connection:
        if inside:
            require_of_car_network(Address("rtsp://patrol:secret@camera/1"), connection)
        else:
            with pytest.raises(CameraError, match="gets no password"):
                require_of_car_network(Address("rtsp://patrol:secret@camera/1"), connection)
