"""Every check of the doctor sees what it is there for, and a healthy car has none that is wrong."""

import json
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr import sqlite
from anpr.address import Address
from anpr.checks import Check, Finding
from anpr.cli import root
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig, ScreenConfig
from anpr.config.data_folder import hotlists_db, log_file, records_db
from anpr.errors import StoreError
from anpr.patrol.checks import checks, examine
from anpr.records.store import RecordStore
from anpr.sealed_folder import keep_private
from anpr.trust.accounts import CrewAccounts, Role
from anpr.trust.audit import AuditLog
from anpr.values import Level
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.anpr.records.test_store import made_sighting
from tests.builders.clip import short_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return short_clip(tmp_path_factory.mktemp("clip") / "clip.avi", 0, 3)


@pytest.fixture
def config(clip: Path) -> PatrolConfig:
    return replace(
        PatrolConfig(),
        camera=(CameraConfig(source=Address(str(clip))),),
        gps=GpsConfig(enabled=False),
        screen=ScreenConfig(port=0),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a list, a sighting and an audit."""
    data = tmp_path / "data"
    data.mkdir()
    add_list(data, ListSettings("Stolen"))
    store = RecordStore(records_db(data), "run")
    store.record_sighting(made_sighting(1, final=True))
    store.close()
    audit = AuditLog(records_db(data))
    audit.record("PC 7", "login")
    audit.record("PC 7", "logout")
    audit.close()
    with closing(CrewAccounts(records_db(data))) as accounts:
        accounts.add("7", "A. Sergeant", "739146", Role.SUPERVISOR)
    keep_private(data)
    return data


def add_list(data: Path, settings: ListSettings) -> None:
    file = data / "list.csv"
    file.write_text("FT99 AEK,FORD,TRANSIT,BLUE,STOP,,WANTED" + "," * 9 + "\n", encoding="utf-8")
    with HotlistStore(hotlists_db(data)) as store:
        import_list(store, file, settings)
    file.unlink()


def found(folder: Path, config: PatrolConfig) -> dict[str, Finding]:
    return {check.name: finding for check, finding in examine(folder, config)}


OF_THE_MACHINE = {"data_key", "disk_encrypted"}
"""Whether the machine that tests can seal keys and encrypts its disk is its own."""


def test_a_healthy_car_is_well(folder: Path, config: PatrolConfig) -> None:
    levels = {name: finding.level for name, finding in found(folder, config).items()}
    assert {name: level for name, level in levels.items() if name not in OF_THE_MACHINE} == dict.fromkeys(
        (
            "versions", "data_folder", "disk", "log", "model_detector", "model_reader", "onnxruntime", "hotlists",
            "hotlist_ages", "records", "set_aside", "places", "date", "audit", "clock", "camera_front", "screen_port",
            "crew_accounts", "locked",
        ),
        Level.OK,
    )  # fmt: skip


def test_a_new_car_is_only_warned_that_it_has_no_lists_and_no_crew(tmp_path: Path, config: PatrolConfig) -> None:
    levels = {name: finding.level for name, finding in found(tmp_path, config).items()}
    assert {name for name, level in levels.items() if level is not Level.OK} - OF_THE_MACHINE == {
        "hotlists",
        "hotlist_ages",
        "crew_accounts",
    }
    assert Level.FAULT not in levels.values()
    assert not hotlists_db(tmp_path).exists()
    assert not records_db(tmp_path).exists()


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200:] = b"\xaa" * (len(content) - 200)
    path.write_bytes(content)


def alter_audit(folder: Path) -> None:
    with sqlite.connect(records_db(folder)) as records:
        records.execute("DROP TRIGGER audit_no_update")
        records.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 1")
    records.close()


def record_tomorrow(folder: Path) -> None:
    with sqlite.connect(records_db(folder)) as records:
        records.execute("UPDATE sightings SET last_utc = '2199-01-01T00:00:00+00:00'")
    records.close()


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("log", lambda folder: log_file(folder).parent.write_text("in the way")),
        ("hotlists", lambda folder: damage(hotlists_db(folder))),
        ("hotlist_ages", lambda folder: add_list(folder, ListSettings("Wanted", max_age_s=1e-9))),
        ("records", lambda folder: damage(records_db(folder))),
        ("audit", alter_audit),
        ("clock", record_tomorrow),
    ],
)
def test_what_is_spoilt_is_found(
    name: str, spoil: Callable[[Path], object], folder: Path, config: PatrolConfig
) -> None:
    spoil(folder)
    finding = found(folder, config)[name]
    assert finding.level is Level.FAULT
    assert finding.words
    assert finding.remedy.endswith(".")
    assert "FT99" not in finding.words


def test_altered_models_are_found(
    folder: Path, config: PatrolConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr("anpr.perception.model_files.models_folder", lambda: tmp_path)
    levels = {name: finding.level for name, finding in found(folder, config).items()}
    assert {levels[name] for name in ("model_detector", "model_reader", "onnxruntime")} == {Level.FAULT}


def test_little_room_missing_devices_and_a_taken_port_are_found(folder: Path, config: PatrolConfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        spoilt = replace(
            config,
            camera=(CameraConfig(source=Address("/dev/no-camera")),),
            gps=GpsConfig(port="/dev/no-receiver"),
            records=replace(config.records, least_free_mb=1e12),
            screen=ScreenConfig(port=taken.getsockname()[1], on_network=True, network_port=0),
        )
        levels = {name: finding.level for name, finding in found(folder, spoilt).items()}
    assert {levels[name] for name in ("camera_front", "gps", "disk")} == {Level.FAULT}
    assert (levels["screen_port"], levels["screen_network_port"]) == (Level.WARNING, Level.OK)


def test_a_password_in_a_cameras_address_is_never_said(folder: Path, config: PatrolConfig) -> None:
    camera = CameraConfig(source=Address("rtsp://patrol:hush@127.0.0.1:9/x?token=hush"))
    finding = found(folder, replace(config, camera=(camera,)))["camera_front"]
    assert finding.level is Level.FAULT
    assert "hush" not in finding.words


def test_covert_lists_are_not_named_and_not_counted(folder: Path, config: PatrolConfig) -> None:
    add_list(folder, ListSettings("Nightjar", covert=True, max_age_s=1e-9))
    findings = found(folder, config)
    assert findings["hotlist_ages"].level is Level.OK
    assert "lists: 1," in findings["hotlist_ages"].words
    assert not any("Nightjar" in finding.words for finding in findings.values())


def test_a_check_that_fails_is_a_finding_without_the_errors_text() -> None:
    def foreign() -> Finding:
        raise KeyError("AB51CDE")

    def ours() -> Finding:
        raise StoreError("the file cannot be read")

    assert "AB51CDE" not in Check("x", "x", foreign).run().words
    assert Check("x", "x", foreign).run().level is Level.FAULT
    assert Check("x", "x", ours).run().words == "the file cannot be read"


def test_every_check_has_its_own_name_and_says_what_it_looks_at(folder: Path, config: PatrolConfig) -> None:
    all_of_them = checks(folder, config)
    assert len({check.name for check in all_of_them}) == len(all_of_them)
    assert all(check.what for check in all_of_them)


def test_the_command_ends_with_1_only_when_something_is_wrong(folder: Path, clip: Path, tmp_path: Path) -> None:
    toml = tmp_path / "patrol.toml"
    toml.write_text(f'[[camera]]\nsource = "{clip}"\n[gps]\nenabled = false\n[screen]\nport = 0\n', encoding="utf-8")
    command = ["--data", str(folder), "doctor", "--config", str(toml)]
    well = CliRunner().invoke(root, command)
    assert (well.exit_code, ", 0 wrong" in well.output) == (0, True)
    alter_audit(folder)
    wrong = CliRunner().invoke(root, [*command, "--json"])
    assert wrong.exit_code == 1
    summary = json.loads(wrong.stdout.splitlines()[-1])
    assert (summary["type"], summary["ok"] + summary["warning"], summary["fault"]) == ("summary", 20, 1)
    assert summary["warning"] <= len(OF_THE_MACHINE)
