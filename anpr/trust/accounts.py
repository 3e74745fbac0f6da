"""Who may log in: collar numbers and PINs as argon2id hashes.

A PIN of six digits has a million values, so what protects it is that guesses are slow (`anpr.trust.lockout`). While locked,
nothing is hashed: guessing costs the engine no processor time. Locks are in the file and outlive a restart.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from anpr import sqlite
from anpr.clock import utc_now
from anpr.erasure import erase_for_good
from anpr.errors import AccessDenied, InputError, StoreError
from anpr.showable import require_showable
from anpr.trust.lockout import Lockout, Place

PIN_DIGITS: Final = range(6, 13)

_REFUSED: Final = "collar number or PIN is wrong"

NO_ACCOUNTS: Final = "no crew member may log in to this car: alerts are shown and sound, everything else needs a login"
ADD_ACCOUNTS: Final = "Add each officer, a supervisor first: anpr crew add COLLAR --name NAME [--supervisor]"


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

    With `at_once` False each call raises it until the file can be opened. `clock_s` is the machine's monotonic clock, in
    seconds, which locks go by.

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
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self._clock_utc = clock_utc
        self._lockout = Lockout(clock_s)
        self._guess = Lock()
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._nobody_hash = self._hasher.hash("nobody's PIN: makes an unknown collar take as long as a known one")
        self._lock = Lock()
        self._path = path
        self._opened: sqlite.Connection | None = open_accounts(path) if at_once else None

    @property
    def _connection(self) -> sqlite.Connection:
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
        require_showable("the crew member's name", name.strip())
        require_good_pin(pin, collar)
        now = self._clock_utc().astimezone(UTC).isoformat(timespec="seconds")
        member = CrewMember(collar, name.strip(), now, role)
        pin_hash = self._hasher.hash(pin)
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO crew (collar, name, pin_hash, added_utc, role) VALUES (?, ?, ?, ?, ?)",
                (member.collar, member.name, pin_hash, member.added_utc, member.role.value),
            )
            self._lockout.lift(self._connection, collar)
        return member

    def reset_pin(self, collar: str, pin: str) -> CrewMember:
        """Give a member a new PIN and lift their locks. Raises InputError when there is none, or for a PIN that cannot be used."""
        collar = collar_number(collar)
        member = next((one for one in self.members() if one.collar == collar), None)
        if member is None:
            raise InputError(f"no crew member has the collar number {collar}: see `anpr crew list`")
        return self.add(collar, member.name, pin, member.role)

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

    def stamps(self) -> dict[str, str]:
        """Return what each member's log-ins stand on, by collar number: another one ends them. Raises StoreError."""
        with self._lock:
            try:
                rows = self._connection.execute("SELECT collar, pin_hash, role FROM crew").fetchall()
            except sqlite.Error as error:
                raise StoreError(
                    f"the crew accounts in {self._path} cannot be read ({error}): check the disk"
                ) from error
        return {collar: hashlib.sha256(f"{pin_hash} {role}".encode()).hexdigest() for collar, pin_hash, role in rows}

    def known_collar(self, text: str) -> str:
        """Return the collar number that is meant if it is a member's, else nothing: what was typed may be a PIN."""
        try:
            collar = collar_number(text)
        except InputError:
            return ""
        with self._lock:
            row = self._connection.execute("SELECT collar FROM crew WHERE collar = ?", (collar,)).fetchone()
        return collar if row else ""

    def log_in(self, collar: str, pin: str, source: str, place: Place = Place.NETWORK) -> CrewMember:
        """Return the member whose collar number and PIN these are; `source` is the address they came from.

        Raises AccessDenied, with the same words whether the collar number or the PIN is wrong, and while locked.
        """
        try:
            collar = collar_number(collar)
        except InputError:
            collar = "?"
        where = (collar, source[:100], place)
        with self._guess:  # held while hashing: one guess at a time, so guesses never take a second core
            with self._lock:
                self._lockout.require_unlocked(self._connection, *where)
                row = self._connection.execute(
                    "SELECT collar, name, added_utc, role, pin_hash FROM crew WHERE collar = ?", (collar,)
                ).fetchone()
            fits = self._fits(row[4] if row else self._nobody_hash, pin[:64]) and bool(row)
            with self._lock:
                if fits:
                    self._lockout.succeeded(self._connection, *where)
                    return _member(*row[:4])
                self._lockout.failed(self._connection, *where)
        raise AccessDenied(_REFUSED)

    def require_supervisor(self, collar: str, pin: str, source: str) -> CrewMember:
        """Return the supervisor whose collar number and PIN these are, as `log_in`; raises AccessDenied for others."""
        member = self.log_in(collar, pin, source, Place.COMMAND_LINE)
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


def members_of(path: Path) -> tuple[CrewMember, ...]:
    """Return the accounts in the file at `path`; asking makes no file. Raises StoreError."""
    if not path.exists():
        return ()
    connection = open_accounts(path)
    try:
        rows = connection.execute("SELECT collar, name, added_utc, role FROM crew ORDER BY collar").fetchall()
    finally:
        connection.close()
    return tuple(_member(*row) for row in rows)


def open_accounts(path: Path) -> sqlite.Connection:
    """Open the file of the accounts, its tables made if need be. Raises StoreError when it cannot be used."""
    connection: sqlite.Connection | None = None
    try:
        connection = sqlite.connect(path, timeout=10.0, check_same_thread=False)
        erase_for_good(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        make_tables(connection)
    except sqlite.Error as error:
        if connection is not None:
            connection.close()
        raise StoreError(f"the crew accounts in {path} cannot be opened ({error}): check the disk") from error
    return connection


def make_tables(connection: sqlite.Connection) -> None:
    """Make the tables of the accounts, and of those who guess, where they are not there. Raises sqlite.Error."""
    database = sqlite.Database(connection, execute_plugins=False)
    database.table("crew").create(
        {"collar": str, "name": str, "pin_hash": str, "added_utc": str}, pk="collar", if_not_exists=True
    )
    if "role" not in database.table("crew").columns_dict:  # a file of version 0.1: all are crew
        connection.execute("ALTER TABLE crew ADD COLUMN role TEXT NOT NULL DEFAULT 'crew'")
    connection.execute("DROP TABLE IF EXISTS crew_failures")  # of version 0.1: locks by the wall clock
    database.table("crew_locks").create(
        {"key": str, "failures": int, "lock_s": float, "at_s": float}, pk="key", if_not_exists=True
    )
    database.table("crew_devices").create({"collar": str, "source": str}, pk=("collar", "source"), if_not_exists=True)


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
