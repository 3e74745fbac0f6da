"""The entry of a deed: by itself, or with what records the deed."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from anpr import sqlite
from anpr.errors import StoreError
from anpr.trust.audit import AuditLog
from anpr.trust.deed import Entry


def test_a_decision_and_its_entry_are_there_together_whatever_statement_it_is_killed_at(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    said = subprocess.run(
        [sys.executable, "-m", "tests.anpr.desk.killed_decisions", str(path)],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    rounds = [json.loads(line) for line in said.splitlines()]
    assert len(rounds) > 8  # statements of one decision
    for one in rounds:
        assert one["decided"] == one["entered"]
        assert one["intact"]
    assert len(rounds[-1]["decided"]) >= 1
    assert any(len(one["decided"]) < number for number, one in enumerate(rounds, 1))


def test_what_is_rolled_back_was_never_entered(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with closing(AuditLog(path)) as audit, closing(sqlite.connect(path)) as other:
        entry = Entry(audit, "1234 A", "decision", {"alert": "1"})
        other.execute("BEGIN IMMEDIATE")
        entry.within(other)
        other.execute("ROLLBACK")
        assert (entry.entered, list(audit.entries())) == (False, [])
        entry()
        assert entry.entered
        assert [one.action for one in audit.entries()] == ["decision"]


def test_an_entry_that_cannot_be_made_is_not_entered(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with closing(AuditLog(path)) as audit:
        audit.close()
        entry = Entry(audit, "1234 A", "decision", {})
        with pytest.raises(StoreError):
            entry()
        assert not entry.entered
