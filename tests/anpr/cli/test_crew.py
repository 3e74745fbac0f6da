"""`anpr crew`: who may log in, and what of it is in the audit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from anpr.errors import AccessDenied, InputError
from anpr.trust.accounts import CrewAccounts
from anpr.trust.audit import AuditLog

PIN = "739146"


def crew(data: Path, *words: str, said: str = "") -> Result:
    return CliRunner().invoke(root, ["--data", str(data), "crew", *words], input=said, catch_exceptions=True)


def audited(data: Path) -> list[tuple[str, dict[str, str]]]:
    log = AuditLog(data / "records.db")
    entries = [(entry.action, entry.detail) for entry in log.entries()]
    log.close()
    return entries


def test_a_member_is_added_listed_and_removed(tmp_path: Path) -> None:
    added = crew(tmp_path, "add", "12 ab", "--name", "A. Constable", "--pin-stdin", said=PIN + "\r\n")
    assert added.exception is None
    assert "12AB (A. Constable) may log in." in added.stderr
    assert PIN not in added.output
    (row,) = [json.loads(line) for line in crew(tmp_path, "list", "--json").stdout.splitlines()]
    assert (row["collar"], row["name"]) == ("12AB", "A. Constable")
    assert row.keys() == {"collar", "name", "added_utc", "role"}
    assert "A. Constable" in crew(tmp_path, "list").stdout
    accounts = CrewAccounts(tmp_path / "records.db")
    assert accounts.log_in("12AB", PIN, "here").name == "A. Constable"
    assert "12AB may no longer log in." in crew(tmp_path, "remove", "12ab").stderr
    with pytest.raises(AccessDenied):
        accounts.log_in("12AB", PIN, "here")
    accounts.close()
    assert [action for action, _ in audited(tmp_path)] == ["crew added", "crew removed"]
    assert PIN not in str(audited(tmp_path))


def test_the_pin_is_asked_for_twice_and_never_shown(tmp_path: Path) -> None:
    result = crew(tmp_path, "add", "1234", "--name", "A", said=f"{PIN}\n{PIN}\n")
    assert result.exception is None
    assert PIN not in result.output
    differs = crew(tmp_path, "add", "1235", "--name", "B", said=f"{PIN}\n739147\n")
    assert differs.exit_code != 0
    assert "1235" not in crew(tmp_path, "list").stdout


@pytest.mark.parametrize(
    ("collar", "pin", "words"),
    [("12-34", PIN, "letters and digits"), ("1234", "123456", "too easy"), ("1234", "12", "6 to 12 digits")],
)
def test_what_cannot_be_used_is_refused_before_anything_is_written(
    tmp_path: Path, collar: str, pin: str, words: str
) -> None:
    error = crew(tmp_path, "add", collar, "--name", "A", "--pin-stdin", said=pin).exception
    assert isinstance(error, InputError)
    assert words in str(error)
    assert not (tmp_path / "records.db").exists()


def test_removing_nobody_is_told_and_not_audited(tmp_path: Path) -> None:
    error = crew(tmp_path, "remove", "9999").exception
    assert isinstance(error, InputError)
    assert "anpr crew list" in str(error)
    assert audited(tmp_path) == []


def test_once_there_is_a_supervisor_only_one_changes_accounts_and_resets_a_forgotten_pin(tmp_path: Path) -> None:
    boss, new = "628194", "480275"
    crew(tmp_path, "add", "1234", "--name", "A", "--pin-stdin", said=PIN)
    crew(tmp_path, "add", "S1", "--name", "S", "--supervisor", "--pin-stdin", said=boss)
    before = audited(tmp_path)
    for words in (["add", "1234", "--name", "A"], ["add", "9", "--name", "N"], ["reset", "1234"], ["remove", "1234"]):
        assert isinstance(crew(tmp_path, *words, "--pin-stdin", said=f"{new}\n").exception, AccessDenied)
    assert audited(tmp_path) == before
    done = crew(tmp_path, "reset", "1234", "--by", "S1", "--pin-stdin", said=f"{boss}\n{new}\n")
    assert done.exception is None
    assert "1234 has a new PIN" in done.stderr
    assert audited(tmp_path)[-1] == ("crew PIN reset", {"collar": "1234", "by": "S1"})
    assert not {PIN, new, boss} & set(str(audited(tmp_path)).split("'"))
    accounts = CrewAccounts(tmp_path / "records.db")
    assert accounts.log_in("1234", new, "here").name == "A"
    accounts.close()
    nobody = crew(tmp_path, "reset", "77", "--by", "S1", "--pin-stdin", said=f"{boss}\n{new}\n").exception
    assert isinstance(nobody, InputError)
