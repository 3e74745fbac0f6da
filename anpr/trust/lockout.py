"""Slow guessing: how long whoever got a PIN wrong has to wait, so that guesses take years and nobody is kept from duty.

Wrong attempts count for a collar number from one place, and for all that comes from one address of the network. A collar number
is locked for every strange address only after many more, and never for a device from which it was logged in before, nor at
the tablet: so whoever guesses locks out themselves (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"; the device
is known here by its address). The tablet's own locks are short and of their own.

Times are those of the machine's monotonic clock, which nobody sets. What it says begins anew with each start of the machine: a
lock from before is then never shorter than it was to be, and at most begins once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Final

from anpr import sqlite
from anpr.errors import AccessDenied

FIRST_LOCK_S: Final = 30.0

FORGOTTEN_AFTER_S: Final = 24 * 3600.0
"""Wrong attempts count for so long after the last one."""

_KEPT: Final = 4000
_KEPT_DEVICES: Final = 500


class Place(StrEnum):
    """Where somebody logs in: each has locks of its own."""

    NETWORK = "network"
    TABLET = "tablet"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class _Bound:
    """So many wrong attempts are free; each further one doubles the wait, from `FIRST_LOCK_S` up to `longest_s`."""

    free: int
    longest_s: float


FROM_ONE_PLACE: Final = _Bound(5, 3600.0)
AT_THE_TABLET: Final = _Bound(5, 300.0)
OF_AN_ADDRESS: Final = _Bound(20, 3600.0)
OF_STRANGERS: Final = _Bound(100, 900.0)
"""Of a PIN's million values at most some 200 are tried in a day, by however many addresses."""


class Lockout:
    """The counts in an open file of accounts; whoever uses it holds that file's lock."""

    def __init__(self, clock_s: Callable[[], float] = monotonic) -> None:
        self._clock_s = clock_s

    def require_unlocked(self, file: sqlite.Connection, collar: str, source: str, place: Place) -> None:
        """Raise AccessDenied while this collar number has to wait at this place."""
        waits = [self._wait_s(file, key) for key in self._bounds(file, collar, source, place)]
        if (wait_s := max(waits)) > 0:
            raise AccessDenied(f"locked after wrong attempts: try again in {wait_s:.0f} s")

    def failed(self, file: sqlite.Connection, collar: str, source: str, place: Place) -> None:
        """Count a wrong attempt."""
        now_s = self._clock_s()
        for key, bound in self._bounds(file, collar, source, place).items():
            failures = self._failures(file, key, now_s) + 1
            over = failures - bound.free
            lock_s = min(bound.longest_s, FIRST_LOCK_S * 2.0 ** min(over, 20)) if over >= 0 else 0.0
            file.execute("INSERT OR REPLACE INTO crew_locks VALUES (?, ?, ?, ?)", (key, failures, lock_s, now_s))
        # those with the fewest go first: making up names and addresses lifts no lock
        file.execute(
            "DELETE FROM crew_locks WHERE key NOT IN (SELECT key FROM crew_locks ORDER BY failures DESC, rowid DESC LIMIT ?)",
            (_KEPT,),
        )

    def succeeded(self, file: sqlite.Connection, collar: str, source: str, place: Place) -> None:
        """Forget what went wrong from this place, and know the device from now on."""
        for key in (_key(place, "collar", collar, source), _key(place, "address", source)):
            file.execute("DELETE FROM crew_locks WHERE key = ?", (key,))
        if place is Place.NETWORK:
            file.execute("INSERT OR REPLACE INTO crew_devices VALUES (?, ?)", (collar, source))
            file.execute(
                "DELETE FROM crew_devices WHERE rowid NOT IN (SELECT rowid FROM crew_devices ORDER BY rowid DESC LIMIT ?)",
                (_KEPT_DEVICES,),
            )

    def lift(self, file: sqlite.Connection, collar: str) -> None:
        """Lift every lock of a collar number, and forget its devices: its PIN is a new one."""
        file.execute("DELETE FROM crew_devices WHERE collar = ?", (collar,))
        for place in Place:
            start = _key(place, "collar", collar, "")
            file.execute("DELETE FROM crew_locks WHERE substr(key, 1, ?) = ?", (len(start), start))
            file.execute("DELETE FROM crew_locks WHERE key = ?", (_key(place, "strangers", collar),))

    def _bounds(self, file: sqlite.Connection, collar: str, source: str, place: Place) -> dict[str, _Bound]:
        here = _key(place, "collar", collar, source)
        if place is not Place.NETWORK:
            return {here: AT_THE_TABLET}
        bounds = {here: FROM_ONE_PLACE, _key(place, "address", source): OF_AN_ADDRESS}
        known = file.execute("SELECT 1 FROM crew_devices WHERE collar = ? AND source = ?", (collar, source)).fetchone()
        return bounds if known else {**bounds, _key(place, "strangers", collar): OF_STRANGERS}

    def _wait_s(self, file: sqlite.Connection, key: str) -> float:
        row = file.execute("SELECT lock_s, at_s FROM crew_locks WHERE key = ?", (key,)).fetchone()
        if row is None:
            return 0.0
        lock_s, at_s = row
        now_s = self._clock_s()
        if now_s < at_s:  # the machine was started since: how long ago it was cannot be told
            file.execute("UPDATE crew_locks SET at_s = ? WHERE key = ?", (now_s, key))
            at_s = now_s
        return float(at_s + lock_s - now_s)

    def _failures(self, file: sqlite.Connection, key: str, now_s: float) -> int:
        row = file.execute("SELECT failures, at_s FROM crew_locks WHERE key = ?", (key,)).fetchone()
        return 0 if row is None or now_s - row[1] > FORGOTTEN_AFTER_S else int(row[0])


def _key(place: Place, what: str, *parts: str) -> str:
    return "\x1f".join((place, what, *parts))
