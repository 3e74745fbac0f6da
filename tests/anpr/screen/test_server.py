"""The server without a browser: what it serves, where, and that it keeps nobody waiting."""

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import httpx
import pytest

from anpr.errors import ConfigError
from anpr.screen.server import Listening, ScreenServer
from tests.anpr.screen.client import Client, state_of
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


def test_only_the_pages_own_files_are_served(serve: Serve) -> None:
    client = Client(serve().address)
    for path in (
        "/../config.py",
        "/%2e%2e/config.py",
        "/js/../../config.py",
        "/fonts/OFL.txt",
        "/js/types.d.ts",
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


@pytest.mark.alone
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
