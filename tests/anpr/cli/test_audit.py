"""`anpr audit`: the chain is verified and exported."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr import sqlite
from anpr.cli import root
from anpr.errors import InputError, StoreError
from anpr.trust.audit import AuditLog


def audit(data: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--data", str(data), "audit", *words], catch_exceptions=True)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three entries in its audit."""
    log = AuditLog(tmp_path / "records.db")
    for action in ("one", "two", "three"):
        log.record("1234 A. Constable", action, {"vrm": "AB51CDE"})
    log.close()
    return tmp_path


def spoil(data: Path) -> None:
    with closing(sqlite.connect(data / "records.db")) as file:
        for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {trigger}")
        file.execute("UPDATE audit SET action = 'other' WHERE seq = 2")
        file.commit()


def test_a_whole_chain_is_told_with_the_head_to_be_noted(data: Path) -> None:
    result = audit(data, "verify")
    assert result.exception is None
    assert "whole: 3 entries" in result.stdout
    head = result.stdout.splitlines()[-1]
    told = json.loads(audit(data, "verify", "--json", "--head", head).stdout)
    assert told == {
        "type": "audit",
        "intact": True,
        "entries": 3,
        "head": head,
        "trouble": "",
        "erased": 0,
        "set_back": "",
        "anchors": 0,
    }


def test_a_changed_entry_is_a_failure_and_json_comes_nevertheless(data: Path) -> None:
    spoil(data)
    result = audit(data, "verify", "--json")
    assert isinstance(result.exception, StoreError)
    assert result.exception.exit_code == 1
    told = json.loads(result.stdout)
    assert told["intact"] is False
    assert told["trouble"] == str(result.exception)


@pytest.mark.parametrize("head", ["3", "x:" + "0" * 64, "3:abc"])
def test_a_head_of_another_form_is_refused(data: Path, head: str) -> None:
    assert isinstance(audit(data, "verify", "--head", head).exception, InputError)


def test_a_head_that_is_not_in_the_chain_is_a_failure(data: Path) -> None:
    assert isinstance(audit(data, "verify", "--head", "2:" + "0" * 64).exception, StoreError)


def test_the_export_has_every_entry_after_a_number_and_itself(data: Path, tmp_path: Path) -> None:
    everything = [json.loads(line) for line in audit(data, "export").stdout.splitlines()]
    assert [entry["action"] for entry in everything] == ["one", "two", "three", "audit exported"]
    assert everything[0].keys() >= {"seq", "action", "actor", "detail", "hash"}
    target = tmp_path / "export.jsonl"
    assert audit(data, "export", str(target), "--after", "2").exception is None
    rows = [json.loads(line) for line in target.read_text(encoding="ascii").splitlines()]
    assert [entry["seq"] for entry in rows] == [3, 4, 5]


def test_an_export_never_overwrites_a_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.jsonl"
    target.write_text("kept", encoding="ascii")
    error = audit(data, "export", str(target)).exception
    assert isinstance(error, InputError)
    assert "exists already" in str(error)
    assert target.read_text(encoding="ascii") == "kept"
    assert "cannot be written" in str(audit(data, "export", str(tmp_path / "none" / "a")).exception)


def test_without_records_the_folder_is_asked_for_and_no_file_is_made(tmp_path: Path) -> None:
    error = audit(tmp_path, "verify").exception
    assert isinstance(error, InputError)
    assert "--data" in str(error)
    assert not (tmp_path / "records.db").exists()


def test_an_anchor_finds_a_cut_end_that_nothing_else_shows(data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "outside.anchor"
    told = json.loads(audit(data, "anchor", str(kept), "--json", "--officer", "PC 1").stdout)
    assert told["head"].startswith("4:")
    result = audit(data, "verify", "--anchor", str(kept), "--key", told["key"])
    assert result.exception is None
    assert "all that 1 anchors say" in result.stdout
    with closing(sqlite.connect(data / "records.db")) as file:
        for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {trigger}")
        file.execute("DELETE FROM audit WHERE seq > 2")
        file.execute("DELETE FROM audit_particulars WHERE seq > 2")
        file.commit()
    assert audit(data, "verify").exception is None
    failed = audit(data, "verify", "--anchor", str(kept))
    assert isinstance(failed.exception, StoreError)
    assert "cut, made anew or replaced" in str(failed.exception)


def test_anchors_of_another_tablet_are_no_proof(data: Path, tmp_path: Path) -> None:
    audit(data, "anchor", str(tmp_path / "a.anchor"))
    wrong = audit(data, "verify", "--anchor", str(tmp_path / "a.anchor"), "--key", "0" * 32)
    assert isinstance(wrong.exception, StoreError)
    assert audit(data, "verify", "--key", "0" * 32).exit_code == 2


def test_an_export_leaves_its_anchor_beside_it(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "audit.jsonl"
    audit(data, "export", str(target))
    assert audit(data, "verify", "--anchor", f"{target}.anchor").exception is None


def test_what_was_refused_is_not_entered_as_done(data: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    for words in (
        ("export", str(tmp_path / "there")),
        ("export", str(tmp_path / "no" / "a")),
        ("anchor", str(tmp_path / "no" / "a")),
    ):
        assert isinstance(audit(data, *words).exception, InputError)
    with closing(AuditLog(data / "records.db")) as log:
        done = [(entry.action, entry.detail.get("action")) for entry in log.entries(3)]
    assert done == [
        ("audit exported", None),
        ("not done", "audit exported"),
        ("audit anchored", None),
        ("not done", "audit anchored"),
    ]
