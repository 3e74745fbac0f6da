"""The first sheet of an XLSX workbook as rows of text, read row by row."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from anpr.errors import ImportRefused
from hotlists.importers.raw import RawBatch
from hotlists.store.entries import Reject

ROWS_A_BATCH: Final = 10_000
LARGEST_UNPACKED_BYTES: Final = 4_000_000_000
"""An XLSX sheet has at most 1,048,576 rows; a workbook that unpacks to more than this is an attack or a mistake."""


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row that is not empty; raises ImportRefused when it is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED_BYTES:
                raise ImportRefused(f"the workbook {path} unpacks to more than 4 GB: export the list as CSV")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0] if book.worksheets else None
            if sheet is None:
                raise ImportRefused(f"the workbook {path} has no sheet: nothing was imported")
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                texts = [_text(cell) for cell in cells]
                if any(texts):
                    yield number, texts
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, EOFError, OSError) as error:
        kind = type(error).__name__
        raise ImportRefused(f"the workbook {path} is damaged or no XLSX ({kind}): export the list again") from error


def batches(cells: Iterator[tuple[int, list[str]]], columns: int) -> Iterator[RawBatch]:
    """Yield the rows in batches, filled up or cut to `columns` fields; cells beyond are a reject unless empty."""
    numbers: list[int] = []
    found: list[list[str]] = []
    rejects: list[Reject] = []
    for number, row in cells:
        if any(row[columns:]):
            rejects.append(Reject(number, f"more than {columns} columns"))
        else:
            numbers.append(number)
            found.append((row + [""] * columns)[:columns])
        if len(found) >= ROWS_A_BATCH:
            yield RawBatch(numbers, found, rejects)
            numbers, found, rejects = [], [], []
    yield RawBatch(numbers, found, rejects)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
