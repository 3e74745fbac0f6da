"""`anpr data-key` as those who look after cars use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpr import sqlite
from anpr.cli import root
from anpr.config.data_folder import patrol_lock, records_db
from anpr.errors import InputError
from anpr.locks import FileLock
from anpr.sealing.data_key import make_keys
from anpr.trust.audit import AuditLog
from tests.anpr.records.test_salvage import kept_records
from tests.anpr.test_sealed_folder import made_plain


def told(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(
        root, ["--data", str(folder), "data-key", *words], input="839201\n", catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_change_locks_everything_anew_and_is_in_the_audit(tmp_path: Path) -> None:
    assert "there is no data key yet" in told(tmp_path, "status")
    kept_records(records_db(tmp_path))
    made_plain(records_db(tmp_path))
    said = json.loads(told(tmp_path, "status", "--json"))
    assert (said["type"], said["seal"], said["changing"], said["plain"]) == ("data_key", "file", False, ["records.db"])
    before = make_keys(tmp_path)
    assert json.loads(told(tmp_path, "change", "--officer", "1234", "--json").splitlines()[-1]) == {
        "type": "changed",
        "databases": 1,
    }
    assert make_keys(tmp_path) != before
    assert not sqlite.is_plain(records_db(tmp_path))
    audit = AuditLog(records_db(tmp_path))
    entry = list(audit.entries())[-1]
    assert (entry.actor, entry.action, entry.detail) == ("1234 Joe", "data key changed", {"databases": "1"})
    assert audit.verify().intact
    audit.close()
    assert "sealed by: file" in told(tmp_path, "status")


def test_while_a_patrol_runs_the_key_stays(tmp_path: Path) -> None:
    lock = FileLock(patrol_lock(tmp_path))
    assert lock.acquire()
    with pytest.raises(InputError, match="a patrol runs"):
        told(tmp_path, "change")
    lock.release()
