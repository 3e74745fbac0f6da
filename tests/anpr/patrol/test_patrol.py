"""A whole car: clip as camera, lists, records, alerts; started, watched and stopped as `anpr run` does it."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.address import Address
from anpr.alerting.decisions import Choice, Decision
from anpr.config.car import AlertsConfig, CameraConfig, GpsConfig, PatrolConfig
from anpr.config.data_folder import hotlists_db, records_db
from anpr.engine.engine import Step
from anpr.errors import AccessDenied
from anpr.patrol.parts import open_parts
from anpr.patrol.patrol import Patrol
from anpr.screen.hand_port import NewEntry
from anpr.screen.port import AlertView
from anpr.values import AlertState, Detection
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.builders.clip import short_clip

WAIT_S = 90.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return short_clip(tmp_path_factory.mktemp("clip") / "clip.avi", 305, 328)


def config_for(clip: Path) -> PatrolConfig:
    return replace(
        PatrolConfig(),
        camera=(CameraConfig(id="front", source=Address(str(clip))),),
        gps=GpsConfig(enabled=False),
        alerts=AlertsConfig(),
    )


def import_wanted(folder: Path) -> None:
    file = folder / "wanted.csv"
    file.write_text("FT99 AEK,FORD,TRANSIT,BLUE,STOP,,WANTED" + "," * 9 + "\n", encoding="utf-8")
    with HotlistStore(hotlists_db(folder)) as store:
        import_list(store, file, ListSettings("Wanted", priority=95))


def drive(patrol: Patrol) -> None:
    """Play the clip to its end; every frame of perception wakes the wait."""
    woken = threading.Event()
    patrol.on_step = lambda step: woken.set()
    patrol.start()
    ends = time.monotonic() + WAIT_S
    while not patrol.is_over() and time.monotonic() < ends:
        woken.wait(0.5)
        woken.clear()
    assert patrol.is_over()


def test_a_patrol_from_clip_to_recorded_alert_and_decision(clip: Path, tmp_path: Path) -> None:
    import_wanted(tmp_path)
    patrol = Patrol(open_parts(config_for(clip), tmp_path))
    drive(patrol)
    alert = next(a for a in patrol.parts.desk.state().alerts if a.kind == "hit")
    assert (alert.read_vrm, alert.list_vrm) == ("FT99AEK", "FT99AEK")
    assert alert.state in {AlertState.RAISED, AlertState.CONFIRMED_BY_EVIDENCE}
    assert (patrol.parts.desk.picture(alert.plate_picture) or b"")[:3] == b"\xff\xd8\xff"
    assert (patrol.parts.desk.live_picture("front") or b"")[:3] == b"\xff\xd8\xff"
    with pytest.raises(AccessDenied, match="look at it"):
        patrol.parts.desk.decide(alert.alert_id, Choice(Decision.CONFIRMED), "1234")
    patrol.parts.desk.decide(alert.alert_id, Choice(Decision.WRONG_PLATE, typed_vrm="FT99AEX"), "1234")
    assert patrol.parts.desk.history(None, 10).alerts[0].decided is not None
    assert patrol.stop()
    records = sqlite.connect(records_db(tmp_path))
    assert ("FT99AEK", 1) in records.execute("SELECT vrm, final FROM sightings").fetchall()
    assert records.execute("SELECT entry_vrm FROM hits").fetchall() == [("FT99AEK",)]
    assert records.execute("SELECT state FROM alerts WHERE kind='hit'").fetchall() == [("decided",)]
    assert records.execute("SELECT decision, typed_vrm, actor FROM decisions").fetchall() == [
        ("wrong_plate", "FT99AEX", "1234")
    ]
    records.close()


def test_an_entry_added_later_finds_the_sighting_that_was_recorded(clip: Path, tmp_path: Path) -> None:
    patrol = Patrol(open_parts(config_for(clip), tmp_path))
    drive(patrol)
    patrol.stop()
    again = Patrol(open_parts(config_for(Path("/dev/no-camera")), tmp_path))
    again.start()
    raised = threading.Event()
    again.parts.desk.subscribe(raised.set)
    again.parts.desk.add_entry(NewEntry("FT99AEK", "", "seen at a theft", "2099-01-01T00:00:00+00:00"), "1234")
    ends = time.monotonic() + WAIT_S
    past: list[AlertView] = []
    while not past and time.monotonic() < ends:
        raised.wait(0.5)
        raised.clear()
        past = [a for a in again.parts.desk.state().alerts if a.past]
    assert [a.list_vrm for a in past] == ["FT99AEK"]
    assert again.parts.desk.look_up("FT99AEK", "1234").sightings[0].vrm == "FT99AEK"
    assert again.stop()


def test_a_missing_camera_is_a_named_fault_and_the_rest_goes_on(tmp_path: Path) -> None:
    patrol = Patrol(open_parts(config_for(Path("/dev/no-camera")), tmp_path))
    changed = threading.Event()
    patrol.start()
    patrol.parts.desk.subscribe(changed.set)
    ends = time.monotonic() + WAIT_S
    names: set[str] = set()
    while "camera_unplugged" not in names and time.monotonic() < ends:
        changed.wait(0.5)
        changed.clear()
        names = {a.fault_name for a in patrol.parts.desk.state().alerts}
    assert "camera_unplugged" in names
    marks = {m.name: m.level for m in patrol.parts.desk.state().health}
    assert marks["cameras"] == "fault"
    assert set(marks) == {"cameras", "gps", "clock", "lists", "disk", "budget"}
    assert patrol.stop()


def test_an_error_in_perception_becomes_a_fault_that_the_crew_sees(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patrol = Patrol(open_parts(config_for(clip), tmp_path), hold_cameras=True)
    patrol.start()
    real = patrol.parts.engine.pipeline.detector.detect
    calls: list[int] = []

    def sometimes(image: object) -> list[Detection]:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the model broke")
        return real(image)  # type: ignore[arg-type]

    monkeypatch.setattr(patrol.parts.engine.pipeline.detector, "detect", sometimes)
    seen: list[Step] = []
    patrol.on_step = seen.append
    patrol.start_cameras()
    ends = time.monotonic() + WAIT_S
    pause = threading.Event()
    while not patrol.is_over() and time.monotonic() < ends:
        pause.wait(0.1)
    assert "perception_failed" in {a.fault_name for a in patrol.parts.desk.state().alerts}
    assert seen
    assert patrol.stop()
