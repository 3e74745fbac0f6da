"""JSON lines: one object a line, with our column names or those of a mapping as keys."""

import json
from collections.abc import Iterable, Iterator, Mapping

from hotlists.columns import HEADER_NAMES, POLICE_COLUMNS
from hotlists.importers.lines import LONGEST_LINE, Block
from hotlists.importers.mapping import plain_header
from hotlists.importers.options import ReadOptions
from hotlists.importers.raw import RawBatch
from hotlists.store.entries import Reject

Keys = Mapping[str, tuple[int, int]]
"""For each key, as `plain_header` gives it, the place of our column and its rank: of two keys the lower rank wins."""


def known_keys(options: ReadOptions) -> Keys:
    """Return which key of an object is which of our columns."""
    if options.mapping is not None:
        return {plain_header(key): (POLICE_COLUMNS.index(column), 0) for column, key in options.mapping.items()}
    named = {plain_header(key): (POLICE_COLUMNS.index(column), 0) for column, key in options.named.items()}
    common = {
        plain_header(name): (POLICE_COLUMNS.index(column), rank)
        for column, names in HEADER_NAMES.items() if column not in options.named
        for rank, name in enumerate((column, *names))
    }  # fmt: skip
    return common | named


def split(blocks: Iterable[Block], keys: Keys) -> Iterator[RawBatch]:
    """Yield the objects of the blocks as rows of our 16 columns, and rejects for what is no such object."""
    for block in blocks:
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejects = [Reject(n, f"the line is longer than {LONGEST_LINE:,} characters") for n in block.too_long]
        for number, line in enumerate(block.lines, start=block.first):
            if not line or line.isspace():
                continue
            row = _row(line, keys)
            if isinstance(row, str):
                rejects.append(Reject(number, row))
            else:
                rows.append(row)
                numbers.append(number)
        yield RawBatch(numbers, rows, rejects, block.recoded)


def _row(line: str, keys: Keys) -> list[str] | str:
    """Return the fields, or the reason why there are none."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return "the line is not valid JSON"
    return row_of(values, keys)


def row_of(values: object, keys: Keys) -> list[str] | str:
    """Return the fields of an object, or the reason why there are none."""
    if not isinstance(values, dict):
        return "the line is JSON but no object"
    row = [""] * len(POLICE_COLUMNS)
    ranks: dict[int, int] = {}
    for key, value in values.items():
        place, rank = keys.get(plain_header(key), (None, 0))
        if place is None or value is None or ranks.get(place, rank + 1) <= rank:
            continue
        if isinstance(value, dict | list):
            return f"the value of {POLICE_COLUMNS[place]} is an object or a list"
        text = value if isinstance(value, str) else json.dumps(value)
        if "\x00" in text:
            return "the row holds a NUL byte"
        row[place] = text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        ranks[place] = rank
    return row
