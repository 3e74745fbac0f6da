"""What every request must pass, and what every answer says."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from anpr.screen import guard
from anpr.screen.guard import BODY_LIMIT, HEADERS, Guard
from anpr.screen.server import ScreenServer
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import Client, actions
from tests.anpr.screen.conftest import run, until
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
    assert client.look_up("AB51CDE").status_code == 200


HOST = "127.0.0.1:8080"


class Behind:
    """The application behind the guard: keeps the bodies that came through."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.refusals: list[tuple[str, str]] = []
        self.guard = Guard(
            self, scheme="http", hosts=lambda: frozenset({HOST}), refused=lambda *told: self.refusals.append(told)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        self.bodies.append((await receive())["body"])
        own = [(b"cache-control", b"max-age=600"), (b"referrer-policy", b"origin")]
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": b"done"})

    def ask(
        self, *parts: bytes, kind: str = "http", method: str = "GET", path: str = "/x", **headers: str | None
    ) -> list[Message]:
        """Send a request through the guard and return what it answered; a header of None is left out."""
        given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope: dict[str, Any] = {
            "type": kind, "method": method, "path": path, "client": ("10.0.0.9", 1),
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value is not None],
        }  # fmt: skip
        coming = iter(
            [{"type": "http.request", "body": part, "more_body": n + 1 < len(parts)} for n, part in enumerate(parts)]
        )
        answers: list[Message] = []

        async def receive() -> Message:
            return next(coming, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            answers.append(message)

        run(self.guard(scope, receive, send))
        return answers


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.mark.parametrize(
    ("method", "headers", "passes"),
    [
        ("GET", {}, True),
        ("GET", {"origin": f"http://{HOST}"}, True),
        ("GET", {"origin": f"https://{HOST}"}, False),
        ("GET", {"host": None}, False),
        ("GET", {"host": "127.0.0.1"}, False),
        ("HEAD", {}, True),
        ("POST", {}, False),
        ("POST", {"origin": f"http://{HOST}"}, True),
        ("DELETE", {"origin": "null"}, False),
        ("GET", {"sec_fetch_site": "none"}, True),
        ("GET", {"sec_fetch_site": "same-origin"}, True),
        ("GET", {"sec_fetch_site": "cross-site"}, False),
        ("GET", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, False),
    ],
)
def test_who_passes(behind: Behind, method: str, headers: dict[str, str | None], passes: bool) -> None:
    answers = behind.ask(b"", method=method, kind="http", path="/x", **headers)
    assert answers[0]["status"] == (200 if passes else 403)
    assert bool(behind.bodies) == passes
    assert [source for source, _ in behind.refusals] == ([] if passes else ["10.0.0.9"])
    assert passes or json.loads(answers[1]["body"]) == {"error": behind.refusals[0][1]}


def test_a_link_from_elsewhere_opens_the_page_itself_and_nothing_else(behind: Behind) -> None:
    assert behind.ask(b"", path="/", sec_fetch_site="cross-site", sec_fetch_mode="navigate")[0]["status"] == 200
    assert behind.ask(b"", path="/", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")[0]["status"] == 403


def test_live_connections_need_an_origin_of_their_own(behind: Behind) -> None:
    assert behind.ask(kind="websocket", origin=f"http://{HOST}") == [{"type": "websocket.accept"}]
    for origin in (None, "http://evil.example"):
        (answer,) = behind.ask(kind="websocket", origin=origin)
        assert (answer["type"], answer["code"]) == ("websocket.close", 4403)


def test_a_body_may_have_just_the_limit_however_it_comes(behind: Behind) -> None:
    whole = b"x" * BODY_LIMIT
    assert behind.ask(whole)[0]["status"] == 200
    assert behind.ask(whole[:9000], whole[9000:], content_length=str(BODY_LIMIT))[0]["status"] == 200
    assert behind.bodies == [whole, whole]
    assert behind.ask(whole, b"x")[0]["status"] == 413
    assert behind.ask(b"", content_length=str(BODY_LIMIT + 1))[0]["status"] == 413
    assert behind.ask(b"", content_length="-1")[0]["status"] == 413
    assert len(behind.bodies) == 2


def test_a_body_that_never_ends_is_given_up(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_WITHIN_S", 0.01)
    monkeypatch.setattr(guard, "DISCARD_WITHIN_S", 0.01)
    answers: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "client": None, "headers": [(b"host", HOST.encode())]}
    run(behind.guard(scope, never, send))
    assert answers[0]["status"] == 408
    assert not behind.bodies


def test_an_answer_keeps_its_own_headers_and_gets_the_others(behind: Behind) -> None:
    headers = behind.ask(b"")[0]["headers"]
    assert len({name for name, _ in headers}) == len(headers)
    told = dict(headers)
    assert (told[b"cache-control"], told[b"referrer-policy"]) == (b"max-age=600", b"origin")
    assert told.keys() >= {name for name, _ in HEADERS}
    refused = dict(behind.ask(b"", host="evil.example")[0]["headers"])
    assert refused.keys() >= {name for name, _ in HEADERS}
