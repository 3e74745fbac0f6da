"""What hostile and broken clients get: a refusal, and nobody else notices."""

import socket
from collections.abc import Callable
from contextlib import closing
from threading import Event, Thread
from time import monotonic

import pytest

from anpr.screen import connection, feed
from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import Client, state_of
from tests.anpr.screen.conftest import until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


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
