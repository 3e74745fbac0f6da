"""The addresses of the screen: what is served to whom, and what is refused."""

from collections.abc import Callable
from pathlib import Path

from anpr.screen.server import ScreenServer
from tests.anpr.screen.client import Client

Serve = Callable[..., ScreenServer]


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


def test_deeply_nested_and_binary_bodies_are_refused(serve: Serve) -> None:
    client = Client(serve().address)
    headers = {"x-patrol-token": client.token, "content-type": "application/json"}
    for content in (b"[" * 16000, b"\xff\x00", b'{"alert_id": 1e999}', b'{"a":' * 3000):
        assert client.http.post("/api/acknowledge", content=content, headers=headers).status_code == 400
