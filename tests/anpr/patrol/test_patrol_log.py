"""After a whole patrol, with errors provoked everywhere: log and report tell of them and hold nothing they must not."""

import csv
import json
import re
import threading
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import anpr.demo
from anpr.address import Address
from anpr.cli import root
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig
from anpr.config.data_folder import hotlists_db, log_file
from anpr.faults import FaultKind
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.perception.pipeline import Pipeline
from anpr.records.recorder import Recorder
from anpr.support.log import logged
from camera.gps import GpsReceiver
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders.clip import short_clip

DEMO = Path(anpr.demo.__file__).parent
PASSWORD = "hush-hush-7"
COVERT = "Operation Nightjar"
WAIT_S = 90.0


def listed() -> list[list[str]]:
    with (DEMO / "hotlist.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def marks() -> set[str]:
    """The marks of the hotlist and of the clip: plain, spaced, and both in lower case."""
    truth = (DEMO / "truth.json").read_text(encoding="utf-8")
    found = {row[0] for row in listed()} | set(re.findall(r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b", truth))
    plain = {mark.replace(" ", "") for mark in found}
    spaced = {f"{mark[:4]} {mark[4:]}" for mark in plain}
    return {form for mark in plain | spaced for form in (mark, mark.lower())}


def list_texts() -> set[str]:
    """What entries say: reasons, actions to take and references, but for words that any text may hold."""
    return {cell for row in listed() for cell in row[8:12] if len(cell) > 8 and cell != "31/12/2099"}


@dataclass
class Patrolled:
    folder: Path
    config: Path
    log: str


@pytest.fixture(scope="module")
def patrolled(tmp_path_factory: pytest.TempPathFactory) -> Patrolled:
    folder = tmp_path_factory.mktemp("data")
    clip = short_clip(tmp_path_factory.mktemp("clip") / "clip.avi", 305, 328)
    source = f"rtsp://patrol:{PASSWORD}@127.0.0.1:9/stream1?token={PASSWORD}"
    with HotlistStore(hotlists_db(folder)) as store:
        import_list(store, DEMO / "hotlist.csv", ListSettings("Stolen", priority=90))
        import_list(store, DEMO / "hotlist.csv", ListSettings(COVERT, priority=95, covert=True, max_age_s=1e-9))
    config = replace(
        PatrolConfig(),
        camera=(CameraConfig(id="front", source=Address(str(clip))), CameraConfig(id="rear", source=Address(source))),
        gps=GpsConfig(port="/dev/no-receiver"),
    )
    toml = folder / "patrol.toml"
    toml.write_text(
        f'[[camera]]\nid = "front"\nsource = "{clip}"\n[[camera]]\nid = "rear"\nsource = "{source}"\n'
        '[gps]\nport = "/dev/no-receiver"\n[screen]\nport = 0\n',
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch, logged(log_file(folder), "run", config):
        spoil(patch)
        drive(Patrol(open_parts(config, folder)))
    return Patrolled(folder, toml, log_file(folder).read_text(encoding="utf-8"))


def spoil(patch: pytest.MonkeyPatch) -> None:
    """Have every third call in perception, recording and GPS fail with what must not get out."""

    def spoilt(owner: Any, name: str) -> None:
        real = getattr(owner, name)
        calls = iter(range(10**9))

        def sometimes(*arguments: Any, **named: Any) -> Any:
            if next(calls) % 3 == 2:
                raise KeyError("FT99AEK", "ft99 aek", f"rtsp://patrol:{PASSWORD}@cam/", COVERT)
            return real(*arguments, **named)

        patch.setattr(owner, name, sometimes)

    spoilt(Pipeline, "read")
    spoilt(Recorder, "record")
    spoilt(GpsReceiver, "step")


def drive(patrol: Patrol) -> None:
    ended = threading.Event()
    patrol.start()
    try:
        ends = time.monotonic() + WAIT_S
        while patrol.parts.cameras["front"].is_alive and time.monotonic() < ends:
            ended.wait(0.2)
        while not patrol.parts.desk.state().alerts and time.monotonic() < ends:
            ended.wait(0.2)
        ended.wait(1.0)
        assert any(alert.kind == "hit" for alert in patrol.parts.desk.state().alerts)
    finally:
        patrol.stop()


def held_back(text: str) -> list[str]:
    hidden = [*marks(), *list_texts(), PASSWORD, COVERT]
    return [secret for secret in hidden if secret in text]


def test_there_are_marks_and_texts_to_look_for() -> None:
    assert {"FT99AEK", "FT99 AEK", "ft99aek", "ft99 aek"} <= marks()
    assert len(list_texts()) >= 5


def test_the_log_tells_where_each_part_failed(patrolled: Patrolled) -> None:
    log = patrolled.log
    assert "a frame of camera front met an error that nobody expected" in log
    assert "the thread recording met an error that nobody expected" in log
    assert "the thread gps met an error that nobody expected" in log
    assert "[perception] anpr.patrol.perception_loop" in log
    assert "anpr/patrol/perception_loop.py:" in log
    assert "builtins.KeyError\n" in log
    for kind in (FaultKind.PERCEPTION_FAILED, FaultKind.RECORDS_FAILED, FaultKind.GPS_FAILED):
        assert f"fault raised: {kind.id}" in log
    assert f"fault raised: {FaultKind.CAMERA_UNREACHABLE.id} rear" in log
    assert "start of run: {'anpr': " in log
    assert "configuration: {'car': " in log
    told = [line for line in log.splitlines() if "left out as repeats" not in line]
    assert told[-1].endswith("end of run"), "only the count of repeats may follow"


def test_the_log_holds_no_mark_no_list_text_no_covert_list_and_no_password(patrolled: Patrolled) -> None:
    assert held_back(patrolled.log) == []


def test_one_error_again_and_again_does_not_flood_the_log(patrolled: Patrolled) -> None:
    assert patrolled.log.count("the thread gps met an error") <= 20


def test_the_report_holds_what_helps_and_nothing_that_must_stay(patrolled: Patrolled, tmp_path: Path) -> None:
    target = tmp_path / "report.zip"
    result = CliRunner().invoke(
        root, ["--data", str(patrolled.folder), "report", "--config", str(patrolled.config), "--out", str(target)]
    )
    assert result.exception is None, result.output
    assert held_back(result.output) == []
    with zipfile.ZipFile(target) as archive:
        members = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    assert set(members) == {
        "versions.json", "configuration.json", "doctor.json", "faults.json", "latencies.json", "logs/anpr.log",
    }  # fmt: skip
    for name, text in members.items():
        assert held_back(text) == [], name
    faults = json.loads(members["faults.json"])
    unreachable = next(fault for fault in faults if fault["name"] == FaultKind.CAMERA_UNREACHABLE.id)
    assert unreachable["subject"] == "rear"
    assert unreachable["raised_utc"].startswith("20")
    assert json.loads(members["configuration.json"])["camera"][1]["source"] == "rtsp://…@127.0.0.1:9/stream1?…"
    found = {check["name"]: check["level"] for check in json.loads(members["doctor.json"])}
    assert (found["camera_rear"], found["camera_front"], found["audit"]) == ("fault", "ok", "ok")


def test_the_doctor_names_the_camera_and_no_covert_list(patrolled: Patrolled) -> None:
    result = CliRunner().invoke(
        root, ["--data", str(patrolled.folder), "doctor", "--json", "--config", str(patrolled.config)]
    )
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    found = {line["name"]: line for line in lines if line["type"] == "check"}
    assert found["camera_rear"]["level"] == "fault"
    assert found["hotlist_ages"]["level"] == "ok"
    assert found["hotlist_ages"]["found"].startswith("lists: 1,")
    assert lines[-1]["type"] == "summary"
    assert held_back(result.stdout) == []
