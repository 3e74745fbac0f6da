"""No secret of an address leaves by any way out, whatever way it was written into the configuration."""

import json
import subprocess
import sys
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from anpr import sqlite
from anpr.address import Address
from anpr.cli import root
from anpr.config.car import CameraConfig, PatrolConfig, SyncConfig, load_config
from anpr.config.data_folder import hotlists_db
from anpr.errors import AnprError
from anpr.support.redaction import config_facts
from benchmarks.hotlist_scale.publisher import Publisher
from camera.sources import open_camera_source
from hotlists.store.status import list_status
from hotlists.store.store import HotlistStore
from hotlists.sync.client import SyncClient
from hotlists.sync.config import load_sync_config
from tests.anpr.test_address import SECRET, addresses

CLOSED: Final = "127.0.0.1:9"
"""Nobody listens there: to be refused takes no time."""

WRITTEN: Final = (
    f"rtsp://patrol:SECRET@{CLOSED}/s",
    f" rtsp://patrol:SECRET@{CLOSED}/s",
    f"rtsp://patrol:SE/SECRET@{CLOSED}/s",
    f"rtsp://patrol:SE#SECRET@{CLOSED}/s",
    f"rtsp://patrol:SE?SECRET@{CLOSED}/s",
    f"http://patrol:SE[SECRET@{CLOSED}/s",
    f"http://{CLOSED}/videostream.cgi?loginuse=admin&loginpas=SECRET",
    f"rtsp://{CLOSED}/user=admin_password=SECRET_channel=1_stream=0.sdp",
    f"rstp://patrol:SECRET@{CLOSED}/s",
    f"rtsp//patrol:SECRET@{CLOSED}/s",
    "patrol:SECRET@10.0.0.5",
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Publisher(tmp_path_factory.mktemp("key")).root


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once that a host is not known: mistyped ones would be asked of the network."""
    import socket  # noqa: PLC0415

    real = socket.getaddrinfo

    def known(host: str, *rest: object, **more: object) -> object:
        if not host.replace(".", "").isdecimal():
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not known")
        return real(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("socket.getaddrinfo", known)


def told(act: Callable[[], object]) -> list[str]:
    """What an act that fails says: its sentence, and its traceback down to the first cause."""
    try:
        act()
    except AnprError as error:
        return [str(error), repr(error), "".join(traceback.format_exception(error))]
    return []


def leaks(texts: list[str]) -> list[str]:
    return [text for text in texts if SECRET in text]


@given(text=addresses())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_settings_cameras_and_lists_say_nothing(text: str, tmp_path: Path, key: Path, no_names: None) -> None:
    # The literal is TOML: JSON's escapes are a part of its.
    for host in ("camera.lan:554", "camera", "[::1]", "10.0.0.5:99999", "10.0.0.5"):
        text = text.replace(host, CLOSED)
    file = tmp_path / "car.toml"
    file.write_text(
        f"[[camera]]\nsource = {json.dumps(text)}\n[sync]\nurl = {json.dumps(text)}\nroot = {json.dumps(str(key))}\n",
        encoding="utf-8",
    )
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(f"[car]\nfeed_id = {json.dumps(text)}\nname = [{json.dumps(text)}]\n", encoding="utf-8")
    said = told(lambda: load_config(wrong)) + told(lambda: load_config(file)) + told(lambda: load_sync_config(file))

    camera = CameraConfig(source=Address(text))
    config = PatrolConfig(camera=(camera,))
    said += [repr(config), str(config), str(asdict(config)), json.dumps(config_facts(config))]
    said += told(lambda: open_camera_source(camera).open())

    said += told(lambda: SyncConfig(Address(text), key))
    try:
        settled = SyncConfig(Address(text), key, timeout_s=1.0)
    except AnprError:
        settled = None
    database = tmp_path / "hotlists.db"
    with HotlistStore(database) as store:
        if settled is not None:
            client = SyncClient(store, settled, wait=lambda _: None)
            said += told(client.sync)
        said += [repr(one) for one in list_status(store, store.clock())]
        said += [str(tuple(row.values())) for row in store.database.query("SELECT * FROM sync_sources")]
    assert leaks(said) == []


def everything_in(folder: Path) -> list[str]:
    """The bytes of every file, those of archives unpacked, as text."""
    texts = []
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name).decode("latin-1") for name in archive.namelist()]
        elif path.is_file():
            texts.append(path.read_bytes().decode("latin-1"))
    return texts


def test_a_patrol_and_all_that_looks_after_it_say_nothing(tmp_path: Path, key: Path) -> None:
    data = tmp_path / "data"
    cameras = "".join(f'[[camera]]\nid = "camera{n}"\nsource = {json.dumps(w)}\n' for n, w in enumerate(WRITTEN))
    sync = f"[sync]\nurl = \"http://patrol:SECRET@{CLOSED}/lists?sig=SECRET\"\nroot = '{key}'\n"
    sync += f'[enquiries]\nlists = ["*"]\ndvla_key = "SECRET"\ndvla_url = "http://{CLOSED}/x"\n'
    config = tmp_path / "car.toml"
    config.write_text(f"[gps]\nenabled = false\n[screen]\nport = 0\n{sync}{cameras}", encoding="utf-8")
    patrol = subprocess.run(
        [
            sys.executable, "-m", "anpr", "--data", str(data), "run", "--config", str(config),
            "--json", "--seconds", "3",
        ],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert patrol.returncode == 0, patrol.stderr
    with sqlite.connect(data / "records.db") as records:
        names = {name for (name,) in records.execute("SELECT fault_name FROM alerts")}
    assert {"camera_unreachable", "camera_wrong_address"} <= names
    said = [patrol.stdout, patrol.stderr]

    def run(*arguments: str) -> None:
        result = CliRunner().invoke(root, ["--data", str(data), *arguments])
        said.append(result.output)
        if result.exception is not None:
            said.append("".join(traceback.format_exception(result.exception)))

    with HotlistStore(hotlists_db(data)) as store:  # a list of that back office, so that there is a status to show
        from hotlists.store.settings import ListSettings  # noqa: PLC0415
        from hotlists.sync.trust import repository_in  # noqa: PLC0415

        store.define(ListSettings("Stolen"), origin="sync", source=repository_in(key.read_bytes()))
    for written in (*WRITTEN, f"https://patrol:SE/SECRET@{CLOSED}/x"):
        run("hotlist", "sync", "--from", written, "--root", str(key))
    run("hotlist", "sync", "--from", f"http://patrol:SECRET@{CLOSED}/lists?sig=SECRET", "--root", str(key))
    for command in (["hotlist", "status"], ["hotlist", "status", "--json"], ["audit", "export"], ["audit", "verify"]):
        run(*command)
    assert CLOSED in said[-3]
    run("doctor", "--config", str(config), "--json")
    run("report", "--config", str(config), "--out", str(data / "report.zip"))
    for written in WRITTEN:
        run("replay", written)
    assert (data / "report.zip").exists()
    assert leaks(said + everything_in(data)) == []
