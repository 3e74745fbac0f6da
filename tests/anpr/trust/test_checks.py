"""What the doctor says of the crew accounts."""

from contextlib import closing
from pathlib import Path

from argon2 import PasswordHasher

from anpr.trust.accounts import CrewAccounts, Role
from anpr.trust.checks import NOBODY, checks, members
from anpr.values import Level


def test_it_says_what_to_do_until_a_supervisor_is_among_them(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    (check,) = checks(path)
    finding = check.run()
    assert (finding.level, finding.words) == (Level.WARNING, NOBODY)
    assert "anpr crew add" in finding.remedy
    assert not path.exists()
    with closing(CrewAccounts(path, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))) as accounts:
        accounts.add("8", "A. Constable", "628035")
        assert "no crew member is a supervisor" in check.run().words
        accounts.add("7", "A. Sergeant", "739146", Role.SUPERVISOR)
    assert check.run().level is Level.OK
    assert [member.collar for member in members(path)] == ["7", "8"]


def test_a_file_that_is_none_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"no database at all, and long enough to be looked at" * 100)
    assert checks(path)[0].run().level is not Level.OK
