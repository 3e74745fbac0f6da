"""What hostile and broken clients get: a refusal, and nobody else notices."""

import socket
from collections.abc import Callable
from contextlib import closing
from threading import Event, Thread
from time import monotonic

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from anpr.screen import connection, feed, guard
from anpr.screen.server import ScreenServer
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import Client, actions, state_of
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


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


@pytest.mark.parametrize("changes", [{"origin": "http://evil.example"}, {"origin": None}, {"additional_headers": {}}])
def test_forged_live_connections_are_refused(serve: Serve, changes: dict[str, object]) -> None:
    client = Client(serve().address)
    with pytest.raises((InvalidStatus, ConnectionClosed)), client.feed(**changes) as messages:
        messages.recv(5)


def test_refusals_are_in_the_audit_once_a_minute_for_each_kind(serve: Serve, audit: AuditLog) -> None:
    client = Client(serve().address)
    for _ in range(50):
        client.http.get("/", headers={"host": "evil.example"})
    until(lambda: "request refused" in actions(audit))
    assert actions(audit).count("request refused") == 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("acknowledge", {"alert_id": "1"}), ("acknowledge", {"alert_id": True}), ("acknowledge", {"alert_id": 10**400}),
        ("acknowledge", {"alert_id": 99}), ("acknowledge", [1]), ("decide", {"alert_id": 1, "decision": "stop"}),
        ("decide", {"alert_id": 1, "decision": "no_action", "note": "x" * 501}), ("look-up", {"vrm": ""}),
        ("look-up", {"vrm": "A" * 17}), ("look-up", {"vrm": ["A"]}), ("mute", {"list": "nothing", "muted": True}),
        ("add-entry", {"vrm": "AB51CDE", "list": "Local VOI", "reason": " ", "hours": 4}), ("queue", {"start": None}),
        ("add-entry", {"vrm": "AB51CDE", "list": "Local VOI", "reason": "x", "hours": 1e9}), ("nonsense", {}),
        ("stop-record", {"alert_id": 1, "answers": {}}), ("viewed", {"what": "all", "id": 1}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_one_sentence(serve: Serve, desk: MemoryDesk, name: str, body: object) -> None:
    client = Client(serve().address)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    desk.hit("AB51CDE")
    answer = client.post(name, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert desk.alerts[1].decided is None


def test_deeply_nested_and_binary_bodies_are_refused(serve: Serve) -> None:
    client = Client(serve().address)
    headers = {"x-patrol-token": client.token, "content-type": "application/json"}
    for content in (b"[" * 16000, b"\xff\x00", b'{"alert_id": 1e999}', b'{"a":' * 3000):
        assert client.http.post("/api/acknowledge", content=content, headers=headers).status_code == 400


def test_oversized_bodies_are_refused(serve: Serve) -> None:
    client = Client(serve().address)
    assert client.post("look-up", {"vrm": "A" * 20_000}).status_code == 413

    def endless() -> object:
        for _ in range(40):
            yield b" " * 1000

    headers = {"x-patrol-token": client.token, "content-type": "application/json"}
    assert client.http.post("/api/look-up", content=endless(), headers=headers).status_code == 413  # type: ignore[arg-type]
    assert client.post("look-up", {"vrm": "AB51CDE"}).status_code == 200


def test_slow_clients_cost_only_their_connection(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_WITHIN_S", 0.2)
    monkeypatch.setattr(guard, "BODY_WITHIN_S", 0.2)
    server = serve()
    client = Client(server.address)
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    body = f"POST /api/look-up HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {client.address}\r\nContent-Length: 100\r\n\r\n{{"
    heads = [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", body.encode()]
    sockets = [socket.create_connection((host, int(port)), 5) for _ in range(20) for _ in heads]
    for number, slow in enumerate(sockets):
        slow.sendall(heads[number % 3])
    assert client.post("look-up", {"vrm": "AB51CDE"}).status_code == 200
    answers = []
    for slow in sockets:
        with closing(slow):
            slow.settimeout(20)
            answers.append(slow.recv(4096))
    assert answers[0::3] == answers[1::3] == [b""] * 20
    assert all(b"408" in answer for answer in answers[2::3])


def test_a_page_that_takes_nothing_is_cut_off_and_others_are_not_kept_waiting(
    serve: Serve, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SEND_WITHIN_S", 0.3)
    monkeypatch.setattr(connection, "STUCK_AFTER_S", 0.3)
    client = Client(serve().address)
    host, port = client.address.removeprefix("http://").split(":")
    with closing(socket.socket()) as stuck, client.feed() as good:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((host, int(port)))
        cookie = "; ".join(f"{k}={v}" for k, v in client.http.cookies.items())
        stuck.sendall(
            f"GET /feed HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {client.address}\r\nCookie: {cookie}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        stop = Event()

        def drain() -> None:
            while not stop.is_set():
                good.recv(20)

        reader = Thread(target=drain, daemon=True)
        reader.start()
        text = "x" * 590
        rounds = 0
        end = monotonic() + 60
        while monotonic() < end:
            rounds += 1
            for _ in range(40):
                desk.hit(
                    "AB51CDE", information=text + str(rounds), reason=text, cad=text, nim_code=text, force_area=text
                )
            try:
                stuck.sendall(b"\x81\x8f\x00\x00\x00\x00" + b'{"t":"touched"}')  # fails once the server has closed
            except OSError:
                break
            stop.wait(0.05)
        else:
            pytest.fail("the stuck page was never cut off")
        number = desk.hit("ZZ99ZZZ", "PNC wanted")
        stop.set()
        reader.join(20)
        assert not reader.is_alive()
        with client.feed() as again:
            until(lambda: str(number) in state_of(again).get("alerts", {}))  # type: ignore[operator]


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"t":1}', "x" * 5000, '{"t":"audio","on":{}}'])
def test_nonsense_on_the_live_connection_harms_nobody(serve: Serve, text: str) -> None:
    client = Client(serve().address)
    with client.feed() as bad:
        bad.send(text)
    with client.feed() as good:
        assert state_of(good)["health"]
