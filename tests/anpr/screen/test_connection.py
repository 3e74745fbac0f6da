"""Connections that lose patience."""

import socket
from collections.abc import Callable
from contextlib import closing

import pytest

from anpr.screen import connection, guard
from anpr.screen.connection import BoundedListener
from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import Client

Serve = Callable[..., ScreenServer]


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


def listener() -> BoundedListener:
    made = BoundedListener()
    made.bind(("127.0.0.1", 0))
    made.listen(8)
    made.settimeout(10)
    return made


def test_one_address_may_hold_so_many_connections_and_gets_room_when_it_closes_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "MOST_OPEN_FROM_ONE", 2)
    with listener() as made:
        clients = [socket.create_connection(made.getsockname(), 10) for _ in range(3)]
        first, _ = made.accept()
        second, _ = made.accept()
        with pytest.raises(ConnectionAbortedError):
            made.accept()
        assert clients[2].recv(1) == b""  # closed at once
        first.close()
        clients.append(socket.create_connection(made.getsockname(), 10))
        third, _ = made.accept()
        for one in (*clients, second, third):
            one.close()


def test_all_addresses_together_may_hold_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_OPEN", 1)
    with listener() as made:
        clients = [socket.create_connection(made.getsockname(), 10) for _ in range(2)]
        taken, _ = made.accept()
        with pytest.raises(ConnectionAbortedError):
            made.accept()
        for one in (*clients, taken):
            one.close()
