"""Who is at a screen: sessions in memory, the officers logged in to each, and when they are logged out again.

A session is a browser. On the car's network it begins with a login and ends with its last officer. On the tablet it is there before
anybody has logged in, since alerts must be: what it may do then, and in whose name, says `anpr.screen.whose`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from anpr.errors import InputError

MOST_OFFICERS: Final = 2
"""Officers who are logged in to one device at once: a crew."""

NOBODY: Final = "tablet"
"""Stands in the audit for what is done on the tablet while nobody is logged in there."""

_MOST_SESSIONS: Final = 256


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who is logged in; `stamp` is what their account was then (`anpr.trust.accounts.CrewAccounts.stamps`).

    One of a demonstration `lasts` however long the device is untouched.
    """

    collar: str
    name: str
    stamp: str = ""
    since_s: float = 0.0
    lasts: bool = False

    @property
    def actor(self) -> str:
        """The name in records and audit: that of the account."""
        return f"{self.collar} {self.name}"


@dataclass(slots=True)
class Session:
    """A browser that may use the screen. Times are in seconds of the server's monotonic clock.

    `viewer` identifies the session in looks and logs without being the secret of its cookie. `source` is the address that
    it began from; `at_tablet`, that it is the tablet's own browser.
    """

    viewer: str
    token: str
    at_tablet: bool
    touched_s: float
    source: str = ""
    officers: tuple[Officer, ...] = ()
    full_until_s: float = 0.0
    audible: bool = False
    closed: list[Callable[[], None]] = field(default_factory=list)

    @property
    def actor(self) -> str:
        """All who are at the screen, by name."""
        return ", ".join(officer.actor for officer in self.officers) or NOBODY


class Sessions:
    """All sessions; safe from several threads. Only hashes of the cookies are kept.

    Officers are logged out after `idle_s` without a touch, on the tablet after `tablet_idle_s`, and after `longest_s` in any case.
    """

    def __init__(
        self, clock_s: Callable[[], float], *, idle_s: float, longest_s: float, tablet_idle_s: float | None = None
    ) -> None:
        self._clock_s = clock_s
        self._idle_s = {True: longest_s if tablet_idle_s is None else tablet_idle_s, False: idle_s}
        self._longest_s = longest_s
        self._lock = Lock()
        self._sessions: dict[str, Session] = {}
        self._overdue: list[Officer] = []
        self.has_accounts = True
        """Whether anybody could log in, as far as is known (`anpr.screen.changed_accounts`)."""

    def begin(self, *, at_tablet: bool, source: str = "") -> tuple[str, Session]:
        """Return a new cookie value and its session, to which nobody is logged in yet."""
        cookie = secrets.token_urlsafe(32)
        session = Session(secrets.token_hex(6), _token(), at_tablet, self._clock_s(), source)
        with self._lock:
            self._sessions[_hash(cookie)] = session
            if len(self._sessions) > _MOST_SESSIONS:  # whoever asks for many ends none that somebody is logged in to
                oldest = min(self._sessions, key=lambda key: _worth(self._sessions[key], key == _hash(cookie)))
                _close(self._sessions.pop(oldest))
        return cookie, session

    def log_in(self, session: Session, collar: str, name: str, stamp: str = "", *, lasts: bool = False) -> str:
        """Add an officer to a session and return its new cookie value; cookie and token of before serve no more.

        Raises InputError when two others are logged in to it.
        """
        cookie = secrets.token_urlsafe(32)
        with self._lock:
            others = tuple(officer for officer in self._staying(session) if officer.collar != collar)
            if len(others) >= MOST_OFFICERS:
                raise InputError(f"{MOST_OFFICERS} officers are logged in here already: one of them logs out first")
            now = self._clock_s()
            session.officers = (*others, Officer(collar, name, stamp, now, lasts))
            session.touched_s, session.token = now, _token()
            for key in self._keys(session):
                del self._sessions[key]
            self._sessions[_hash(cookie)] = session
        return cookie

    def log_out(self, session: Session, officer: Officer) -> None:
        """Log an officer out; on the network the session ends with the last one."""
        with self._lock:
            self._keep(session, tuple(one for one in session.officers if one.collar != officer.collar))

    def find(self, cookie: str) -> Session | None:
        """Return the session of this cookie, or None when there is none, or it is over."""
        with self._lock:
            session = self._sessions.get(_hash(cookie))
            if session is None:
                return None
            left = self._staying(session)
            self._overdue += [officer for officer in session.officers if officer not in left]
            self._keep(session, left)
            return session if session.at_tablet or session.officers else None

    def touch(self, session: Session) -> None:
        """Somebody used the device just now."""
        session.touched_s = self._clock_s()

    def end_overdue(self) -> list[Officer]:
        """Log out and return those whose time is over, or whose device was untouched for too long."""
        gone = self._drop(self._staying)
        with self._lock:
            found, self._overdue = self._overdue, []
        return [*found, *gone]

    def end_changed(self, stamps: Mapping[str, str]) -> list[Officer]:
        """Log out and return those whose accounts are not what they were; `stamps` are those of now, by collar."""
        return self._drop(lambda one: tuple(o for o in one.officers if stamps.get(o.collar) == o.stamp))

    def knows(self, source: str) -> bool:
        """Return whether somebody is logged in from this address."""
        with self._lock:
            return any(session.source == source and session.officers for session in self._sessions.values())

    def any_audible(self) -> bool:
        """Return True when a page on the tablet is connected and can make sounds."""
        with self._lock:
            return any(session.audible for session in self._sessions.values())

    def _drop(self, staying: Callable[[Session], tuple[Officer, ...]]) -> list[Officer]:
        gone: list[Officer] = []
        with self._lock:
            for session in tuple(self._sessions.values()):
                left = staying(session)
                gone.extend(officer for officer in session.officers if officer not in left)
                self._keep(session, left)
        return gone

    def _staying(self, session: Session) -> tuple[Officer, ...]:
        now = self._clock_s()
        idle = now - session.touched_s > self._idle_s[session.at_tablet]
        return tuple(
            officer for officer in session.officers
            if officer.lasts or (not idle and now - officer.since_s <= self._longest_s)
        )  # fmt: skip

    def _keep(self, session: Session, officers: tuple[Officer, ...]) -> None:
        if len(officers) == len(session.officers):
            return
        session.officers = officers
        if officers:
            return
        session.full_until_s = 0.0
        if not session.at_tablet:
            for key in self._keys(session):
                del self._sessions[key]
            _close(session)

    def _keys(self, session: Session) -> list[str]:
        return [key for key, other in self._sessions.items() if other is session]


def token_fits(session: Session, token: str) -> bool:
    """Return True when this is the session's token against forged requests."""
    return hmac.compare_digest(session.token.encode(), token.encode("utf-8", "replace"))


def _worth(session: Session, newest: bool) -> tuple[bool, bool, float]:
    return bool(session.officers), newest or bool(session.closed), session.touched_s


def _token() -> str:
    return secrets.token_urlsafe(24)


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()


def _close(session: Session) -> None:
    session.audible = False
    for close in session.closed:
        close()
