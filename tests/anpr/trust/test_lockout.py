"""Guesses are slow, and slow nobody down but who guesses."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpr import sqlite
from anpr.errors import AccessDenied
from anpr.trust.accounts import make_tables, open_accounts
from anpr.trust.lockout import FORGOTTEN_AFTER_S, OF_STRANGERS, Lockout, Place

PHONE, TABLET = "10.0.0.3", "127.0.0.1"


class Uptime:
    now = 500.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def uptime() -> Uptime:
    return Uptime()


@pytest.fixture
def lockout(uptime: Uptime) -> Lockout:
    return Lockout(uptime)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite.Connection]:
    with closing(open_accounts(tmp_path / "records.db")) as opened:
        yield opened


def guess(lockout: Lockout, file: sqlite.Connection, source: str, collar: str = "1234", times: int = 1) -> int:
    """Guess as often as it is allowed, and return how often that was."""
    tried = 0
    for _ in range(times):
        try:
            lockout.require_unlocked(file, collar, source, Place.NETWORK)
        except AccessDenied:
            continue
        lockout.failed(file, collar, source, Place.NETWORK)
        tried += 1
    return tried


def is_locked(lockout: Lockout, file: sqlite.Connection, source: str = PHONE, place: Place = Place.NETWORK) -> bool:
    try:
        lockout.require_unlocked(file, "1234", source, place)
    except AccessDenied:
        return True
    return False


def test_who_guesses_locks_out_themselves_alone(lockout: Lockout, file: sqlite.Connection) -> None:
    assert guess(lockout, file, "10.0.0.66", times=500) == 5
    assert is_locked(lockout, file, "10.0.0.66")
    assert not is_locked(lockout, file)
    assert not is_locked(lockout, file, TABLET, Place.TABLET)


def test_many_addresses_lock_out_strangers_but_no_known_device_and_not_the_tablet(
    lockout: Lockout, file: sqlite.Connection
) -> None:
    lockout.succeeded(file, "1234", PHONE, Place.NETWORK)
    tried = sum(guess(lockout, file, f"10.0.{n // 250}.{n % 250}", times=20) for n in range(1000, 2000))
    assert tried == OF_STRANGERS.free
    assert is_locked(lockout, file, "10.0.0.77")  # one that was never here
    assert not is_locked(lockout, file)
    assert not is_locked(lockout, file, TABLET, Place.TABLET)
    assert not is_locked(lockout, file, "here", Place.COMMAND_LINE)


def test_in_a_day_all_addresses_together_try_few_of_a_million(
    lockout: Lockout, file: sqlite.Connection, uptime: Uptime
) -> None:
    tried = 0
    for minute in range(24 * 60):
        uptime.now = 500 + 60.0 * minute
        tried += sum(guess(lockout, file, f"10.{minute % 250}.{n}.7") for n in range(8))
    assert tried <= 200


def test_the_tablet_and_the_command_line_have_locks_of_their_own_and_the_network_none_by_them(
    lockout: Lockout, file: sqlite.Connection, uptime: Uptime
) -> None:
    for _ in range(20):
        lockout.failed(file, "1234", TABLET, Place.TABLET)
    assert is_locked(lockout, file, TABLET, Place.TABLET)
    assert not is_locked(lockout, file)
    assert not is_locked(lockout, file, TABLET, Place.COMMAND_LINE)
    uptime.now += 301  # a short one: whoever sits there cannot keep the crew out
    assert not is_locked(lockout, file, TABLET, Place.TABLET)


def test_making_up_names_and_addresses_lifts_no_lock(
    lockout: Lockout, file: sqlite.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anpr.trust.lockout._KEPT", 200)
    guess(lockout, file, PHONE, times=5)
    with_others = file.execute("SELECT count(*) FROM crew_locks").fetchone()[0]
    file.execute("BEGIN")
    for n in range(300):
        guess(lockout, file, f"10.{n % 250}.{n // 250}.9", collar=f"X{n}")
    file.execute("COMMIT")
    assert with_others < file.execute("SELECT count(*) FROM crew_locks").fetchone()[0] <= 200
    assert is_locked(lockout, file)


def test_wrong_attempts_are_forgotten_after_a_day(lockout: Lockout, file: sqlite.Connection, uptime: Uptime) -> None:
    guess(lockout, file, PHONE, times=4)
    uptime.now += FORGOTTEN_AFTER_S + 1
    guess(lockout, file, PHONE, times=4)
    assert not is_locked(lockout, file)


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 12), st.lists(st.tuples(st.booleans(), st.floats(0, 4000)), max_size=8))
def test_a_lock_is_never_shorter_than_it_was_to_be_however_often_the_machine_starts(
    failures: int, course: list[tuple[bool, float]]
) -> None:
    uptime, passed = Uptime(), 0.0
    with closing(sqlite.in_memory()) as file:
        make_tables(file)
        lockout = Lockout(uptime)
        for _ in range(failures):
            lockout.failed(file, "1234", PHONE, Place.NETWORK)
        lock_s = min(3600.0, 30.0 * 2.0 ** (failures - 5))
        for started, seconds in course:
            if started:
                uptime.now, lockout = seconds / 100, Lockout(uptime)
                passed += seconds / 100  # at least as long as it runs
            else:
                uptime.now += seconds
                passed += seconds
            if not is_locked(lockout, file):
                assert passed >= lock_s - 1e-6
        uptime.now += 3601
        assert not is_locked(lockout, file)
