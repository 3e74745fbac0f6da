"""Delimited text (CSV, TSV, semicolons, bars) into fields, where a broken quote costs one row and not the rest.

The usual reading of CSV lets a quote that is never closed swallow the file. Here a record may run over a few lines,
and only if it then closes with the right number of columns; otherwise its first line alone is rejected.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from anpr.showable import of_cell
from hotlists.importers.lines import LONGEST_LINE, Block
from hotlists.importers.raw import RawBatch
from hotlists.importers.spoilt import ROW_THAT_COUNTS, why_spoilt
from hotlists.store.entries import Reject

DELIMITERS: Final = ",\t;|"
MOST_LINES_OF_RECORD: Final = 20
NUL: Final = "\x00"
FILLED_UP: Final = "rows are shorter than the others and were filled up with empty columns"

_NOTHING: Final = " \t\x0b\x0c\x1a\x00"
"""A line of these holds nothing: white space, the end mark of old systems, a file that was filled up with zeros."""

csv.field_size_limit(max(csv.field_size_limit(), MOST_LINES_OF_RECORD * (LONGEST_LINE + 1)))


def find_delimiter(lines: list[str], columns: int | None = None) -> str:
    """Return the delimiter that splits the lines most evenly, one that gives `columns` fields before all others."""

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader((line for line in lines if line.strip()), delimiter=delimiter)]
        several = sorted({count for count in counts if count > 1}, reverse=True)
        if not several:
            return 0, 0
        wanted = columns if columns is not None and columns in counts else max(several, key=counts.count)
        bonus = len(counts) if wanted == columns else 0
        return counts.count(wanted) + bonus, wanted

    return max(DELIMITERS, key=evenness)


def split(
    blocks: Iterable[Block], delimiter: str, columns: int, fewest: int | None = None, notes: Counter[str] | None = None
) -> Iterator[RawBatch]:
    """Yield the rows of the blocks with `columns` fields each, and rejects for what has others.

    Empty fields beyond them are left out; a row of `fewest` or more is filled up, and counted in `notes`.
    """
    width = _Width(columns, columns if fewest is None else fewest, notes if notes is not None else Counter())
    carried: list[str] = []
    carried_first = 1
    for block in blocks:
        lines = carried + block.lines if carried else block.lines
        first = carried_first if carried else block.first
        rejects = [Reject(n, f"the line is longer than {LONGEST_LINE:,} characters") for n in block.too_long]
        splitter = _Splitter(delimiter, width, rejects)
        if carried or block.quoted or block.nul:
            used = splitter.carefully(lines, first)
        else:
            used = splitter.plainly(lines, first)
        carried = lines[used:]
        carried_first = first + used
        yield RawBatch(splitter.numbers, splitter.rows, rejects, block.recoded)
    if carried:
        splitter = _Splitter(delimiter, width, [])
        splitter.carefully(carried, carried_first, final=True)
        yield RawBatch(splitter.numbers, splitter.rows, splitter.rejects)


@dataclass(frozen=True, slots=True)
class _Width:
    """How many fields a row has, and how few it may have."""

    columns: int
    fewest: int
    notes: Counter[str]

    def suits(self, row: list[str]) -> bool:
        """Whether a row has as many fields as it may have; empty ones beyond do not count."""
        return self.fewest <= len(row) and not any(cell and not cell.isspace() for cell in row[self.columns :])

    def fitted(self, row: list[str]) -> list[str]:
        """Return a row that suits with exactly as many fields as it should have."""
        missing = self.columns - len(row)
        if missing > 0:
            self.notes[FILLED_UP] += 1
            return row + [""] * missing
        return row[: self.columns]


class _Splitter:
    """Collects rows and rejects of one block."""

    def __init__(self, delimiter: str, width: _Width, rejects: list[Reject]) -> None:
        self.delimiter = delimiter
        self.width = width
        self.columns = width.columns
        self.rejects = rejects
        self.rows: list[list[str]] = []
        self.numbers: list[int] | range = []

    def plainly(self, lines: list[str], first: int) -> int:
        """Split lines that hold no quote and no NUL."""
        delimiter = self.delimiter
        used = self._keep([line.split(delimiter) for line in lines], lines, first)
        self._without_apostrophes(lines)
        return used

    def carefully(self, lines: list[str], first: int, *, final: bool = False) -> int:
        """Split lines that may hold quotes; return how many were used, the rest needs the lines after them."""
        used = self._carefully(lines, first, final=final)
        if any('="' in line for line in lines):
            self.rows = [[_without_formula(cell) for cell in row] for row in self.rows]
        self._without_apostrophes(lines)
        return used

    def _without_apostrophes(self, lines: list[str]) -> None:
        """Take off the apostrophes that keep spreadsheets from calculating what stands behind them."""
        if any("'" in line for line in lines):
            self.rows = [[of_cell(cell) for cell in row] for row in self.rows]

    def _carefully(self, lines: list[str], first: int, *, final: bool) -> int:
        if not any(NUL in line for line in lines):
            try:
                rows = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
            except csv.Error:
                pass
            else:
                if len(rows) == len(lines):
                    return self._keep(rows, lines, first)
        return self._record_by_record(lines, first, final=final)

    def _record_by_record(self, lines: list[str], first: int, *, final: bool) -> int:
        numbers: list[int] = []
        index = 0
        while index < len(lines):
            line = lines[index]
            row, used = self._record(lines, index, final=final)
            if row is None and NUL not in line and not final and index + MOST_LINES_OF_RECORD > len(lines):
                break
            if not line.strip(_NOTHING):
                pass
            elif NUL in line:
                self.rejects.append(Reject(first + index, "the row holds a NUL byte"))
            elif row is None:
                self.rejects.append(Reject(first + index, "a quote that is not closed, or text after a closing quote"))
            elif self.width.suits(row):
                self.rows.append(self.width.fitted(row))
                numbers.append(first + index)
            else:
                self.rejects.append(Reject(first + index, self._wrong_count(row)))
            index += max(used, 1)
        self.numbers = numbers
        return index

    def _keep(self, rows: list[list[str]], lines: list[str], first: int) -> int:
        columns = self.columns
        if all([len(row) == columns for row in rows]):  # noqa: C419 - a list is faster here, and every row counts
            self.rows = rows
            self.numbers = range(first, first + len(rows))
            return len(lines)
        numbers: list[int] = []
        for number, (row, line) in enumerate(zip(rows, lines, strict=True), start=first):
            if not line.strip(_NOTHING):
                continue
            if self.width.suits(row):
                self.rows.append(self.width.fitted(row))
                numbers.append(number)
            else:
                self.rejects.append(Reject(number, self._wrong_count(row)))
        self.numbers = numbers
        return len(lines)

    def _record(self, lines: list[str], index: int, *, final: bool) -> tuple[list[str] | None, int]:
        """Return the record that starts at the line and the number of lines it takes; None and 0 when it is open.

        A line that has all its columns by itself and ends within quotes goes on only where what follows closes them:
        the last column may be a text of several lines, and a quote may just be left open.
        """
        line = lines[index]
        if not line or NUL in line:
            return [], 1
        try:
            return next(csv.reader([line], delimiter=self.delimiter, strict=True)), 1
        except csv.Error:
            pass
        loose = next(csv.reader([line], delimiter=self.delimiter))
        is_whole = self.width.suits(loose)
        if is_whole and (self.columns == 1 or not self._ends_within_quotes(line)):
            return loose, 1
        for count in range(2, MOST_LINES_OF_RECORD + 1):
            if index + count > len(lines) or NUL in lines[index + count - 1]:
                break
            # A line that is a row by itself is no part of another one: two broken quotes must not swallow it.
            if lines[index + count - 1].count(self.delimiter) >= self.columns - 1 > 0:
                break
            if '"' not in lines[index + count - 1]:
                continue
            joined = [part + "\n" for part in lines[index : index + count]]
            joined[-1] = joined[-1][:-1]
            try:
                records = list(csv.reader(joined, delimiter=self.delimiter, strict=True))
            except csv.Error:
                continue
            if len(records) == 1 and self.width.suits(records[0]):
                return records[0], count
        is_decided = final or index + MOST_LINES_OF_RECORD <= len(lines)
        return (loose, 1) if is_whole and is_decided else (None, 0)

    def _ends_within_quotes(self, line: str) -> bool:
        reader = csv.reader([line + "\n", ""], delimiter=self.delimiter)
        next(reader)
        return reader.line_num > 1

    def _wrong_count(self, row: list[str]) -> str:
        if len(row) == 1 and why_spoilt(row[0]) == ROW_THAT_COUNTS:
            return ROW_THAT_COUNTS
        return f"{len(row)} columns where {self.columns} are expected"


def _without_formula(cell: str) -> str:
    """Return the text of `="AB12CDE"`, which is how some programs keep a spreadsheet from changing a text."""
    return cell[2:-1] if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else cell
