"""The cells of one sheet of a workbook as rows of text."""

import re
from collections import Counter
from collections.abc import Generator
from datetime import date, datetime
from typing import Final

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from anpr.errors import ImportRefused
from hotlists.importers.xlsx import LONGEST_CELL, MOST_ROWS, SheetPart, Workbook, too_long

NO_VALUE: Final = "\ufffc"
"""Stands for a cell whose formula has no value: the program that wrote the workbook did not calculate it."""
MOST_COLUMNS: Final = 1_024
MOST_CHARACTERS: Final = 1_000_000_000
"""Of all cells of a sheet: a text that a million cells refer to is small in the file and not in the store."""
MOST_MERGED: Final = 100_000
HIDDEN_ROWS: Final = "rows are hidden in the sheet and are part of the list all the same"

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)


class SheetReader:
    """Reads the rows of a sheet; `merged` are ranges of more than one row, known when all rows were read."""

    def __init__(self, book: Workbook, sheet: SheetPart, notes: Counter[str] | None = None) -> None:
        self.merged: list[tuple[int, int, int, int]] = []
        self._book = book
        self._sheet = sheet
        self._notes = notes if notes is not None else Counter()
        self._epoch = MAC_EPOCH if book.counts_from_1904 else WINDOWS_EPOCH
        self._done: list[tuple[int, list[str]]] = []
        self._cells: list[str] = []
        self._row = self._column = 0
        self._type = ""
        self._style = 0
        self._has_formula = self._row_is_hidden = False
        self._pieces: list[str] | None = None
        self._value: list[str] = []
        self._length = self._characters = self._rows = self._phonetic = 0

    def rows(self) -> Generator[tuple[int, list[str]], None, None]:
        """Yield the number (from 1) and the cells of each row that is not empty, without empty cells at its end."""
        for _ in self._book.parsed(self._sheet.part, self._start, self._end, self._text):
            yield from self._done
            self._done.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._pieces = None if self._phonetic else self._value
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column, self._cells = 0, []
            self._row_is_hidden = attributes.get("hidden", "0") in ("1", "true")
            self._rows += 1
            if max(self._rows, self._row) > MOST_ROWS:
                raise ImportRefused(
                    f"the workbook {self._book.path} has more rows than the format allows: export the list again"
                )
        elif name == "rPh":
            self._phonetic += 1
        elif name == "mergeCell":
            self._note_merged(attributes.get("ref", ""))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _column(match[1]) if match else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._has_formula = False
        self._value, self._length = [], 0

    def _text(self, piece: str) -> None:
        if self._pieces is None:
            return
        self._length += len(piece)
        if self._length > LONGEST_CELL + 1_000:
            raise ImportRefused(too_long(self._book.path))
        self._pieces.append(piece)

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._pieces = None
        elif name == "c":
            self._end_cell()
        elif name == "row" and any(self._cells):
            if self._row_is_hidden:
                self._notes[HIDDEN_ROWS] += 1
            self._done.append((self._row, self._cells))
            self._cells = []
        elif name == "rPh":
            self._phonetic -= 1

    def _end_cell(self) -> None:
        text = self._cell("".join(self._value))
        if not text:
            return
        if self._column > MOST_COLUMNS:
            raise ImportRefused(
                f"the workbook {self._book.path} has cells beyond its column {MOST_COLUMNS:,}: delete them and save it"
            )
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise ImportRefused(
                f"the workbook {self._book.path} holds more text than a list does: export the list as CSV"
            )
        missing = self._column - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        self._cells[self._column - 1] = text

    def _cell(self, raw: str) -> str:
        if not raw:
            return NO_VALUE if self._has_formula and self._type != "str" else ""
        if self._type == "s":
            return self._book.strings[int(raw)]
        if self._type == "b":
            return "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        if self._type != "n":
            return raw.split("T", maxsplit=1)[0] if self._type == "d" else raw
        number = float(raw)
        if self._style in self._book.date_styles and (day := self._day(number)):
            return day
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else raw

    def _day(self, number: float) -> str:
        try:
            found = from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            return ""
        if isinstance(found, datetime):
            return found.date().isoformat()
        return found.isoformat() if isinstance(found, date) else str(found)

    def _note_merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, bottom = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if top and bottom and int(bottom[2]) > int(top[2]) and len(self.merged) < MOST_MERGED:
            self.merged.append((int(top[2]), int(bottom[2]), _column(top[1]), _column(bottom[1])))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
