"""What became of the rows that are not entries: a file beside the list, with line numbers and reasons.

The file holds no content of the list: the line number is enough to find the row.
"""

import csv
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from hotlists.store.entries import Reject

MOST_WRITTEN: Final = 1_000_000
"""Rejects beyond this are counted, not written: a file of only bad rows must not fill the disk."""


class RejectsFile:
    """Writes rejected and merged rows to a CSV as they come; the file exists only when there is something in it.

    When the folder of the list cannot be written (a stick that is read-only), the file goes to `fallback_folder`.
    """

    def __init__(self, source: Path, fallback_folder: Path) -> None:
        self.rejected = 0
        self.merged = 0
        self.reasons: Counter[str] = Counter()
        self._wanted = (
            source.with_name(source.name + ".rejects.csv"),
            fallback_folder / (source.name + ".rejects.csv"),
        )
        self._path: Path | None = None
        self._file: TextIO | None = None
        for old in self._wanted:
            with suppress(OSError):
                old.unlink(missing_ok=True)

    @property
    def path(self) -> Path | None:
        """The file written, None when there was nothing to write."""
        return self._path

    def reject(self, rejects: list[Reject]) -> None:
        """Count and write rejected rows."""
        self.rejected += len(rejects)
        for reject in rejects:
            self.reasons[reject.reason] += 1
            self._write(reject.line, "rejected", reject.reason)

    def merge(self, line: int, into_line: int) -> None:
        """Count and write a row that had the VRM of an earlier one and was merged into it."""
        self.merged += 1
        self._write(line, "merged", f"same VRM as line {into_line}, merged into it")

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, line: int, outcome: str, reason: str) -> None:
        if self.rejected + self.merged > MOST_WRITTEN:
            return
        if self._file is None:
            self._file = self._open()
            csv.writer(self._file).writerow(("line", "outcome", "reason"))
        csv.writer(self._file).writerow((line, outcome, reason))

    def _open(self) -> TextIO:
        beside, fallback = self._wanted
        try:
            file = beside.open("w", encoding="utf-8", newline="")
            self._path = beside
        except OSError:
            fallback.parent.mkdir(parents=True, exist_ok=True)
            file = fallback.open("w", encoding="utf-8", newline="")
            self._path = fallback
        return file
