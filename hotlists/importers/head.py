"""The first rows of a list: which of them are headings, what stands above those, and how wide a row is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from anpr.errors import ImportRefused
from hotlists.columns import POLICE_COLUMNS, VRM, WEED_DATE
from hotlists.dates import BadDate, weed_day
from hotlists.entry_vrm import ANY, ONE, UnusableVrm, entry_vrm
from hotlists.importers.mapping import COLUMN_OF_HEADING, columns_of, found_columns, looks_like_header, plain_header
from hotlists.importers.options import FileKind, FoundColumn, ReadOptions
from hotlists.importers.spoilt import why_spoilt

Row = tuple[int, list[str]]
"""The number of a row (from 1) and its cells."""

ROWS_LOOKED_AT: Final = 50
_MOST_LINES_ABOVE: Final = 20
_FEWEST_POLICE: Final = len(POLICE_COLUMNS) - 2
"""The two last columns of the police CSV are spare, and some programs leave out what is empty at the end of a row."""
_FEWEST_DATED: Final = WEED_DATE + 1
"""A sheet knows nothing of the empty columns behind its last one, which may be that of the weed date."""
_LONGEST_MARK: Final = 8
_HOW: Final = (
    "put headings above the columns (VRM, Make, Weed date …), or name the VRM's heading with --column vrm=HEADING"
)


@dataclass(frozen=True, slots=True)
class Head:
    """How a list is laid out.

    Rows begin at `first_row`, 0 without headings; each has `columns` fields or at least `fewest` of them, of which `places` are ours.
    """

    kind: FileKind
    first_row: int
    columns: int
    fewest: int
    places: tuple[int | None, ...]
    found: tuple[FoundColumn, ...]
    heading_row: int | None = None
    lines_above: int = 0


def understand(rows: Sequence[Row], options: ReadOptions, where: str) -> Head:
    """Return how the list is laid out whose first rows that hold anything are given (one at least).

    Raises ImportRefused, saying how to go on, where that would be a guess. `where` names the file or the sheet.
    """
    rows = rows[:ROWS_LOOKED_AT]
    if options.kind is FileKind.POLICE and options.mapping is None and not options.named:
        return _police(rows)
    heading = _heading(rows, options)
    if options.kind is FileKind.VRMS:
        return _marks(rows, heading)
    if heading is None and (options.kind is FileKind.TABLE or options.mapping is not None or options.named):
        heading = 0
    if heading is not None:
        return _table(rows, heading, options, where)
    _refuse_unknown_headings(rows, where)
    if _are_marks(rows):
        return _marks(rows, None)
    width = _usual_width(rows)
    if not any(_is_police_row(cells) for _, cells in rows):
        raise ImportRefused(
            f"{where} has no headings, and {_count(width)} where a list without headings has {len(POLICE_COLUMNS)}: {_HOW}"
        )
    if _looks_like_words_above_marks([cells[VRM] if cells else "" for _, cells in rows]):
        raise ImportRefused(
            f"row {rows[0][0]} of {where} looks like headings, none of which is known as the VRM: {_HOW};"
            " if it is an entry, add --format police"
        )
    return _police(rows)


def is_list(rows: Sequence[Row], options: ReadOptions) -> bool:
    """Return whether the rows can be understood as a list."""
    try:
        understand(rows, options, "")
    except ImportRefused:
        return False
    return True


def _table(rows: Sequence[Row], heading: int, options: ReadOptions, where: str) -> Head:
    number, header = rows[heading]
    places = columns_of(header, options, where)
    below = rows[heading + 1 :]
    vrm = places[VRM] or 0
    _refuse_serial_numbers([cells[vrm] for _, cells in below if len(cells) > vrm], header[vrm], where)
    columns = len(header)
    fewest = min(columns, max(_usual_width(below), vrm + 1, 2)) if below else columns
    found = found_columns(header, places)
    return Head(FileKind.TABLE, number + 1, columns, fewest, tuple(places), found, number, heading)


def _police(rows: Sequence[Row]) -> Head:
    found = tuple(FoundColumn(place, "", column) for place, column in enumerate(POLICE_COLUMNS, start=1))
    columns = len(POLICE_COLUMNS)
    fewest = max(_FEWEST_DATED, min(_FEWEST_POLICE, _usual_width(rows)))
    return Head(FileKind.POLICE, 0, columns, fewest, tuple(range(columns)), found)


def _marks(rows: Sequence[Row], heading: int | None) -> Head:
    first = 0 if heading is None else rows[heading][0] + 1
    places = (0, *([None] * (len(POLICE_COLUMNS) - 1)))
    words = "" if heading is None else rows[heading][1][0].strip()
    found = (FoundColumn(1, words, "vrm"),)
    row = None if heading is None else rows[heading][0]
    return Head(FileKind.VRMS, first, 1, 1, places, found, row, heading or 0)


def _heading(rows: Sequence[Row], options: ReadOptions) -> int | None:
    """Return which of the rows holds the headings: the first with one for the VRM, if what stands above is no list."""
    for index, (_, cells) in enumerate(rows[: _MOST_LINES_ABOVE + 1]):
        if not looks_like_header(cells, options):
            continue
        filled = _filled(cells)
        known = sum(plain_header(cell) in COLUMN_OF_HEADING for cell in filled)
        is_named = options.mapping is not None or bool(options.named)
        if not is_named and len(filled) > 1 and known < 2 and (index or _is_mark(cells[0])):
            continue
        if all(_is_title(above, len(filled)) for _, above in rows[:index]):
            return index
    return None


def _is_title(cells: Sequence[str], columns: int) -> bool:
    """Whether a row above the headings can be no row of the list."""
    filled = _filled(cells)
    if len(filled) > max(1, columns // 2):
        return False
    return not (len(filled) == 1 and _is_mark(filled[0]) and columns == 1)


def _refuse_unknown_headings(rows: Sequence[Row], where: str) -> None:
    for number, cells in rows[:_MOST_LINES_ABOVE]:
        filled = _filled(cells)
        known = sum(plain_header(cell) in COLUMN_OF_HEADING for cell in filled)
        if known >= 2 and 2 * known >= len(filled):
            if looks_like_header(cells):
                raise ImportRefused(
                    f"row {number} of {where} holds headings, and above them rows that are no title: remove or move those"
                )
            names = ", ".join(repr(cell.strip()[:40]) for cell in filled[:20])
            raise ImportRefused(
                f"row {number} of {where} holds headings ({names}), none of which is known as the VRM: name its heading"
                " with --column vrm=HEADING"
            )


def _refuse_serial_numbers(texts: Sequence[str], heading: str, where: str) -> None:
    numbers = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]
    if len(numbers) > 2 and len(numbers) == len(texts) and all(b == a + 1 for a, b in pairwise(numbers)):
        raise ImportRefused(
            f"{where} has under the heading {heading.strip()!r} numbers that count its rows, no VRMs: name the heading of the"
            " VRM with --column vrm=HEADING"
        )


def _looks_like_words_above_marks(marks: Sequence[str]) -> bool:
    """Whether the first is a word, without digit or wildcard, and nearly all others are not."""
    first, others = marks[0], marks[1:]
    return (
        bool(first.strip())
        and not _has_digit(first)
        and len(others) > 1
        and (sum(map(_has_digit, others)) >= 0.9 * len(others))
    )


def _are_marks(rows: Sequence[Row]) -> bool:
    """Whether each row is one mark and nothing else."""
    if any(len(_filled(cells)) != 1 or not cells[0].strip() for _, cells in rows):
        return False
    return sum(_is_mark(cells[0]) for _, cells in rows) >= 0.8 * len(rows)


def _is_mark(text: str) -> bool:
    try:
        plain = entry_vrm(text).text
    except UnusableVrm:
        return False
    return len(plain) <= _LONGEST_MARK and _has_digit(plain) and not why_spoilt(text)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() or character in (ONE, ANY) for character in text)


def _is_police_row(cells: Sequence[str]) -> bool:
    if len(cells) >= _FEWEST_POLICE:
        return not _filled(cells[len(POLICE_COLUMNS) :])
    try:
        return len(cells) >= _FEWEST_DATED and _is_mark(cells[VRM]) and weed_day(cells[WEED_DATE]) is not None
    except BadDate:
        return False


def _usual_width(rows: Sequence[Row]) -> int:
    counts = Counter(len(cells) for _, cells in rows)
    return max(counts, key=lambda width: (counts[width], width), default=1)


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def _count(columns: int) -> str:
    return "1 column" if columns == 1 else f"{columns} columns"
