"""What the doctor says of the crew accounts."""

from contextlib import closing
from pathlib import Path

from argon2 import PasswordHasher

from anpr.config.car import ScreenConfig
from anpr.screen.checks import checks
from anpr.trust.accounts import NO_ACCOUNTS, CrewAccounts, Role, members_of
from anpr.values import Level


def test_it_says_what_to_do_until_a_supervisor_is_among_them(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    *_, check = checks(ScreenConfig(port=0), path)
    finding = check.run()
    assert (finding.level, finding.words) == (Level.WARNING, NO_ACCOUNTS)
    assert "anpr crew add" in finding.remedy
    assert not path.exists()
    with closing(CrewAccounts(path, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))) as accounts:
        accounts.add("8", "A. Constable", "628035")
        assert "no crew member is a supervisor" in check.run().words
        accounts.add("7", "A. Sergeant", "739146", Role.SUPERVISOR)
    assert check.run().level is Level.OK
    assert [member.collar for member in members_of(path)] == ["7", "8"]


def test_a_file_that_is_none_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"no database at all, and long enough to be looked at" * 100)
    assert checks(ScreenConfig(port=0), path)[-1].run().level is not Level.OK
