"""JSON lines: one object a line, with our column names or those of a mapping as keys."""

import json
from collections.abc import Iterable, Iterator, Mapping

from hotlists.columns import HEADER_NAMES, POLICE_COLUMNS
from hotlists.importers.lines import LONGEST_LINE, Block
from hotlists.importers.mapping import plain_header
from hotlists.importers.raw import RawBatch
from hotlists.store.entries import Reject


def split(blocks: Iterable[Block], mapping: Mapping[str, str] | None) -> Iterator[RawBatch]:
    """Yield the objects of the blocks as rows of our 16 columns, and rejects for what is no such object."""
    if mapping is not None:
        column_of = {plain_header(header): POLICE_COLUMNS.index(column) for column, header in mapping.items()}
    else:
        column_of = {
            name: POLICE_COLUMNS.index(c) for c, names in HEADER_NAMES.items() for name in (plain_header(c), *names)
        }
    for block in blocks:
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejects = [Reject(n, f"the line is longer than {LONGEST_LINE:,} characters") for n in block.too_long]
        for number, line in enumerate(block.lines, start=block.first):
            if not line or line.isspace():
                continue
            row = _row(line, column_of)
            if isinstance(row, str):
                rejects.append(Reject(number, row))
            else:
                rows.append(row)
                numbers.append(number)
        yield RawBatch(numbers, rows, rejects, block.recoded)


def _row(line: str, column_of: Mapping[str, int]) -> list[str] | str:
    """Return the fields, or the reason why there are none."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return "the line is not valid JSON"
    if not isinstance(values, dict):
        return "the line is JSON but no object"
    row = [""] * len(POLICE_COLUMNS)
    for key, value in values.items():
        place = column_of.get(plain_header(key))
        if place is None or value is None:
            continue
        if isinstance(value, dict | list):
            return f"the value of {POLICE_COLUMNS[place]} is an object or a list"
        text = value if isinstance(value, str) else json.dumps(value)
        if "\x00" in text:
            return "the row holds a NUL byte"
        row[place] = text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return row
