"""What a file gave, counted batch by batch."""

from collections import Counter
from typing import Final

from hotlists.columns import POLICE_COLUMNS
from hotlists.store.entries import EntryBatch, Reject

ROWS_SHOWN: Final = 5
REJECTS_SHOWN: Final = 20


class Tally:
    """Counts of rows, entries and rejects; the first of each are kept to be shown to whoever brings the file.

    `undated` are entries without a weed date. `last_line` is the last line that was an entry or a reject, `last_reject` the
    reject of the highest line.
    """

    def __init__(self) -> None:
        self.entries = self.rejected = self.converted = self.undated = self.last_line = 0
        self.reasons: Counter[str] = Counter()
        self.first: list[tuple[str, ...]] = []
        self.first_rejects: list[Reject] = []
        self.last_reject: Reject | None = None

    @property
    def rows(self) -> int:
        """The rows that were read."""
        return self.entries + self.rejected

    def add(self, batch: EntryBatch) -> None:
        """Count a batch."""
        self.entries += len(batch.rows)
        self.converted += batch.converted
        self.undated += sum(row[len(POLICE_COLUMNS)] is None for row in batch.rows)
        for row in batch.rows[: ROWS_SHOWN - len(self.first)]:
            self.first.append(tuple(str(cell) for cell in row[: len(POLICE_COLUMNS)]))
        if len(batch.numbers):
            self.last_line = max(self.last_line, batch.numbers[-1])
        for reject in batch.rejects:
            self.rejected += 1
            self.reasons[reject.reason] += 1
            if self.last_reject is None or reject.line >= self.last_reject.line:
                self.last_reject = reject
            if len(self.first_rejects) < REJECTS_SHOWN:
                self.first_rejects.append(reject)
