"""`anpr clock`: what it says of the date, and what a supervisor's word does."""

import json
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.clock import utc_now
from anpr.config.data_folder import latest_date, records_db
from anpr.errors import AccessDenied
from anpr.trust.accounts import CrewAccounts, Role
from anpr.trust.audit import AuditLog
from anpr.trusted_time import keep_latest

PIN = "739146"


def clock(data: Path, *words: str, said: str = "") -> Result:
    return CliRunner().invoke(root, ["--data", str(data), "clock", *words], input=said, catch_exceptions=True)


def test_a_date_that_jumped_is_said_and_a_supervisor_confirms_it(tmp_path: Path) -> None:
    assert "The date is trusted" in clock(tmp_path).stdout
    keep_latest(latest_date(tmp_path), utc_now() - timedelta(days=40))
    said = clock(tmp_path).stdout
    assert "40 days ahead of the last time that was sure" in said
    assert "--confirm" in said
    assert json.loads(clock(tmp_path, "--json").stdout)["trusted"] is False

    accounts = CrewAccounts(records_db(tmp_path))
    accounts.add("12AB", "A. Sergeant", PIN, Role.SUPERVISOR)
    accounts.add("34CD", "A. Constable", PIN, Role.CREW)
    accounts.close()
    refused = clock(tmp_path, "--confirm", "34CD", "--pin-stdin", said=PIN)
    assert isinstance(refused.exception, AccessDenied)
    assert json.loads(clock(tmp_path, "--json").stdout)["trusted"] is False

    assert "The date is trusted" in clock(tmp_path, "--confirm", "12AB", "--pin-stdin", said=PIN).stdout
    assert json.loads(clock(tmp_path, "--json").stdout)["trusted"] is True
    log = AuditLog(records_db(tmp_path))
    entry = list(log.entries())[-1]
    log.close()
    assert (entry.actor, entry.action) == ("12AB", "date confirmed")
    assert "40 days ahead" in entry.detail["doubt"]
