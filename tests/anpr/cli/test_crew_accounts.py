"""What a terminal says while nobody may log in."""

import io
from contextlib import closing
from pathlib import Path

from argon2 import PasswordHasher

from anpr.cli.crew_accounts import tell_of_no_accounts
from anpr.config.data_folder import records_db
from anpr.trust.accounts import CrewAccounts


def told(folder: Path) -> str:
    out = io.StringIO()
    tell_of_no_accounts(folder, out)
    return out.getvalue()


def test_it_says_what_to_do_while_there_is_no_account_alone(tmp_path: Path) -> None:
    assert "anpr crew add COLLAR --name NAME" in told(tmp_path)
    assert "alerts are shown and sound" in told(tmp_path)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with closing(CrewAccounts(records_db(tmp_path), hasher=cheap)) as accounts:
        accounts.add("8", "A. Constable", "628035")
    assert told(tmp_path) == ""
    records_db(tmp_path).write_bytes(b"no database" * 1000)
    assert told(tmp_path) == ""
