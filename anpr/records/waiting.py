"""What is to be written and could not be yet: kept in order wherever order counts, and tried again.

A disk that is full lets one write through and refuses the next. A version of a sighting that is written after a later one of it,
or an alert's earlier state after its later one, would make the records say what is no longer so. So whatever concerns the same
thing (a track, an alert) waits behind what waits of it already.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from anpr import sqlite
from anpr.errors import StoreError
from anpr.set_aside import is_damage

Key = tuple[str, int]
"""What a write is about: "track", "alert" or another kind, and its number."""


@dataclass(frozen=True, slots=True)
class Write:
    """Something to be written: `write` raises StoreError when it cannot be, and is called again then.

    `about` are the things that it concerns. `lighter` is written instead once there was no room for it. A `version` of a
    thing may be left out while it waits as soon as a later one waits too, if it is `passing`.
    """

    write: Callable[[], object]
    about: frozenset[Key]
    lighter: Callable[[], object] | None = None
    version: Key | None = None
    passing: bool = False

    def lightened(self) -> "Write":
        """Return what is kept of it where there is no room."""
        return self if self.lighter is None else replace(self, write=self.lighter, lighter=None)


@dataclass(slots=True)
class WaitingWrites:
    """Writes in the order in which they came; for one thread."""

    _waiting: list[Write] = field(default_factory=list)
    _tried: int = 0
    """So many of them are being tried now."""

    def __len__(self) -> int:
        return len(self._waiting) + self._tried

    def put(self, write: Write) -> None:
        """Add one behind all others."""
        self._waiting.append(write)

    def try_all(self) -> StoreError | None:
        """Write what can be written now, each thing in its order; returns why the rest cannot be, as it was said last."""
        if self._tried:  # from within a write: what was put is tried after those that are under way
            return None
        trying, self._waiting = self._waiting, []
        self._tried = len(trying)
        kept: list[Write] = []
        try:
            trouble = self._try(trying, kept)
        finally:
            self._tried = 0
            self._waiting[:0] = kept
        return trouble

    @staticmethod
    def _try(trying: Iterable[Write], kept: list[Write]) -> StoreError | None:
        trouble: StoreError | None = None
        held: set[Key] = set()
        for one in trying:
            if held.isdisjoint(one.about):
                said = trouble_of(one.write)
                if said is None:
                    continue
                trouble = said
            held |= one.about
            if one.version is not None:
                kept[:] = [other for other in kept if not (other.passing and other.version == one.version)]
            # a new file has room for its pictures, memory has not
            kept.append(one if trouble is not None and is_damage(trouble) else one.lightened())
        return trouble


def trouble_of(write: Callable[[], object]) -> StoreError | None:
    """Return why something could not be written, None when it was."""
    try:
        write()
    except StoreError as error:
        return error
    except sqlite.Error as error:
        told = StoreError(f"the records cannot be kept in shape ({error}): check the disk")
        told.__cause__ = error
        return told
    return None
