"""The server without a browser: who may do what, and what hostile clients get."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import ClassVar

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from anpr.audit import AuditLog
from anpr.errors import ConfigError, StoreError
from anpr.screen import connection, feed, guard
from anpr.screen.server import Listening, ScreenServer
from tests.anpr.screen.conftest import PIN, until
from tests.anpr.screen.desk import MemoryDesk

Serve = Callable[..., ScreenServer]


class Client:
    """A browser's part, by hand: cookie, origin and token."""

    made: ClassVar[list["Client"]] = []

    def __init__(self, address: str) -> None:
        self.made.append(self)
        self.address = address.rstrip("/")
        self.http = httpx.Client(base_url=self.address, verify=False, timeout=20, headers={"origin": self.address})  # noqa: S501 - the car's own certificate
        self.token = self.http.get("/api/session").json().get("token", "")

    def post(self, name: str, body: object = None, **headers: str) -> httpx.Response:
        return self.http.post(f"/api/{name}", json=body or {}, headers={"x-patrol-token": self.token, **headers})

    def log_in(self, collar: str = "1234", pin: str = PIN) -> httpx.Response:
        answer = self.http.post("/api/login", json={"collar": collar, "pin": pin})
        self.token = answer.json().get("token", "")
        return answer

    def feed(self, **changes: object) -> ClientConnection:
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        options = {"additional_headers": {"cookie": cookie}, "origin": self.address, "max_size": 2**22, **changes}
        return connect(self.address.replace("http", "ws") + "/feed", **options)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _close_clients() -> Iterator[None]:
    yield
    while Client.made:
        Client.made.pop().http.close()


def actions(audit: AuditLog) -> list[str]:
    return [entry.action for entry in audit.entries()]


def state_of(messages: ClientConnection) -> dict[str, object]:
    while True:
        message = json.loads(messages.recv(20))
        if message["t"] == "state":
            return message


def test_every_answer_forbids_inline_script_framing_and_sniffing(serve: Serve) -> None:
    client = Client(serve().address)
    for path in ("/", "/js/main.js", "/api/session", "/nothing"):
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


def test_only_the_pages_own_files_are_served(serve: Serve) -> None:
    client = Client(serve().address)
    for path in (
        "/../config.py",
        "/%2e%2e/config.py",
        "/js/../../config.py",
        "/fonts/OFL.txt",
        "//etc/passwd",
        "/css/",
    ):
        assert client.http.get(path).status_code == 404, path


def test_page_and_scripts_use_nothing_from_the_network() -> None:
    for path in Path("anpr/screen/static").rglob("*"):
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "http:" not in text, path
            assert "https://" not in text, path
            assert "innerHTML" not in text, path


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
    for number, slow in enumerate(sockets):
        with closing(slow):
            slow.settimeout(20)
            answer = slow.recv(4096)
            assert (b"408" in answer) if number % 3 == 2 else (answer == b"")


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
        with client.feed() as again:
            until(lambda: str(number) in state_of(again).get("alerts", {}))  # type: ignore[operator]


def test_confirming_is_refused_by_the_server_without_look_and_ticks(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    number = desk.hit("AB51CDE")
    picture = desk.alerts[number].plate_picture
    confirm = {"alert_id": number, "decision": "confirmed", "ticks": ["vrm", "make", "colour"]}
    assert client.post("decide", confirm).status_code == 403
    # saying so is not enough: the picture must have been sent to this very screen
    assert client.post("looked", {"alert_id": number, "picture": picture}).status_code == 403
    assert client.post("looked", {"alert_id": number, "picture": "forged"}).status_code == 403
    other = Client(client.address)
    assert other.http.get(f"/picture/{picture}").status_code == 200
    assert client.post("looked", {"alert_id": number, "picture": picture}).status_code == 403
    assert client.http.get(f"/picture/{picture}").headers["content-type"] == "image/jpeg"
    assert client.post("looked", {"alert_id": number, "picture": picture}).status_code == 200
    assert client.post("decide", {**confirm, "ticks": ["vrm", "make"]}).status_code == 403
    assert other.post("decide", confirm).status_code == 403
    desk.revise(number, read_vrm="AB51CDF")
    assert client.post("decide", confirm).status_code == 403
    desk.revise(number, read_vrm="AB51CDE")
    assert client.post("decide", confirm).status_code == 200
    assert desk.choices[number][1] == "tablet"
    assert client.post("decide", confirm).status_code == 400


def test_while_moving_only_acknowledging_works_until_the_passenger_unlocks(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    number = desk.hit("AB51CDE")
    desk.drive(20.0)
    until(lambda: client.post("queue", {"start": 0}).status_code == 403)
    assert client.post("decide", {"alert_id": number, "decision": "no_action"}).status_code == 403
    assert client.post("look-up", {"vrm": "AB51CDE"}).status_code == 403
    assert client.http.get(f"/picture/{desk.alerts[number].overview_picture}").status_code == 403
    assert client.http.get("/live/0").status_code == 403
    assert client.post("acknowledge", {"alert_id": number}).status_code == 200
    assert desk.alerts[number].acknowledged_by == "tablet"
    assert client.post("passenger", {"on": True}).json()["seconds"] == 300
    assert client.http.get("/live/0").status_code == 200
    assert Client(client.address).http.get("/live/0").status_code == 403  # another screen is not unlocked
    assert client.post("passenger", {"on": False}).status_code == 200
    assert client.http.get("/live/0").status_code == 403


def test_the_highest_lists_cannot_be_muted(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    until(lambda: client.post("mute", {"list": "No tax", "muted": True}).status_code == 200)
    assert client.post("mute", {"list": "PNC stolen", "muted": True}).status_code == 403
    assert desk.muted == {"No tax"}
    assert client.post("list-enabled", {"list": "PNC stolen", "enabled": False}).status_code == 403


def test_what_crews_do_is_in_the_audit_and_marks_are_in_no_log(
    serve: Serve, desk: MemoryDesk, audit: AuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    client = Client(serve().address)
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    number = desk.hit("QX51CDE")
    client.post("viewed", {"what": "alert", "id": number})
    client.post("acknowledge", {"alert_id": number})
    client.post("look-up", {"vrm": "qx51 cde"})
    client.post("add-entry", {"vrm": "QX51CDE", "list": "Local VOI", "reason": "test", "hours": 4})
    client.post("decide", {"alert_id": number, "decision": "wrong_plate", "typed_vrm": "QX51 CDF", "note": "muddy"})
    client.post("history", {})
    client.http.get("/live/0")
    client.post("mute", {"list": "No tax", "muted": True})
    client.post("list-enabled", {"list": "No tax", "enabled": False})
    done = [
        "alert viewed", "alert acknowledged", "search", "entry added", "decision", "history viewed",
        "live picture viewed", "list muted", "list switched off",
    ]  # fmt: skip
    assert actions(audit) == done
    entries = {entry.action: entry for entry in audit.entries()}
    assert entries["search"].detail == {"vrm": "QX51CDE"}
    assert entries["decision"].detail["typed"] == "QX51CDF"
    assert entries["decision"].actor == "tablet"
    assert audit.verify().intact
    assert "QX51" not in caplog.text


def test_nothing_but_acknowledging_is_done_without_its_audit(serve: Serve, desk: MemoryDesk) -> None:
    class FullDisk:
        def record(self, actor: str, action: str, detail: object = None) -> object:
            raise StoreError("the audit cannot be written (disk full): check the disk")

    client = Client(serve(audit=FullDisk()).address)
    number = desk.hit("AB51CDE")
    until(lambda: client.post("queue", {"start": 0}).status_code == 200)
    assert client.post("decide", {"alert_id": number, "decision": "no_action"}).status_code == 503
    assert desk.alerts[number].decided is None
    assert "disk full" in client.post("acknowledge", {"alert_id": number}).json()["warning"]
    assert desk.alerts[number].acknowledged_by == "tablet"


def test_a_desk_that_hangs_hangs_neither_the_engine_nor_the_beat(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    with client.feed() as messages:
        state_of(messages)
        desk.hung.clear()
        began = monotonic()
        desk.hit("AB51CDE")  # the engine's thread tells of it and goes on
        assert monotonic() - began < 1.0
        until(lambda: json.loads(messages.recv(20)).get("silent_s", 0) > 1.0)
        desk.hung.set()
        assert "1" in state_of(messages)["alerts"]  # type: ignore[operator]


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


def test_the_network_needs_accounts_names_and_a_folder(desk: MemoryDesk, serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="crew accounts"):
        serve(listening=Listening(0, "127.0.0.1", 0, ("localhost",), tmp_path))


def test_a_taken_port_is_one_sentence(serve: Serve) -> None:
    port = int(serve().address.rstrip("/").rpartition(":")[2])
    with pytest.raises(ConfigError, match="choose another port"):
        serve(listening=Listening(port=port))


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
