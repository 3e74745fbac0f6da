"""What every request must pass, and what every answer says."""

from collections.abc import Callable

import httpx
import pytest

from anpr.audit import AuditLog
from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import Client, actions
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


def test_every_answer_forbids_inline_script_framing_and_sniffing(serve: Serve) -> None:
    client = Client(serve().address)
    for path in ("/", "/js/main.js", "/js/rooms/alerts.js", "/api/session", "/nothing"):
        headers = client.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    cookie = httpx.get(client.address + "/api/session").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": ""}, {"host": "evil.example:80"},
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"x-patrol-token": "forged"},
        {"x-patrol-token": ""}, {"content-type": "text/plain"}, {"cookie": "patrol=forged"},
    ],
)  # fmt: skip
def test_forged_requests_do_nothing(serve: Serve, desk: MemoryDesk, headers: dict[str, str]) -> None:
    client = Client(serve().address)
    alert = desk.hit("AB51CDE")
    if "cookie" in headers:
        client.http.cookies.clear()
    answer = client.post("acknowledge", {"alert_id": alert}, **headers)
    assert answer.status_code in {400, 401, 403}
    assert not desk.alerts[alert].acknowledged_by
    assert client.http.get("/picture/x", headers=headers).status_code in {401, 403, 404}


def test_refusals_are_in_the_audit_once_a_minute_for_each_kind(serve: Serve, audit: AuditLog) -> None:
    client = Client(serve().address)
    for _ in range(50):
        client.http.get("/", headers={"host": "evil.example"})
    until(lambda: "request refused" in actions(audit))
    assert actions(audit).count("request refused") == 1


def test_oversized_bodies_are_refused(serve: Serve) -> None:
    client = Client(serve().address)
    assert client.post("look-up", {"vrm": "A" * 20_000}).status_code == 413

    def endless() -> object:
        for _ in range(40):
            yield b" " * 1000

    headers = {"x-patrol-token": client.token, "content-type": "application/json"}
    assert client.http.post("/api/look-up", content=endless(), headers=headers).status_code == 413  # type: ignore[arg-type]
    assert client.post("look-up", {"vrm": "AB51CDE"}).status_code == 200
