"""The addresses of the screen: what is served to whom, and what is refused."""

from collections.abc import Callable
from pathlib import Path

from anpr.screen.pages import static_files
from anpr.screen.rules import screen_rules
from anpr.screen.server import ScreenServer
from anpr.screen.sounds import NAMES, sound_wav
from anpr.trust.audit import AuditLog
from tests.anpr.screen.client import Client, actions
from tests.anpr.screen.conftest import FullDisk, until
from tests.anpr.screen.desk import MemoryDesk

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


def test_files_have_their_types_and_sounds_and_symbols_are_among_them() -> None:
    files = static_files(screen_rules())
    assert files["/index.html"][1] == "text/html; charset=utf-8"
    assert files["/js/main.js"][1] == "text/javascript; charset=utf-8"
    assert [files[f"/sounds/{name}.wav"] for name in NAMES] == [(sound_wav(name), "audio/wav") for name in NAMES]
    css = files["/css/symbols.css"][0].decode()
    symbols = [path for path in files if path.startswith("/symbols/")]
    assert symbols
    assert css.count("--symbol-") == len(symbols)
    assert not any(path.endswith((".txt", ".d.ts", ".py")) for path in files)


def test_symbols_of_one_s_own_replace_ours_and_odd_names_stay_out_of_the_style_sheet(tmp_path: Path) -> None:
    (tmp_path / "mine.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "a; } b.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("none", encoding="utf-8")
    files = static_files(screen_rules({"symbols_folder": str(tmp_path)}))
    assert files["/symbols/mine.svg"] == (b"<svg/>", "image/svg+xml")
    css = files["/css/symbols.css"][0].decode()
    assert "--symbol-mine:" in css
    assert "b.svg" not in css
    assert "a;" not in css
    assert not any("notes" in path for path in files)


def test_the_tablet_has_a_session_without_a_login_and_its_settings(serve: Serve) -> None:
    client = Client(serve().address, logged_in=False)
    told = client.http.get("/api/session").json()
    assert (told["who"], told["officers"], told["at_tablet"], told["accounts"]) == ("", [], True, True)
    assert told.keys() >= {"token", "texts", "urgent_priority", "uncertain_below", "engine_silent_s", "stop_questions"}
    bare = Client(serve(accounts=None).address, logged_in=False)
    assert not bare.http.get("/api/session").json()["accounts"]
    assert "anpr crew add" in bare.log_in().json()["error"]


def test_requests_that_are_no_json_object_are_told_so(serve: Serve) -> None:
    client = Client(serve().address)
    headers = {"x-patrol-token": client.token, "content-type": "application/json"}
    for content, sentence in (("[1]", "must be a JSON object"), ("{", "is not JSON")):
        answer = client.http.post("/api/acknowledge", content=content, headers=headers)
        assert answer.status_code == 400
        assert sentence in answer.json()["error"]
    plain = client.http.post("/api/acknowledge", content="{}", headers={**headers, "content-type": "text/plain"})
    assert "requests are JSON" in plain.json()["error"]


def test_pictures_come_while_they_are_kept_and_not_to_a_driver(serve: Serve, desk: MemoryDesk) -> None:
    client = Client(serve().address)
    desk.hit("AB51CDE")
    picture = next(iter(desk.pictures))
    until(lambda: client.http.get(f"/picture/{picture}").status_code == 200)
    found = client.http.get(f"/picture/{picture}")
    assert found.headers["content-type"] == "image/jpeg"
    assert found.headers["cache-control"] == "no-store"
    assert client.http.get("/picture/none").json()["error"] == "this picture is no longer kept"
    desk.drive(20.0)
    until(lambda: client.http.get(f"/picture/{picture}").status_code == 403)
    client.http.cookies.clear()
    assert client.http.get(f"/picture/{picture}").status_code == 401


def test_a_live_picture_is_looked_at_once_a_minute_in_the_audit_and_not_at_all_without_it(
    serve: Serve, audit: AuditLog
) -> None:
    client = Client(serve().address)
    until(lambda: client.http.get("/live/0").status_code != 403)
    for _ in range(5):
        client.http.get("/live/0")
    client.http.get("/live/1")
    assert actions(audit).count("live picture viewed") == 2
    assert client.http.get("/live/2").json()["error"] == "there is no such camera"
    disk = FullDisk(failing=False)
    full = Client(serve(audit=disk).address)
    disk.failing = True
    until(lambda: full.http.get("/live/0").status_code == 503)
    assert full.http.get("/live/0").status_code == 503  # still not: it counts as noted only once it is
