"""Who is at a screen: sessions in memory, strict, short, and locked when nobody touches the device."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

_MOST_SESSIONS: Final = 256


@dataclass(slots=True)
class Session:
    """A browser that may use the screen. Times are in seconds of the server's monotonic clock.

    `viewer` identifies the session in looks and logs without being the secret of its cookie. `actor` is the name in
    the audit. `locks` says that it ends when untouched (devices on the network; the tablet's own screen does not).
    `source` is the address that it began from, `collar` whose account it is, empty for nobody's, and `stamp` what that
    account was then (`anpr.trust.accounts.CrewAccounts.stamps`).
    """

    viewer: str
    actor: str
    name: str
    token: str
    locks: bool
    began_s: float
    touched_s: float
    source: str = ""
    collar: str = ""
    stamp: str = ""
    full_until_s: float = 0.0
    audible: bool = False
    closed: list[Callable[[], None]] = field(default_factory=list)

    @property
    def at_tablet(self) -> bool:
        """Whether it is the tablet's own browser: other devices are on the network, and lock."""
        return not self.locks


class Sessions:
    """All sessions; safe from several threads. Only hashes of the cookies are kept."""

    def __init__(self, clock_s: Callable[[], float], *, idle_s: float, longest_s: float) -> None:
        self._clock_s = clock_s
        self._idle_s = idle_s
        self._longest_s = longest_s
        self._lock = Lock()
        self._sessions: dict[str, Session] = {}

    def begin(
        self, actor: str, name: str, *, locks: bool, source: str = "", collar: str = "", stamp: str = ""
    ) -> tuple[str, Session]:
        """Return a new cookie value and its session."""
        cookie = secrets.token_urlsafe(32)
        now = self._clock_s()
        session = Session(
            secrets.token_hex(6), actor, name, secrets.token_urlsafe(24), locks, now, now, source, collar, stamp
        )
        with self._lock:
            self._sessions[_hash(cookie)] = session
            if len(self._sessions) > _MOST_SESSIONS:
                oldest = min(self._sessions, key=lambda key: self._sessions[key].touched_s)
                _close(self._sessions.pop(oldest))
        return cookie, session

    def find(self, cookie: str) -> Session | None:
        """Return the session of this cookie, or None when there is none, or it is over or locked."""
        with self._lock:
            key = _hash(cookie)
            session = self._sessions.get(key)
            if session is not None and self._over(session):
                _close(self._sessions.pop(key))
                return None
            return session

    def touch(self, session: Session) -> None:
        """Somebody used the device just now."""
        session.touched_s = self._clock_s()

    def end(self, session: Session) -> None:
        """Lock the device."""
        with self._lock:
            for key in [key for key, other in self._sessions.items() if other is session]:
                del self._sessions[key]
        _close(session)

    def end_overdue(self) -> list[Session]:
        """End and return the sessions that are over or untouched for too long."""
        with self._lock:
            keys = [key for key, session in self._sessions.items() if self._over(session)]
            ended = [self._sessions.pop(key) for key in keys]
        for session in ended:
            _close(session)
        return ended

    def end_changed(self, stamps: Mapping[str, str]) -> list[Session]:
        """End and return the sessions of accounts that are not what they were; `stamps` are those of now, by collar."""
        with self._lock:
            keys = [
                key for key, session in self._sessions.items()
                if session.collar and stamps.get(session.collar) != session.stamp
            ]  # fmt: skip
            ended = [self._sessions.pop(key) for key in keys]
        for session in ended:
            _close(session)
        return ended

    def knows(self, source: str) -> bool:
        """Return whether somebody is logged in from this address."""
        with self._lock:
            return any(session.source == source for session in self._sessions.values())

    def any_audible(self) -> bool:
        """Return True when a page on the tablet is connected and can make sounds."""
        with self._lock:
            return any(session.audible for session in self._sessions.values())

    def _over(self, session: Session) -> bool:
        if not session.locks:
            return False
        now = self._clock_s()
        return now - session.touched_s > self._idle_s or now - session.began_s > self._longest_s


def token_fits(session: Session, token: str) -> bool:
    """Return True when this is the session's token against forged requests."""
    return hmac.compare_digest(session.token.encode(), token.encode("utf-8", "replace"))


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()


def _close(session: Session) -> None:
    session.audible = False
    for close in session.closed:
        close()
