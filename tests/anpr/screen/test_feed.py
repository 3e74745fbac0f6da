"""The live connection of one page."""

import json
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from anpr.screen import host_sound
from anpr.screen.feed import LOCKED, MESSAGE_LIMIT
from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import Client, state_of, trusting
from tests.anpr.screen.conftest import RecordingPlayer, until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


def test_painted_reports_become_the_time_since_the_grab(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    with client.feed() as messages:
        number = desk.hit("AB51CDE")
        until(lambda: number in {int(k) for k in state_of(messages).get("alerts", {})})  # type: ignore[attr-defined]
        messages.send(json.dumps({"t": "sync", "p": 5}))
        while (answer := json.loads(messages.recv(20)))["t"] != "sync":
            continue
        for message in (
            {"t": "painted", "id": number, "ms": answer["ms"]}, {"t": "painted", "id": 77, "ms": 1},
            {"t": "painted", "id": number, "ms": -1e9}, {"t": "painted", "id": "x", "ms": "y"},
        ):  # fmt: skip
            messages.send(json.dumps(message))
        until(lambda: desk.paints)
        assert len(desk.paints) == 1
        assert desk.paints[0][0] == number
        assert 40 <= desk.paints[0][1] < 20_000


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"t":1}', "x" * 5000, '{"t":"audio","on":{}}'])
def test_nonsense_on_the_live_connection_harms_nobody(serve: Serve, text: str) -> None:
    client = Client(serve().address)
    with client.feed() as bad:
        bad.send(text)
    with client.feed() as good:
        assert state_of(good)["health"]


@pytest.mark.parametrize("changes", [{"origin": "http://evil.example"}, {"origin": None}, {"additional_headers": {}}])
def test_forged_live_connections_are_refused(serve: Serve, changes: dict[str, object]) -> None:
    client = Client(serve().address)
    with pytest.raises((InvalidStatus, ConnectionClosed)), client.feed(**changes) as messages:
        messages.recv(5)


def test_a_page_s_question_for_the_time_is_answered_with_its_own_mark(serve: Serve) -> None:
    with Client(serve().address).feed() as messages:
        messages.send(json.dumps({"t": "sync", "p": "mark"}))
        while (answer := json.loads(messages.recv(20)))["t"] != "sync":
            continue
        assert answer["p"] == "mark"
        assert isinstance(answer["ms"], float)


def test_the_beat_tells_how_long_the_engine_was_silent(serve: Serve, desk: MemoryDesk) -> None:
    desk.silent_s = 9.0
    with Client(serve().address).feed() as messages:
        while (beat := json.loads(messages.recv(20)))["t"] != "beat":
            continue
        assert beat["silent_s"] >= 9.0
        assert beat["full_s"] == 0.0


@pytest.mark.parametrize("text", ["x" * (MESSAGE_LIMIT + 1), "nonsense", "[]", '{"no": "t"}'])
def test_nonsense_ends_the_connection_and_an_unknown_kind_does_not(serve: Serve, text: str) -> None:
    with Client(serve().address).feed() as messages:
        messages.send('{"t": "of a later page"}')
        messages.send(json.dumps({"t": "sync", "p": 1}))
        while json.loads(messages.recv(20))["t"] != "sync":
            continue
        messages.send(text)
        with pytest.raises(ConnectionClosed):
            _ = [messages.recv(20) for _ in range(1000)]


def test_without_a_session_the_page_is_told_to_log_in(serve: Serve) -> None:
    client = Client(serve().address)
    client.http.cookies.clear()
    with client.feed() as messages:
        with pytest.raises(ConnectionClosed) as closed:
            messages.recv(20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == LOCKED


def test_the_driver_view_alone_is_sent_a_hidden_mark(serve: Serve, desk: MemoryDesk) -> None:
    number = str(desk.hit("EY19KBV", markers="FI", read="EY19K8V"))
    client = Client(serve().address)
    with client.feed() as messages:
        marks: list[tuple[str, str]] = []
        seen: list[str] = []

        def next_mark() -> str:
            while True:
                text = str(messages.recv(20))
                message = json.loads(text)
                if message["t"] == "state":
                    seen.append(text)
                    if (alert := message.get("alerts", {}).get(number)) is not None:
                        marks.append((alert["list_vrm"], alert["mark_key"]))
                        return str(alert["list_vrm"])

        assert next_mark() == "EY19K_V"
        assert "EY19KBV" not in "".join(seen)
        desk.drive(20.0)
        assert next_mark() == "EY19KBV"
        assert '"moving": true' in seen[-1]  # view and mark change together
        client.post("passenger", {"on": True})
        assert next_mark() == "EY19K_V"  # before the page may show all
        client.post("passenger", {"on": False})
        assert next_mark() == "EY19KBV"
        desk.drive(0.0)
        assert next_mark() == "EY19K_V"
        assert '"moving": false' in seen[-1]
        assert len({key for _, key in marks}) == 1  # no news for the page: the mark is the same


def test_only_the_tablets_own_page_silences_the_tablets_loudspeaker(
    network: ScreenServer, desk: MemoryDesk, player: RecordingPlayer
) -> None:
    assert network.network_address is not None
    phone = Client(network.network_address)
    assert phone.log_in().status_code == 200
    with phone.feed(ssl=trusting()) as messages:
        messages.send('{"t":"audio","on":true}')
        for _ in range(3):
            number = desk.hit("AB51CDE")
            until(lambda: number in {int(k) for k in state_of(messages).get("alerts", {})})  # type: ignore[attr-defined] # noqa: B023
            messages.send(json.dumps({"t": "sounded", "id": number}))
        for one in range(number + 50):  # also before they come
            messages.send(json.dumps({"t": "sounded", "id": one}))
        number = desk.hit("CD52EFG")
        until(lambda: len(player.played) == 4)
    with phone.feed(ssl=trusting()) as messages:
        messages.send('{"t":"audio","on":true}')
        assert "Sound from the engine" in json.dumps(state_of(messages))


def test_the_tablets_own_page_sounds_instead_of_the_loudspeaker_while_it_is_there(
    serve: Serve, desk: MemoryDesk, player: RecordingPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_sound, "PAGE_SOUNDS_WITHIN_S", 20.0)
    tablet = Client(serve().address)
    with tablet.feed() as messages:
        messages.send('{"t":"audio","on":true}')
        messages.send('{"t":"sync","p":1}')
        while json.loads(messages.recv(20))["t"] != "sync":
            continue
        number = desk.hit("AB51CDE")
        until(lambda: number in {int(k) for k in state_of(messages).get("alerts", {})})  # type: ignore[attr-defined]
        messages.send(json.dumps({"t": "sounded", "id": number}))
        messages.send('{"t":"sync","p":2}')
        while json.loads(messages.recv(20))["t"] != "sync":
            continue
    desk.hit("CD52EFG")  # nobody is there any more
    until(lambda: player.played)
    assert len(player.played) == 1
