"""A hotlist file of any known kind as batches of entries."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused
from hotlists.columns import POLICE_COLUMNS
from hotlists.importers import delimited, json_array, json_lines, workbook
from hotlists.importers.encoding import first_bytes, is_workbook, open_text, text_encoding
from hotlists.importers.head import ROWS_LOOKED_AT, Row, understand
from hotlists.importers.json_lines import known_keys
from hotlists.importers.lines import LONGEST_LINE, Block, blocks
from hotlists.importers.mapping import mapped, plain_header
from hotlists.importers.options import FileKind, FoundColumn, ReadOptions, Understood
from hotlists.importers.raw import RawBatch
from hotlists.importers.rows import RowCleaner
from hotlists.store.entries import EntryBatch

_BLOCKS_WITHOUT_ROW: Final = 16
_MOST_LINES_OF_HEADINGS: Final = 5
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?[,;\t]*\s*', re.IGNORECASE)
_ARRAY: Final = re.compile(r'\[\s*(?:[{"\]]|$)')


def entries(path: Path, options: ReadOptions, understood: Understood | None = None) -> Iterator[EntryBatch]:
    """Yield the entries of the file in batches; raises ImportRefused when it is no hotlist.

    What was understood of its layout is in `understood` before the first batch.
    """
    understood = understood if understood is not None else Understood()
    cleaner = RowCleaner(partial=options.partial)
    for raw in _raw(path, options, understood):
        yield cleaner.clean(raw)


def _raw(path: Path, options: ReadOptions, understood: Understood) -> Iterator[RawBatch]:
    sample = first_bytes(path)
    if is_workbook(sample):
        yield from workbook.rows(path, options, understood)
        return
    if options.sheet is not None:
        raise ImportRefused(f"the file {path} is no workbook and has no sheets: leave --sheet out")
    encoding = text_encoding(path, sample)
    try:
        with open_text(path, encoding) as text:
            file = _text_file(path, blocks(text), options, understood)
            if _is_array(file):
                text.seek(0)
                understood.kind, understood.columns = FileKind.JSON_ARRAY, _columns_of_keys(file)
                yield from json_array.split(path, text, known_keys(options))
            else:
                yield from _split(file)
    except OSError as error:
        raise ImportRefused(f"the file {path} cannot be read to its end ({error.strerror}): copy it again") from error


def _text_file(path: Path, text: Iterator[Block], options: ReadOptions, understood: Understood) -> "TextFile":
    every, head = _until_first_row(text)
    if not head:
        raise ImportRefused(f"the file {path} has no rows: nothing was imported and the list in use is unchanged")
    return TextFile(path, [line for _, line in head], [number for number, _ in head], every, options, understood)


def _split(file: "TextFile") -> Iterator[RawBatch]:
    if file.options.kind is FileKind.AUTO and file.head[0].lstrip().startswith("<"):
        raise ImportRefused(
            f"the file {file.path} is a web page or XML, whatever its name says: open it in a spreadsheet program and save"
            " it as .xlsx or CSV"
        )
    for kind, fits, split in FORMATS:
        if file.options.kind is kind or (file.options.kind is FileKind.AUTO and fits(file)):
            file.understood.kind = kind
            return split(file)
    raise ImportRefused(f"the file {file.path} has no known layout: export the list as CSV, XLSX or JSON lines")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file as a format is shown it.

    `head` are the first lines that hold anything, at most 50, and `numbers` their numbers; `blocks` is all of it. What a
    format finds out about the layout it says in `understood`.
    """

    path: Path
    head: list[str]
    numbers: list[int]
    blocks: Iterable[Block]
    options: ReadOptions
    understood: Understood


def _is_json(file: TextFile) -> bool:
    return file.head[0].lstrip().startswith("{")


def _json_lines(file: TextFile) -> Iterator[RawBatch]:
    if file.options.kind is FileKind.AUTO and file.head[0].strip() == "{":
        raise ImportRefused(
            f"the file {file.path} is one JSON object over many lines: export an array of objects, or one object a line"
        )
    file.understood.columns = _columns_of_keys(file)
    return json_lines.split(file.blocks, known_keys(file.options))


def _is_array(file: TextFile) -> bool:
    asked = file.options.kind
    return asked is FileKind.JSON_ARRAY or (asked is FileKind.AUTO and _ARRAY.match(file.head[0].lstrip()) is not None)


def _is_never_guessed(file: TextFile) -> bool:
    del file
    return False


def _is_anything(file: TextFile) -> bool:
    del file
    return True


def _delimited(file: TextFile) -> Iterator[RawBatch]:
    separator = _SEPARATOR_LINE.fullmatch(file.head[0])
    start = 1 if separator is not None and len(file.head) > 1 else 0
    lines = file.head[start:]
    kind = file.options.kind
    if separator is not None and start:
        delimiter = separator[1]
    elif kind is FileKind.VRMS:
        delimiter = "\t"
    else:
        # the count of columns helps to find it, but in a table it is not known
        delimiter = delimited.find_delimiter(lines, None if kind is FileKind.TABLE else len(POLICE_COLUMNS))
    head = understand(_cells(lines, file.numbers[start:], delimiter), file.options, f"the file {file.path}")
    understood = file.understood
    understood.kind, understood.columns = head.kind, head.found
    understood.heading_line, understood.lines_above = head.heading_row, head.lines_above
    rows = delimited.split(
        _from(file.blocks, head.first_row or file.numbers[start]),
        delimiter,
        head.columns,
        head.fewest,
        understood.notes,
    )
    return rows if head.kind is FileKind.POLICE else mapped(rows, head.places)


FORMATS: Final[tuple[tuple[FileKind, Callable[[TextFile], bool], Callable[[TextFile], Iterator[RawBatch]]], ...]] = (
    (FileKind.JSON_LINES, _is_json, _json_lines),
    (FileKind.VRMS, _is_never_guessed, _delimited),
    (FileKind.TABLE, _is_never_guessed, _delimited),
    (FileKind.POLICE, _is_anything, _delimited),
)
"""The formats of text files that are read line by line: name, whether a file whose format was not named is one, and what
splits it into rows of our 16 columns. The first that fits is taken, so the one that anything fits is last; which of the
delimited ones it is, `hotlists.importers.head` says."""


def _until_first_row(text: Iterator[Block]) -> tuple[Iterable[Block], list[tuple[int, str]]]:
    """Return all blocks and the first lines that hold anything, looked for in the first blocks."""
    looked_at: list[Block] = []
    head: list[tuple[int, str]] = []
    for block in islice(text, _BLOCKS_WITHOUT_ROW):
        looked_at.append(block)
        head.extend((n, line) for n, line in enumerate(block.lines, start=block.first) if line and not line.isspace())
        if len(head) >= ROWS_LOOKED_AT:
            break
    if head:
        return chain(looked_at, text), head[:ROWS_LOOKED_AT]
    if any(block.too_long for block in looked_at):
        raise ImportRefused(
            f"the line is longer than {LONGEST_LINE:,} characters and nothing else is in the file: it is no hotlist"
        )
    return (), []


def _cells(lines: list[str], numbers: list[int], delimiter: str) -> list[Row]:
    """Return the cells of the lines; headings in quotes may go over several lines, and the last of them is their number."""
    found: list[Row] = []
    index = 0
    while index < len(lines):
        used = 1
        while used < _MOST_LINES_OF_HEADINGS and "\n".join(lines[index : index + used]).count('"') % 2:
            used += 1
        text = lines[index : index + used]
        if len(text) < used or "\n".join(text).count('"') % 2:
            text, used = text[:1], 1
        cells = next(csv.reader([line + "\n" for line in text], delimiter=delimiter), [])
        found.append((numbers[index + used - 1], cells))
        index += used
    return found


def _from(every: Iterable[Block], first: int) -> Iterator[Block]:
    """Yield the blocks with the lines before the first row empty."""
    for block in every:
        for index in range(min(len(block.lines), first - block.first)):
            block.lines[index] = ""
        yield block


def _columns_of_keys(file: TextFile) -> tuple[FoundColumn, ...]:
    """Return what the keys of the first objects were taken as, as far as they can be read by themselves."""
    text = "\n".join(file.head)
    known = known_keys(file.options)
    seen = dict.fromkeys(re.findall(r'"([^"\\]{1,60})"\s*:', text))
    taken = [(key, known.get(plain_header(key))) for key in seen]
    return tuple(
        FoundColumn(place, key, None if found is None else POLICE_COLUMNS[found[0]])
        for place, (key, found) in enumerate(taken, start=1)
    )
