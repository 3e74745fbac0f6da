"""Whose it is what is done at a screen: nobody's before a login, one officer's, or that of all who are at it.

The name is always that of an account, never what somebody typed. With two officers logged in, a deed is done once one of them has
said by a tap that it is theirs; nothing remembers the answer.
"""

from dataclasses import dataclass
from typing import Final

from anpr.errors import AccessDenied
from anpr.screen.sessions import Officer, Session

WITHOUT_LOGIN: Final = frozenset({"acknowledge", "mute", "mute-all"})
"""What works on the tablet before anybody has logged in, so that alerts do. All who are logged in then are named for it."""

TOGETHER: Final = frozenset({"passenger", "viewed", "looked", "queue", "history", "capture", "draft", "drafts"})
"""What is looked at, or not done yet: it is that of all who are at the screen. Everything else is one officer's."""


class NotLoggedIn(AccessDenied):
    """Nobody is logged in; the page shows the login."""


class WhoseIsIt(AccessDenied):
    """Two officers are logged in; the page asks which of them it is, and asks again with the answer."""

    def __init__(self, officers: tuple[Officer, ...]) -> None:
        super().__init__("two officers are logged in: say whose it is")
        self.officers = officers


@dataclass(frozen=True, slots=True)
class Acting:
    """Who does something at a screen: `actor` is the name for records and audit, `officer` the one whose deed it is."""

    session: Session
    actor: str
    officer: Officer | None = None

    @property
    def viewer(self) -> str:
        """The screen's session, by which looks are known."""
        return self.session.viewer


def acting(action: str, session: Session, collar: str) -> Acting:
    """Return who does this; `collar` says whose it is, empty where nobody was asked.

    Raises NotLoggedIn, WhoseIsIt, and AccessDenied for a collar number of nobody who is logged in here.
    """
    officers = session.officers
    if not officers and action not in WITHOUT_LOGIN:
        raise NotLoggedIn("log in first: with collar number and PIN")
    if action in WITHOUT_LOGIN or action in TOGETHER:
        return Acting(session, session.actor)
    if collar:
        named = next((officer for officer in officers if officer.collar == collar), None)
        if named is None:
            raise AccessDenied("whoever this is to be is not logged in here: log in first")
        return Acting(session, named.actor, named)
    if len(officers) > 1:
        raise WhoseIsIt(officers)
    return Acting(session, officers[0].actor, officers[0])
