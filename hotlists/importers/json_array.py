"""A JSON array: one object an entry, or one text a VRM, on one line or on many."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused
from hotlists.columns import POLICE_COLUMNS
from hotlists.importers.json_lines import Keys, row_of
from hotlists.importers.lines import BYTE_ORDER_MARK
from hotlists.importers.raw import RawBatch
from hotlists.store.entries import Reject

LONGEST_VALUE: Final = 100_000
"""Characters of one entry; one of a hotlist has a few hundred."""
ROWS_A_BATCH: Final = 10_000
_CHUNK: Final = 1 << 20
_BETWEEN: Final = " \t\r\n,"


def split(path: Path, text: io.TextIOBase, keys: Keys) -> Iterator[RawBatch]:
    """Yield the entries of the array in batches; rows are numbered by their place in the array, from 1.

    Raises ImportRefused when the array is no JSON or does not end: what is in it cannot be told then.
    """
    rows: list[list[str]] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    for number, value in enumerate(_values(path, text), start=1):
        row = [value, *([""] * (len(POLICE_COLUMNS) - 1))] if isinstance(value, str) else row_of(value, keys)
        if isinstance(row, str):
            rejects.append(Reject(number, row))
        elif any("\x00" in cell for cell in row):
            rejects.append(Reject(number, "the row holds a NUL byte"))
        else:
            rows.append(row)
            numbers.append(number)
        if len(rows) + len(rejects) >= ROWS_A_BATCH:
            yield RawBatch(numbers, rows, rejects)
            rows, numbers, rejects = [], [], []
    yield RawBatch(numbers, rows, rejects)


def _values(path: Path, text: io.TextIOBase) -> Iterator[object]:
    decoder = json.JSONDecoder()
    buffer = text.read(_CHUNK).removeprefix(BYTE_ORDER_MARK).lstrip()[1:]
    place = count = 0
    whole = False
    while True:
        while place < len(buffer) and buffer[place] in _BETWEEN:
            place += 1
        if len(buffer) - place < LONGEST_VALUE and not whole:
            more = text.read(_CHUNK)
            whole = not more
            buffer, place = buffer[place:] + more, 0
            continue
        if place == len(buffer):
            raise ImportRefused(f"the file {path} ends within its JSON array, after {count:,} entries: copy it again")
        if buffer[place] == "]":
            if buffer[place + 1 :].strip() or (not whole and text.read(_CHUNK).strip()):
                raise ImportRefused(f"the file {path} goes on after its JSON array: export one array, or JSON lines")
            return
        try:
            value, end = decoder.raw_decode(buffer, place)
        except (ValueError, RecursionError) as error:
            raise ImportRefused(
                f"the file {path} is not valid JSON at entry {count + 1:,} of its array: export it again"
            ) from error
        if end - place > LONGEST_VALUE:
            raise ImportRefused(
                f"the file {path} has an entry of more than {LONGEST_VALUE:,} characters: it is no hotlist"
            )
        yield value
        place = end
        count += 1
