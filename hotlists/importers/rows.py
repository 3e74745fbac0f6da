"""Rows of text fields into entries: VRM cleaned and packed, weed date read; many rows at a time for speed."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hotlists.columns import POLICE_COLUMNS, VRM, WEED_DATE
from hotlists.dates import BadDate, WeedDates
from hotlists.entry_vrm import UnusableVrm, entry_vrm
from hotlists.importers.raw import RawBatch
from hotlists.importers.spoilt import HEADINGS_AS_MARKS, any_spoilt, why_spoilt
from hotlists.keys import Keys, pack
from hotlists.store.entries import EntryBatch, Reject

_CLEAN: Final = {ord(c): None for c in " \t-./_'`\",:;()\u00a0"} | {
    ord(c): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"
}
"""What `entry_vrm` does to a text of plain letters, digits and separators."""


class RowCleaner:
    """Turns raw rows into entries, with the dates seen so far remembered."""

    def __init__(self, *, partial: bool = False) -> None:
        self._partial = partial
        self._dates = WeedDates()

    def clean(self, raw: RawBatch) -> EntryBatch:
        """Return the entries of the rows and the rejects (those of the raw rows too)."""
        rows = raw.rows
        rejects = list(raw.rejects)
        vrms = self._plain_vrms(rows)
        if vrms is None:
            keys, fits = np.zeros(len(rows), dtype=np.uint64), np.zeros(len(rows), dtype=np.bool_)
            vrms = [""] * len(rows)
        else:
            keys, fits = pack(vrms)
        ends, dated = self._ends(rows)
        kept: list[list[str | int | None]] = rows  # type: ignore[assignment]
        if fits.all() and dated:
            for row, vrm, end in zip(kept, vrms, ends, strict=True):
                row[VRM] = vrm
                row.append(end)
            return EntryBatch(kept, keys, raw.numbers, rejects)
        return self._one_by_one(raw, vrms, keys, fits, rejects)

    def _plain_vrms(self, rows: list[list[str]]) -> list[str] | None:
        if self._partial:
            return None
        joined = "\n".join([row[VRM] for row in rows])
        if not joined.isascii() or "\x00" in joined or any_spoilt(joined):
            return None
        vrms = joined.translate(_CLEAN).split("\n")
        return vrms if len(vrms) == len(rows) and HEADINGS_AS_MARKS.isdisjoint(vrms) else None

    def _ends(self, rows: list[list[str]]) -> tuple[list[int | None], bool]:
        dates = self._dates
        try:
            return [dates[row[WEED_DATE]] for row in rows], True
        except BadDate:
            return [], False

    def _one_by_one(
        self, raw: RawBatch, vrms: list[str], keys: Keys, fits: NDArray[np.bool_], rejects: list[Reject]
    ) -> EntryBatch:
        kept: list[list[str | int | None]] = []
        numbers: list[int] = []
        kept_keys: list[int] = []
        converted = 0
        for index, (number, row) in enumerate(zip(raw.numbers, raw.rows, strict=True)):
            vrm, key = vrms[index], int(keys[index])
            if not any(cell and not cell.isspace() for cell in row):
                continue  # spreadsheets write rows of nothing but delimiters
            if not fits[index] and (reason := why_spoilt(row[VRM])):
                rejects.append(Reject(number, reason))
                continue
            try:
                if not fits[index]:
                    cleaned = entry_vrm(row[VRM], partial=self._partial)
                    vrm = cleaned.text
                    key = 0 if cleaned.is_pattern else int(pack([vrm])[0][0])
                    converted += cleaned.converted
                end = self._dates[row[WEED_DATE]]
            except UnusableVrm as unusable:
                rejects.append(Reject(number, str(unusable)))
                continue
            except BadDate as bad:
                rejects.append(Reject(number, f"the weed date is {bad}"))
                continue
            kept.append([vrm, *row[1 : len(POLICE_COLUMNS)], end])
            numbers.append(number)
            kept_keys.append(key)
        return EntryBatch(kept, np.array(kept_keys, dtype=np.uint64), numbers, rejects, converted)
