"""Who gets in from the car's network, and what guessing PINs comes to."""

import json
import ssl
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed

from anpr.audit import AuditLog
from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import PIN, Client, actions
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


def test_a_login_is_needed_on_the_network(network: ScreenServer, desk: MemoryDesk, audit: AuditLog) -> None:
    assert network.network_address is not None
    client = Client(network.network_address)
    assert client.http.get("/api/session").json()["who"] is None
    assert client.post("queue", {"start": 0}).status_code == 401
    with pytest.raises(ConnectionClosed), client.feed(ssl=_trusting()) as messages:
        messages.recv(20)
    assert client.log_in(pin="000001").status_code == 403
    answer = client.log_in()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-patrol=")
    assert "Secure" in cookie
    number = desk.hit("AB51CDE")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    client.post("acknowledge", {"alert_id": number})
    assert desk.alerts[number].acknowledged_by == "1234 A. Constable"
    assert client.post("lock").status_code == 200
    assert client.post("queue", {"start": 0}).status_code == 401
    assert actions(audit) == ["login refused", "logged in", "alert acknowledged", "logged out"]
    assert PIN not in json.dumps([entry.detail for entry in audit.entries()])


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_a_tablet_cookie_does_not_serve_on_the_network(network: ScreenServer) -> None:
    tablet = Client(network.address)
    assert network.network_address is not None
    outside = Client(network.network_address)
    outside.http.cookies.set("__Host-patrol", tablet.http.cookies["patrol"])
    assert outside.post("queue", {"start": 0}, **{"x-patrol-token": tablet.token}).status_code == 401


def test_pin_guesses_are_refused_cheaply(network: ScreenServer, audit: AuditLog) -> None:
    assert network.network_address is not None
    client = Client(network.network_address)
    for n in range(300):
        assert client.log_in(pin=f"{n:06d}").status_code == 403
    assert actions(audit).count("login refused") <= 6
    assert "try again in" in client.log_in().json()["error"]
