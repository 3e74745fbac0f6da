"""Connections that lose patience."""

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from time import monotonic

import pytest

from anpr.screen import connection, guard
from anpr.screen.connection import BoundedListener, ScreenLoop
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
    assert client.look_up("AB51CDE").status_code == 200
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


def from_address(made: BoundedListener, number: int) -> socket.socket:
    """Connect from 127.0.0.NUMBER, an address of its own."""
    client = socket.socket()
    client.bind((f"127.0.0.{number}", 0))
    client.settimeout(10)
    client.connect(made.getsockname())
    return client


def is_ended(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class Visitors:
    """Connections that a listener of `most` took, those of `known` addresses logged in."""

    def __init__(self, made: BoundedListener, known: set[str]) -> None:
        self.made = made
        made.knows = known.__contains__
        self.taken: list[socket.socket] = []
        self.clients: list[socket.socket] = []

    def come(self, number: int) -> socket.socket:
        client = from_address(self.made, number)
        self.clients.append(client)
        with suppress(ConnectionAbortedError):
            self.taken.append(self.made.accept()[0])
        return client


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    if sys.platform == "darwin":
        pytest.skip("has no addresses but 127.0.0.1")
    monkeypatch.setattr(connection, "MOST_OPEN", 6)
    monkeypatch.setattr(connection, "MOST_OPEN_FROM_ONE", 3)
    with listener() as made:
        known = Visitors(made, {"127.0.0.1", "127.0.0.9"})
        yield known
        for one in (*known.clients, *known.taken):
            one.close()


@pytest.mark.parametrize("addresses", [(2, 2, 2, 3, 3, 3), (2, 3, 4, 5, 6, 7), (2, 2, 2, 3, 4, 5)])
def test_strangers_who_hold_every_connection_give_way(visitors: Visitors, addresses: tuple[int, ...]) -> None:
    held = [visitors.come(number) for number in addresses]
    phone = visitors.come(1)
    another = visitors.come(8)  # not logged in yet
    assert not is_ended(phone)
    assert not is_ended(another)
    assert is_ended(held[0])


def test_who_is_logged_in_never_gives_way_to_strangers(visitors: Visitors) -> None:
    crew = [visitors.come(number) for number in (1, 1, 9)]
    for number in range(10, 60):
        visitors.come(number)
    assert not any(map(is_ended, crew))


def test_of_those_who_are_logged_in_whoever_holds_most_gives_way(visitors: Visitors) -> None:
    visitors.made.knows = lambda _: True
    crew = [visitors.come(number) for number in (1, 1, 1, 9, 9, 8)]
    third = visitors.come(7)
    assert is_ended(crew[0])
    assert not any(map(is_ended, [*crew[1:], third]))
    one_each = visitors.come(6)
    assert is_ended(one_each) or is_ended(crew[1]) or is_ended(crew[3])


def test_a_connection_over_another_network_is_closed_at_once_and_said_in_the_log_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with listener() as made:
        made.serves = lambda here: here != "127.0.0.1"
        for _ in range(3):
            client = socket.create_connection(made.getsockname(), 10)
            with pytest.raises(ConnectionAbortedError):
                made.accept()
            assert client.recv(1) == b""
            client.close()
    assert caplog.text.count("devices that reach this tablet at 127.0.0.1 are not served") == 1


def test_the_screens_loop_is_bounded_on_every_system_and_soon_ends_a_handshake_that_goes_nowhere(
    network: ScreenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert issubclass(ScreenLoop, asyncio.SelectorEventLoop)  # Windows' other kind never asks the socket's `accept`
    assert network.network_address is not None
    port = int(network.network_address.rstrip("/").rpartition(":")[2])
    began = monotonic()
    with socket.create_connection(("127.0.0.1", port), 10) as silent:
        silent.settimeout(30)
        assert silent.recv(1) == b""
    assert connection.HANDSHAKE_WITHIN_S <= monotonic() - began + 0.5 < 25  # asyncio's own would be 60


def test_two_addresses_that_hold_everything_keep_no_phone_out(
    network: ScreenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_OPEN", 12)
    monkeypatch.setattr(connection, "MOST_OPEN_FROM_ONE", 6)
    assert network.network_address is not None
    port = int(network.network_address.rstrip("/").rpartition(":")[2])
    with ExitStack() as held:
        for number in (2, 3) * 6:
            client = held.enter_context(socket.socket())
            client.bind((f"127.0.0.{number}", 0))
            client.connect(("127.0.0.1", port))
        phone = Client(network.network_address)
        assert phone.log_in().status_code == 200
        assert phone.post("queue", {"start": 0}).status_code == 200
        assert Client(network.address).token


def test_all_addresses_together_may_hold_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_OPEN", 1)
    with listener() as made:
        made.knows = lambda _: True
        clients = [socket.create_connection(made.getsockname(), 10) for _ in range(2)]
        taken, _ = made.accept()
        with pytest.raises(ConnectionAbortedError):
            made.accept()
        for one in (*clients, taken):
            one.close()
