"""Entries on their way into a list, and rows that are not entries."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hotlists.keys import Keys


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not imported, and why; the reason quotes nothing from the row."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class EntryBatch:
    """Entries ready to be stored.

    Each of `rows` holds the 16 columns (VRM cleaned) and then the end of its last day in seconds UTC or None.
    `keys` are the packed VRMs, 0 for one with wildcards; `numbers` the lines in the file.
    """

    rows: list[list[str | int | None]]
    keys: Keys
    numbers: Sequence[int]
    rejects: list[Reject] = field(default_factory=list)
    converted: int = 0
