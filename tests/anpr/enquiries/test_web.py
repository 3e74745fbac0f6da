"""One question over HTTPS: whatever comes back or does not, it is told, and nothing is raised."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from anpr.address import Address
from anpr.enquiries.answer import Outcome
from anpr.enquiries.web import LARGEST_BYTES, Web, by_status


def sent(answer: httpx.Response | Exception) -> tuple[int, Outcome | None, str]:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    web = Web(1.0, httpx.MockTransport(handle))
    came = web.send("GET", Address("https://dvla.example/v1?key=secret"), headers={}, path="AB12CDE")
    web.close()
    return came.status, came.trouble, came.detail


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (httpx.ConnectTimeout("x"), Outcome.NO_NETWORK), (httpx.ReadTimeout("x"), Outcome.SLOW),
        (httpx.ConnectError("secret AB12CDE"), Outcome.NO_NETWORK), (httpx.RemoteProtocolError("x"), Outcome.DOWN),
        (httpx.ReadError("x"), Outcome.DOWN),
    ],
)  # fmt: skip
def test_each_way_to_fail(error: Exception, trouble: Outcome) -> None:
    status, found, detail = sent(error)
    assert (status, found) == (0, trouble)
    assert "secret" not in detail
    assert "AB12CDE" not in detail


def test_what_is_too_large_is_cut_off() -> None:
    assert sent(httpx.Response(200, content=b" " * (LARGEST_BYTES + 1)))[1] is Outcome.UNREADABLE


@pytest.mark.parametrize("address", ["https://[::1/x", "https://\x7f/", "nonsense"])
def test_an_address_that_is_none_is_said_to_be(address: str) -> None:
    web = Web(1.0)
    came = web.send("GET", Address(address), headers={})
    web.close()
    assert came.trouble is not None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, Outcome.WRONG_KEY), (403, Outcome.WRONG_KEY), (429, Outcome.THROTTLED), (500, Outcome.DOWN), (404, Outcome.UNREADABLE)],
)  # fmt: skip
def test_statuses(status: int, outcome: Outcome) -> None:
    assert by_status(status) is outcome


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[str]:
    """A server whose certificate no authority has signed."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem", "-days", "2"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_nobody_vouches_for_gets_no_key(untrusted: str) -> None:
    web = Web(2.0)
    came = web.send("POST", Address(untrusted), headers={"x-api-key": "secret"})
    web.close()
    assert (came.status, came.trouble, came.detail) == (0, Outcome.UNTRUSTED, "ConnectError")
