"""Who may log in on the car's network: collar numbers, PINs as argon2id hashes, and lockout with back-off.

A PIN of six digits has a million values, so what protects it is that guesses are slow: five wrong ones lock the
collar number for 30 s, and every further one doubles the wait up to an hour. The same holds for the address that
guesses, so that one device cannot try every collar number. While locked, nothing is hashed: guessing costs the
engine no processor time. Locks are in the file and outlive a restart.
"""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Final

import sqlite_utils
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from anpr.clock import utc_now
from anpr.erasure import erase_for_good
from anpr.errors import AccessDenied, InputError, StoreError

FREE_FAILURES: Final = {"collar": 5, "source": 20}
"""Wrong attempts before the first lock, by what is locked. An address may be shared by the whole crew's devices."""

FIRST_LOCK_S: Final = 30.0
LONGEST_LOCK_S: Final = 3600.0
PIN_DIGITS: Final = range(6, 13)
_KEPT_FAILURES: Final = 2000

_REFUSED: Final = "collar number or PIN is wrong"


class Role(StrEnum):
    """What somebody may do beside logging in: a supervisor is shown covert lists on the command line."""

    CREW = "crew"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class CrewMember:
    """Somebody who may log in; `collar` identifies them in the audit."""

    collar: str
    name: str
    added_utc: str
    role: Role = Role.CREW


class CrewAccounts:
    """The accounts in the SQLite file at `path`; safe from several threads. Raises StoreError when it cannot be used.

    With `at_once` False each call raises it until the file can be opened.

    The hasher's cost (64 MiB, three passes, one lane) takes a fraction of a second on a tablet and follows RFC 9106's
    second recommendation but for the lanes, which would take processor cores from the reader.
    """

    def __init__(
        self,
        path: Path,
        clock_utc: Callable[[], datetime] = utc_now,
        hasher: PasswordHasher | None = None,
        *,
        at_once: bool = True,
    ) -> None:
        self._clock_utc = clock_utc
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._nobody_hash = self._hasher.hash("nobody's PIN: makes an unknown collar take as long as a known one")
        self._lock = Lock()
        self._path = path
        self._opened: sqlite3.Connection | None = open_accounts(path) if at_once else None

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = open_accounts(self._path)
        return self._opened

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let go of the file meanwhile, so that another can take its place; whoever wants to log in waits."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None
            yield

    def add(self, collar: str, name: str, pin: str, role: Role = Role.CREW) -> CrewMember:
        """Add a member, or give an existing one a new name, PIN and role. Raises InputError for what cannot be used."""
        collar = collar_number(collar)
        if not name.strip() or len(name) > 60:
            raise InputError("a crew member's name has 1 to 60 characters")
        require_good_pin(pin, collar)
        now = self._clock_utc().astimezone(UTC).isoformat(timespec="seconds")
        member = CrewMember(collar, name.strip(), now, role)
        pin_hash = self._hasher.hash(pin)
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO crew (collar, name, pin_hash, added_utc, role) VALUES (?, ?, ?, ?, ?)",
                (member.collar, member.name, pin_hash, member.added_utc, member.role.value),
            )
            self._forget(f"collar:{collar}")
        return member

    def remove(self, collar: str) -> None:
        """Remove a member. Raises InputError when there is none."""
        with self._lock:
            done = self._connection.execute("DELETE FROM crew WHERE collar = ?", (collar_number(collar),))
        if not done.rowcount:
            raise InputError(f"no crew member has the collar number {collar}: see `anpr crew list`")

    def members(self) -> tuple[CrewMember, ...]:
        """Return everybody who may log in, in order of collar number."""
        with self._lock:
            rows = self._connection.execute("SELECT collar, name, added_utc, role FROM crew ORDER BY collar").fetchall()
        return tuple(_member(*row) for row in rows)

    def log_in(self, collar: str, pin: str, source: str) -> CrewMember:
        """Return the member whose collar number and PIN these are; `source` is the address they came from.

        Raises AccessDenied, with the same words whether the collar number or the PIN is wrong, and while locked.
        """
        try:
            collar = collar_number(collar)
        except InputError:
            collar = "?"
        keys = (f"collar:{collar}", f"source:{source}")
        with self._lock:  # held while hashing: one guess at a time, so guesses never take a second core
            for key in keys:
                self._require_unlocked(key)
            row = self._connection.execute(
                "SELECT collar, name, added_utc, role, pin_hash FROM crew WHERE collar = ?", (collar,)
            ).fetchone()
            if self._fits(row[4] if row else self._nobody_hash, pin[:64]) and row:
                self._forget(keys[0])
                return _member(*row[:4])
            for key in keys:
                self._count_failure(key)
        raise AccessDenied(_REFUSED)

    def require_supervisor(self, collar: str, pin: str, source: str) -> CrewMember:
        """Return the supervisor whose collar number and PIN these are, as `log_in`; raises AccessDenied for others."""
        member = self.log_in(collar, pin, source)
        if member.role is not Role.SUPERVISOR:
            raise AccessDenied(f"{member.collar} is no supervisor: see `anpr crew list`")
        return member

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    def _fits(self, pin_hash: str, pin: str) -> bool:
        try:
            return self._hasher.verify(pin_hash, pin)
        except (VerificationError, InvalidHashError):
            return False

    def _require_unlocked(self, key: str) -> None:
        row = self._connection.execute("SELECT locked_until_utc FROM crew_failures WHERE key = ?", (key,)).fetchone()
        if row and row[0]:
            wait = (datetime.fromisoformat(row[0]) - self._clock_utc()).total_seconds()
            # A clock that was set back must not lock the crew out for longer than any lock lasts
            if 0 < wait <= LONGEST_LOCK_S:
                raise AccessDenied(f"locked after wrong attempts: try again in {wait:.0f} s")

    def _count_failure(self, key: str) -> None:
        row = self._connection.execute("SELECT failures FROM crew_failures WHERE key = ?", (key,)).fetchone()
        failures = (row[0] if row else 0) + 1
        over = failures - FREE_FAILURES[key.partition(":")[0]]
        now = self._clock_utc().astimezone(UTC)
        until = ""
        if over >= 0:
            until = (now + timedelta(seconds=min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(over, 20)))).isoformat()
        self._connection.execute(
            "INSERT OR REPLACE INTO crew_failures VALUES (?, ?, ?, ?)", (key, failures, until, now.isoformat())
        )
        self._connection.execute(
            "DELETE FROM crew_failures WHERE key NOT IN (SELECT key FROM crew_failures ORDER BY last_utc DESC LIMIT ?)",
            (_KEPT_FAILURES,),
        )

    def _forget(self, key: str) -> None:
        self._connection.execute("DELETE FROM crew_failures WHERE key = ?", (key,))


def open_accounts(path: Path) -> sqlite3.Connection:
    """Open the file of the accounts, its tables made if need be. Raises StoreError when it cannot be used."""
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
        erase_for_good(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        database = sqlite_utils.Database(connection, execute_plugins=False)
        database.table("crew").create(
            {"collar": str, "name": str, "pin_hash": str, "added_utc": str}, pk="collar", if_not_exists=True
        )
        if "role" not in database.table("crew").columns_dict:  # a file of version 0.1: all are crew
            connection.execute("ALTER TABLE crew ADD COLUMN role TEXT NOT NULL DEFAULT 'crew'")
        database.table("crew_failures").create(
            {"key": str, "failures": int, "locked_until_utc": str, "last_utc": str}, pk="key", if_not_exists=True
        )
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise StoreError(f"the crew accounts in {path} cannot be opened ({error}): check the disk") from error
    return connection


def _member(collar: str, name: str, added_utc: str, role: str) -> CrewMember:
    """Return a member as stored; a role of a later version is not known here and allows nothing."""
    return CrewMember(collar, name, added_utc, Role.SUPERVISOR if role == Role.SUPERVISOR else Role.CREW)


def collar_number(text: str) -> str:
    """Return the collar number in capitals without spaces. Raises InputError unless it is 1 to 12 letters and digits."""
    collar = "".join(text.split()).upper()
    if not (collar.isascii() and collar.isalnum() and len(collar) <= 12):
        raise InputError("a collar number is 1 to 12 letters and digits")
    return collar


def require_good_pin(pin: str, collar: str) -> None:
    """Raise InputError unless the PIN is 6 to 12 digits and not among the first that anybody would try."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_DIGITS):
        raise InputError(f"a PIN is {PIN_DIGITS.start} to {PIN_DIGITS.stop - 1} digits")
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    if steps <= {0} or steps <= {1} or steps <= {-1} or pin in collar or pin == pin[:2] * (len(pin) // 2):
        raise InputError(
            "this PIN is too easy to guess: use digits that are no run, no repetition and no collar number"
        )
