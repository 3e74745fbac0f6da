"""A list and its revisions, as they stand in the store."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hotlists.store.settings import ListSettings


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
