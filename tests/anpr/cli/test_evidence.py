"""`anpr evidence`: export on the car, verify elsewhere."""

import getpass
import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.config.data_folder import hotlists_db, records_db
from anpr.errors import AnprError
from anpr.trust.accounts import CrewAccounts, Role
from anpr.trust.audit import AuditLog
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.anpr.exhibits.made import make_records

PIN = "739146"
SUPERVISOR = ("--supervisor", "7", "--pin-stdin")
REASON = ("--reason", "crime 7")
WHY = (*REASON, "--officer", "PC 1234")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two alerts, one of them on a vehicle that a covert list has too."""
    folder = tmp_path / "data"
    folder.mkdir()
    make_records(folder)
    with HotlistStore(hotlists_db(folder)) as store:
        for settings in (ListSettings("stolen"), ListSettings("secret", covert=True)):
            store.define(settings, origin="file")
    return folder


def run(data: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(root, ["--data", str(data), "evidence", *words], input=typed)


def said(result: Result) -> str:
    assert isinstance(result.exception, AnprError), (result.exception, result.output)
    return str(result.exception)


def entries(data: Path) -> list[tuple[str, str, dict[str, str]]]:
    with closing(AuditLog(records_db(data))) as log:
        assert log.verify().intact
        return [(one.actor, one.action, one.detail) for one in log.entries()]


def test_an_export_is_verified_with_nothing_but_the_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    key = json.loads(run(data, "key", "--json").stdout)["fingerprint"]
    told = json.loads(run(data, "export", "1", "2", str(target), *WHY, "--json").stdout)
    assert told["exhibits"] == ["alert-1", "alert-2"]
    assert told["key"] == key
    nowhere = tmp_path / "nowhere"
    result = run(nowhere, "verify", str(target), "--key", key)
    assert result.exit_code == 0
    assert "whole and unaltered: alert-1, alert-2" in result.stdout
    assert not nowhere.exists()
    assert json.loads(run(nowhere, "verify", str(target), "--json").stdout)["intact"] is True
    if os.name == "posix":
        assert target.stat().st_mode & 0o777 == 0o600


def test_an_export_is_in_the_audit_with_who_what_and_why(data: Path, tmp_path: Path) -> None:
    run(data, "export", "1", str(tmp_path / "a.zip"), *WHY)
    actor, action, detail = entries(data)[-1]
    assert (actor, action) == (f"command line: {getpass.getuser()}, as PC 1234", "evidence exported")
    assert (detail["exhibits"], detail["reason"], detail["file"]) == ("alert-1", "crime 7", "a.zip")


@pytest.mark.parametrize(
    "words", [("9", "a.zip"), ("x", "a.zip"), ("s1", "a.zip"), ("1", "there.zip"), ("1", "no/where.zip")]
)
def test_what_is_refused_leaves_no_file_and_no_entry_that_it_was_done(
    data: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    (tmp_path / "there.zip").write_text("mine")
    before = len(entries(data))
    assert said(run(data, "export", words[0], str(tmp_path / words[1]), *WHY))
    assert not (tmp_path / "a.zip").exists()
    assert (tmp_path / "there.zip").read_text() == "mine"
    assert [action for _, action, _ in entries(data)[before:]] in ([], ["evidence exported", "not done"])


def test_an_altered_file_is_exit_code_1_and_one_sentence(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    run(data, "export", "1", str(target), *WHY)
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    result = run(tmp_path / "nowhere", "verify", str(target), "--json")
    assert isinstance(result.exception, AnprError)
    assert result.exception.exit_code == 1
    told = json.loads(result.stdout)
    assert told["intact"] is False
    assert told["trouble"] in str(result.exception)


def test_the_key_of_another_tablet_is_told(data: Path, tmp_path: Path) -> None:
    run(data, "export", "1", str(tmp_path / "a.zip"), *WHY)
    other = json.loads(run(tmp_path / "other", "key", "--json").stdout)["fingerprint"]
    assert "another key" in said(run(tmp_path / "other", "verify", str(tmp_path / "a.zip"), "--key", other))


@pytest.fixture
def supervised(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    real = PasswordHasher.__init__
    cheap = lambda self, **_: real(self, time_cost=1, memory_cost=8, parallelism=1)  # noqa: E731
    monkeypatch.setattr(PasswordHasher, "__init__", cheap)
    with closing(CrewAccounts(records_db(data))) as accounts:
        accounts.add("7", "A. Sergeant", PIN, Role.SUPERVISOR)
        accounts.add("8", "A. Constable", "628035")
    return data


def test_covert_hits_leave_the_car_by_a_supervisor_alone(supervised: Path, tmp_path: Path) -> None:
    crew, all_of_it = tmp_path / "crew.zip", tmp_path / "all.zip"
    assert "secret" not in run(supervised, "list", "--json").stdout
    run(supervised, "export", "1", str(crew), *REASON)
    assert b"secret" not in crew.read_bytes()
    result = run(supervised, "export", "s1", "1", str(all_of_it), *WHY, *SUPERVISOR, typed=f"{PIN}\n")
    assert result.exit_code == 0, result.output
    assert b"secret" in all_of_it.read_bytes()
    actor, _, detail = entries(supervised)[-1]
    assert (actor, detail["lists"]) == ("7 A. Sergeant", "secret, stolen")
    assert run(tmp_path, "verify", str(all_of_it)).exit_code == 0
    for typed, collar in (("000111\n", "7"), ("628035\n", "8")):
        refused = run(
            supervised,
            "export",
            "s1",
            str(tmp_path / "no.zip"),
            *WHY,
            "--supervisor",
            collar,
            "--pin-stdin",
            typed=typed,
        )
        assert said(refused)
    assert not (tmp_path / "no.zip").exists()
    later = tmp_path / "later.zip"  # the supervisor's export is no matter of the crew's either
    run(supervised, "export", "1", str(later), *REASON)
    assert b"secret" not in later.read_bytes()


def test_alerts_are_held_and_let_go(data: Path) -> None:
    assert "Held: 1, 2" in run(data, "hold", "1", "2", *WHY).stdout
    held = [json.loads(line)["held"] for line in run(data, "list", "--json").stdout.splitlines()]
    assert held == ["crime 7", "crime 7"]
    assert run(data, "release", "1", *WHY).exit_code == 0
    assert "not held" in said(run(data, "release", "1", "2", *WHY))
    held = [json.loads(line)["held"] for line in run(data, "list", "--json").stdout.splitlines()]
    assert held == ["", "crime 7"]
    assert [action for _, action, _ in entries(data)][-3:] == ["alert held", "alert held", "hold ended"]
    assert "alerts are held" in said(run(data, "hold", "s1", *WHY))
    assert "VRM" in run(data, "list").stdout


def test_a_reason_is_asked_for(data: Path, tmp_path: Path) -> None:
    before = entries(data)
    assert "write why" in said(run(data, "export", "1", str(tmp_path / "a.zip"), "--reason", " "))
    assert "write why" in said(run(data, "hold", "1", "--reason", ""))
    assert entries(data) == before


def test_a_folder_without_records_is_said(tmp_path: Path) -> None:
    assert "name the data folder" in said(run(tmp_path / "empty", "list"))
