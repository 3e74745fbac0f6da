"""The sheet of an XLSX workbook that is the list, as rows of text."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused
from hotlists.columns import VRM, WEED_DATE
from hotlists.importers.cells import NO_VALUE, SheetReader
from hotlists.importers.head import ROWS_LOOKED_AT, Head, Row, is_list, understand
from hotlists.importers.options import ReadOptions, Understood
from hotlists.importers.raw import RawBatch
from hotlists.importers.xlsx import SheetPart, Workbook, open_workbook
from hotlists.store.entries import Reject

ROWS_A_BATCH: Final = 10_000
CHARACTERS_A_BATCH: Final = 16_000_000

FORMULAS: Final = "cells of formulas without a value were taken as empty"
MERGED: Final = "groups of merged cells: the text stands in the first row alone"


def rows(path: Path, options: ReadOptions, understood: Understood) -> Iterator[RawBatch]:
    """Yield the rows of the workbook's list, in the order of our columns.

    Raises ImportRefused when it is no workbook, or when which sheet or which column is meant would be a guess.
    """
    with open_workbook(path) as book:
        sheet, head = _choose(book, options, understood)
        reader = SheetReader(book, sheet, understood.notes)
        cells = ((number, row) for number, row in reader.rows() if number >= head.first_row)
        yield from batches(cells, head, understood)
        _check_merged(reader, head, f"the sheet {sheet.name!r} of {path}", understood)


def batches(cells: Iterator[Row], head: Head, understood: Understood) -> Iterator[RawBatch]:
    """Yield our columns of the rows in batches; cells beyond the columns of the list are a reject unless empty."""
    numbers: list[int] = []
    found: list[list[str]] = []
    rejects: list[Reject] = []
    characters = 0
    for number, row in cells:
        ours = [row[place] if place is not None and place < len(row) else "" for place in head.places]
        if any(row[head.columns :]):
            rejects.append(Reject(number, f"more than {head.columns} columns"))
            continue
        if NO_VALUE in row:
            if reason := _without_value(ours):
                rejects.append(Reject(number, reason))
                continue
            understood.notes[FORMULAS] += row.count(NO_VALUE)
            ours = ["" if cell == NO_VALUE else cell for cell in ours]
        numbers.append(number)
        found.append(ours)
        characters += sum(map(len, ours))
        if len(found) >= ROWS_A_BATCH or characters >= CHARACTERS_A_BATCH:
            yield RawBatch(numbers, found, rejects)
            numbers, found, rejects, characters = [], [], [], 0
    yield RawBatch(numbers, found, rejects)


def _without_value(row: Sequence[str]) -> str:
    """Return the reason why a row with formulas that have no value cannot be used, or nothing."""
    for name, place in (("VRM", VRM), ("weed date", WEED_DATE)):
        if row[place] == NO_VALUE:
            return f"the {name} is a formula without a value: open the workbook in a spreadsheet program and save it"
    return ""


def _choose(book: Workbook, options: ReadOptions, understood: Understood) -> tuple[SheetPart, Head]:
    """Return the sheet that is the list and how it is laid out; says of the others why they are left out."""
    heads = {sheet.name: _first_rows(book, sheet) for sheet in book.sheets}
    if not any(heads.values()):
        raise ImportRefused(f"the workbook {book.path} is empty: nothing was imported and the list in use is unchanged")
    if options.sheet is not None:
        chosen = [sheet for sheet in book.sheets if sheet.name.casefold() == options.sheet.casefold()]
        if not chosen or not heads[chosen[0].name]:
            raise ImportRefused(
                f"the workbook {book.path} has no rows in a sheet {options.sheet!r} (its sheets: {_names(book.sheets)})"
            )
    else:
        visible = [sheet for sheet in book.sheets if not sheet.hidden and heads[sheet.name]]
        chosen = [sheet for sheet in visible if is_list(heads[sheet.name], options)] or visible
        if not chosen:
            raise ImportRefused(
                f"the workbook {book.path} shows no sheet with rows (hidden: {_names(book.sheets)}): show the one that is"
                " the list, or name it with --sheet"
            )
    if len(chosen) > 1:
        what = (
            "could be the list" if is_list(heads[chosen[0].name], options) else "hold rows, and none looks like a list"
        )
        raise ImportRefused(
            f"the workbook {book.path} has {len(chosen)} sheets that {what} ({_names(chosen)}): name one with --sheet"
        )
    sheet = chosen[0]
    head = understand(heads[sheet.name], options, f"the sheet {sheet.name!r} of {book.path}")
    understood.kind, understood.columns, understood.sheet = head.kind, head.found, sheet.name
    understood.heading_line, understood.lines_above = head.heading_row, head.lines_above
    plain = "no list" if options.sheet is None else "not named"
    understood.sheets_left_out = tuple(
        (other.name, "hidden" if other.hidden else plain if heads[other.name] else "empty")
        for other in book.sheets if other is not sheet
    )  # fmt: skip
    return sheet, head


def _first_rows(book: Workbook, sheet: SheetPart) -> list[Row]:
    """Return the first rows of a sheet, all as wide as the widest of them."""
    with closing(SheetReader(book, sheet).rows()) as cells:
        found = list(islice(cells, ROWS_LOOKED_AT))
    width = max((len(row) for _, row in found), default=0)
    return [(number, row + [""] * (width - len(row))) for number, row in found]


def _check_merged(reader: SheetReader, head: Head, where: str, understood: Understood) -> None:
    """Raise ImportRefused where cells are merged over marks or weed dates of several rows; count other such groups."""
    for top, bottom, left, right in reader.merged:
        places = range(left - 1, right)
        if bottom < head.first_row or not any(place in places for place in head.places if place is not None):
            continue
        for name, ours in (("VRM", VRM), ("weed date", WEED_DATE)):
            if head.places[ours] in places and bottom > max(top, head.first_row):
                raise ImportRefused(
                    f"{where} has merged cells in the column of the {name} (rows {top} to {bottom}), of which the first row"
                    " alone has the text: unmerge them and fill in each row"
                )
        understood.notes[MERGED] += 1


def _names(sheets: Sequence[SheetPart]) -> str:
    shown = ", ".join(repr(sheet.name[:40]) for sheet in sheets[:10])
    return shown + (" …" if len(sheets) > 10 else "")
