import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from anpr import sqlite
from anpr.cli.crew import crew
from anpr.errors import AccessDenied, InputError
from anpr.trust.accounts import CrewAccounts, Role, require_good_pin
from anpr.trust.audit import AuditLog

PIN = "739146"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Uptime:
    """The machine's monotonic clock."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


class CountingHasher(PasswordHasher):
    """The real hasher at its least cost, counting how often it works."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the hasher's own name
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def uptime() -> Uptime:
    return Uptime()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock, uptime: Uptime, hasher: CountingHasher) -> Iterator[CrewAccounts]:
    accounts = CrewAccounts(tmp_path / "records.db", clock, hasher, clock_s=uptime)
    accounts.add("1234", "A. Constable", PIN)
    yield accounts
    accounts.close()


def fail(accounts: CrewAccounts, times: int, collar: str = "1234", source: str = "10.0.0.2") -> list[str]:
    words = []
    for _ in range(times):
        with pytest.raises(AccessDenied) as refused:
            accounts.log_in(collar, "000001", source)
        words.append(str(refused.value))
    return words


def test_the_right_pin_logs_in(accounts: CrewAccounts) -> None:
    assert accounts.log_in(" 1234 ", PIN, "10.0.0.2").name == "A. Constable"


def test_unknown_collar_and_wrong_pin_get_the_same_words_and_the_same_work(
    accounts: CrewAccounts, hasher: CountingHasher
) -> None:
    wrong_pin = fail(accounts, 1)
    wrong_collar = fail(accounts, 1, collar="9999")
    nonsense = fail(accounts, 1, collar="'; DROP TABLE crew; --")
    assert wrong_pin == wrong_collar == nonsense
    assert hasher.verified == 3


def test_five_wrong_ones_lock_and_each_further_one_doubles_the_wait(accounts: CrewAccounts, uptime: Uptime) -> None:
    fail(accounts, 5)
    for lock_s in (30, 60, 120):
        with pytest.raises(AccessDenied, match=f"try again in {lock_s} s"):
            accounts.log_in("1234", PIN, "10.0.0.2")  # even the right PIN
        uptime.pass_(lock_s + 1)
        fail(accounts, 1)
    uptime.pass_(3601)
    assert accounts.log_in("1234", PIN, "10.0.0.2").collar == "1234"
    fail(accounts, 4)
    assert accounts.log_in("1234", PIN, "10.0.0.2").collar == "1234"  # success forgot the failures


def test_a_thousand_guesses_cost_only_a_few_hashes(
    accounts: CrewAccounts, uptime: Uptime, hasher: CountingHasher
) -> None:
    for n in range(1000):
        with pytest.raises(AccessDenied):
            accounts.log_in("1234", f"{n:06d}", "10.0.0.9")
        uptime.pass_(0.1)
    assert hasher.verified <= 8


def test_guessing_over_many_collars_locks_the_address(accounts: CrewAccounts, hasher: CountingHasher) -> None:
    words = [fail(accounts, 1, collar=str(n))[0] for n in range(100, 200)]
    assert hasher.verified == 20
    assert "try again" in words[-1]
    assert accounts.log_in("1234", PIN, "10.0.0.3").collar == "1234"  # others are not locked out


def test_the_lock_outlives_a_restart_and_no_set_clock_ends_or_lengthens_it(
    accounts: CrewAccounts, tmp_path: Path, clock: Clock, uptime: Uptime, hasher: CountingHasher
) -> None:
    fail(accounts, 5)
    with closing(CrewAccounts(tmp_path / "records.db", clock, hasher, clock_s=uptime)) as again:
        for seconds in (-7200, 4 * 3600, 86_400 * 400):
            clock.pass_(seconds)
            with pytest.raises(AccessDenied, match="try again in 30 s"):
                again.log_in("1234", PIN, "10.0.0.2")
        uptime.pass_(31)
        assert again.log_in("1234", PIN, "10.0.0.2").collar == "1234"


def test_a_new_pin_replaces_the_old_one_and_lifts_the_lock(accounts: CrewAccounts) -> None:
    fail(accounts, 5)
    accounts.add("1234", "A. Constable", "480275")
    assert accounts.log_in("1234", "480275", "10.0.0.2").collar == "1234"
    with pytest.raises(AccessDenied):
        accounts.log_in("1234", PIN, "10.0.0.2")


def test_a_reset_pin_lifts_every_lock_and_keeps_name_and_role(accounts: CrewAccounts) -> None:
    for number in range(60):
        fail(accounts, 5, source=f"10.0.1.{number}")
    with pytest.raises(AccessDenied, match="locked"):
        accounts.log_in("1234", PIN, "10.0.0.7")
    before = accounts.members()
    accounts.reset_pin("1234", "480275")
    assert [(one.name, one.role) for one in accounts.members()] == [(one.name, one.role) for one in before]
    assert accounts.log_in("1234", "480275", "10.0.1.3").collar == "1234"
    with pytest.raises(InputError, match="crew list"):
        accounts.reset_pin("999", "480275")


def test_a_stamp_changes_with_the_pin_and_role_and_ends_with_the_account(accounts: CrewAccounts) -> None:
    first = accounts.stamps()["1234"]
    assert accounts.stamps()["1234"] == first
    accounts.reset_pin("1234", "480275")
    second = accounts.stamps()["1234"]
    accounts.add("1234", "A. Constable", "480275", Role.SUPERVISOR)
    assert len({first, second, accounts.stamps()["1234"]}) == 3
    accounts.remove("1234")
    assert accounts.stamps() == {}


def test_removed_members_cannot_log_in(accounts: CrewAccounts) -> None:
    accounts.remove("1234")
    fail(accounts, 1)
    assert accounts.members() == ()
    with pytest.raises(InputError):
        accounts.remove("1234")


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567890123", "111111", "123456", "987654", "121212", "abcdef", "٣٣٣٤٤٥"]
)
def test_easy_pins_are_refused(pin: str) -> None:
    with pytest.raises(InputError):
        require_good_pin(pin, "1234")


def test_a_collar_number_is_no_pin() -> None:
    with pytest.raises(InputError):
        require_good_pin("840275", "840275")
    require_good_pin("840275", "1234")


def test_the_file_holds_no_pin(accounts: CrewAccounts, tmp_path: Path) -> None:
    with closing(sqlite.connect(tmp_path / "records.db")) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
        kept = repr([file.execute(f"SELECT * FROM {name}").fetchall() for name in tables])  # noqa: S608 - names are ours
    assert PIN not in kept
    assert "$argon2id$" in kept
    content = b"".join(p.read_bytes() for p in tmp_path.glob("records.db*"))
    assert PIN.encode() not in content
    assert b"$argon2id$" not in content  # the file is locked as well


def test_commands(tmp_path: Path) -> None:
    run = CliRunner()
    added = run.invoke(crew, ["add", "77x", "--name", "B. Sergeant", "--pin-stdin"], input=PIN + "\n", obj=tmp_path)
    assert added.exit_code == 0, added.output
    asked = run.invoke(crew, ["add", "78", "--name", "C. Driver"], input=f"{PIN}\n{PIN}\n", obj=tmp_path)
    assert asked.exit_code == 0
    assert PIN not in asked.output
    listed = run.invoke(crew, ["list", "--json"], obj=tmp_path)
    assert [json.loads(line)["collar"] for line in listed.output.splitlines()] == ["77X", "78"]
    assert "B. Sergeant" in run.invoke(crew, ["list"], obj=tmp_path).output
    assert run.invoke(crew, ["remove", "77x"], obj=tmp_path).exit_code == 0
    log = AuditLog(tmp_path / "records.db")
    assert [entry.action for entry in log.entries()] == ["crew added", "crew added", "crew removed"]
    assert all(PIN not in str(entry.detail) for entry in log.entries())
    log.close()


def test_a_file_of_the_first_version_holds_crew(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    old = sqlite.connect(path)
    old.execute("CREATE TABLE crew (collar TEXT PRIMARY KEY, name TEXT, pin_hash TEXT, added_utc TEXT)")
    pin_hash = CountingHasher().hash("739146")
    old.execute("INSERT INTO crew VALUES ('1234', 'A. Constable', ?, '2026-01-01T00:00:00+00:00')", (pin_hash,))
    old.commit()
    old.close()
    for _ in range(2):
        accounts = CrewAccounts(path, hasher=CountingHasher())
        assert [(member.collar, member.role) for member in accounts.members()] == [("1234", Role.CREW)]
        with pytest.raises(AccessDenied, match="no supervisor"):
            accounts.require_supervisor("1234", "739146", "here")
        accounts.close()
