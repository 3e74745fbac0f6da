"""What every reader of a hotlist file gives: rows of text fields with the numbers of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hotlists.store.entries import Reject


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Rows as they stand in the file: `rows[i]` came from line `numbers[i]`; the rejects are of lines between them.

    `recoded` counts lines in cp1252 within a UTF-8 file.
    """

    numbers: Sequence[int]
    rows: list[list[str]]
    rejects: list[Reject] = field(default_factory=list)
    recoded: int = 0
