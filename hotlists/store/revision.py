"""A list and its revisions, as they stand in the store."""

from dataclasses import dataclass
from datetime import UTC, datetime

from anpr.errors import UserError
from hotlists.store.settings import ListSettings

_WAY_ON = {
    "sync": "comes from the back office: change it there, or use another list",
    "file": "comes from a file: import the file anew, or use another list",
    "hand": "is this car's own, kept by hand: import under another name",
}


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a list: the entries of `pool` with `born <= ordinal < died`.

    `effective_utc` is when its publisher made it. `current_utc` is the latest time at which the list was known to be up to date:
    when it was received, or when it was last checked with the back office, within what that has signed. `content` names the same content in the back office's folder, empty for a list of this car's own.
    """

    id: int
    list_id: int
    number: int
    pool: int
    ordinal: int
    token: str
    source: str
    received_utc: datetime
    effective_utc: datetime
    current_utc: datetime
    entries: int
    rejected: int
    merged: int
    key_sum: int
    content: str

    def age_s(self, now: datetime) -> float:
        """Return how long ago it was last known to be up to date; never negative."""
        return max(0.0, (now.astimezone(UTC) - self.current_utc).total_seconds())


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list: its settings, where it comes from (`file`, `hand` or `sync`), and its revisions."""

    id: int
    settings: ListSettings
    origin: str
    source: str
    switched_off: bool
    current: Revision | None
    previous: Revision | None

    @property
    def name(self) -> str:
        """The list's name."""
        return self.settings.name

    def require_origin(self, by: str) -> None:
        """Raise UserError unless the list is changed from where it comes: see `require_origin`."""
        require_origin(self.name, self.origin, by=by)


def require_origin(name: str, origin: str, *, by: str) -> None:
    """Raise UserError unless a list is changed from where it comes.

    What the back office or a file says is never changed, replaced or made younger by hand, nor by the other of the two;
    and no file takes the place of what the crew keeps by hand. Every revision and every setting goes through here.
    """
    if by != origin:
        raise UserError(f"the hotlist {name!r} {_WAY_ON[origin]}")
