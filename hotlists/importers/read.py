"""A hotlist file of any known kind as batches of entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused
from hotlists.columns import POLICE_COLUMNS
from hotlists.importers import delimited, json_lines, workbook
from hotlists.importers.encoding import first_bytes, is_workbook, open_text, text_encoding
from hotlists.importers.lines import LONGEST_LINE, Block, blocks
from hotlists.importers.mapping import columns_of, looks_like_header, mapped
from hotlists.importers.raw import RawBatch
from hotlists.importers.rows import RowCleaner
from hotlists.store.entries import EntryBatch

_BLOCKS_WITHOUT_ROW = 16


class FileKind(StrEnum):
    """How a file is laid out."""

    AUTO = "auto"
    POLICE = "police"
    TABLE = "table"
    JSON_LINES = "jsonl"
    VRMS = "vrms"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file: its kind, a mapping of headers, and whether each VRM is only a part of one."""

    kind: FileKind = FileKind.AUTO
    mapping: Mapping[str, str] | None = None
    partial: bool = False


def entries(path: Path, options: ReadOptions) -> Iterator[EntryBatch]:
    """Yield the entries of the file in batches; raises ImportRefused when it is no hotlist."""
    sample = first_bytes(path)
    cleaner = RowCleaner(partial=options.partial)
    if is_workbook(sample):
        for raw in _workbook(path, options):
            yield cleaner.clean(raw)
        return
    encoding = text_encoding(path, sample)
    try:
        with open_text(path, encoding) as text:
            for raw in _text(path, blocks(text), options):
                yield cleaner.clean(raw)
    except OSError as error:
        raise ImportRefused(f"the file {path} cannot be read to its end ({error.strerror}): copy it again") from error


def _workbook(path: Path, options: ReadOptions) -> Iterator[RawBatch]:
    cells = workbook.rows(path)
    head = next(cells, None)
    if head is None:
        raise ImportRefused(f"the workbook {path} is empty: nothing was imported and the list in use is unchanged")
    if options.kind is FileKind.TABLE or options.mapping is not None or looks_like_header(head[1]):
        places = columns_of(head[1], options.mapping, f"the workbook {path}")
        return mapped(workbook.batches(cells, len(head[1])), places)
    if options.kind is FileKind.VRMS:
        return mapped(workbook.batches(chain((head,), cells), 1), _only_vrm())
    return workbook.batches(chain((head,), cells), len(POLICE_COLUMNS))


def _text(path: Path, text: Iterator[Block], options: ReadOptions) -> Iterator[RawBatch]:
    every, head = _until_first_row(text)
    if not head:
        raise ImportRefused(f"the file {path} has no rows: nothing was imported and the list in use is unchanged")
    file = TextFile(path, head, every, options)
    for kind, fits, split in FORMATS:
        if options.kind is kind or (options.kind is FileKind.AUTO and fits(file)):
            return split(file)
    raise ImportRefused(f"the file {path} has no known layout: export the list as CSV, XLSX or JSON lines")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file as a format is shown it: `head` are the first lines that hold anything, at most 50, `blocks` all of it."""

    path: Path
    head: list[str]
    blocks: Iterable[Block]
    options: ReadOptions

    @property
    def delimiter(self) -> str:
        """What separates the columns; the count of columns helps to find it, but in a table it is not known."""
        return delimited.find_delimiter(self.head, None if self.options.kind is FileKind.TABLE else len(POLICE_COLUMNS))

    @property
    def first_row(self) -> list[str]:
        """The cells of the first line."""
        line, delimiter = self.head[0], self.delimiter
        return line.split(delimiter) if '"' not in line else _quoted(line, delimiter)


def _is_json(file: TextFile) -> bool:
    return file.head[0].lstrip().startswith("{")


def _json_lines(file: TextFile) -> Iterator[RawBatch]:
    return json_lines.split(file.blocks, file.options.mapping)


def _is_never_guessed(file: TextFile) -> bool:
    del file
    return False


def _vrms(file: TextFile) -> Iterator[RawBatch]:
    return mapped(delimited.split(file.blocks, "\t", 1), _only_vrm())


def _has_header(file: TextFile) -> bool:
    return file.options.mapping is not None or looks_like_header(file.first_row)


def _table(file: TextFile) -> Iterator[RawBatch]:
    cells = file.first_row
    places = columns_of(cells, file.options.mapping, f"the file {file.path}")
    return mapped(delimited.split(_without_header(file.blocks), file.delimiter, len(cells)), places)


def _is_anything(file: TextFile) -> bool:
    del file
    return True


def _police(file: TextFile) -> Iterator[RawBatch]:
    if file.options.mapping is not None:
        return _table(file)
    return delimited.split(file.blocks, file.delimiter, len(POLICE_COLUMNS))


FORMATS: Final[tuple[tuple[FileKind, Callable[[TextFile], bool], Callable[[TextFile], Iterator[RawBatch]]], ...]] = (
    (FileKind.JSON_LINES, _is_json, _json_lines),
    (FileKind.VRMS, _is_never_guessed, _vrms),
    (FileKind.TABLE, _has_header, _table),
    (FileKind.POLICE, _is_anything, _police),
)
"""The formats of text files: name, whether a file whose format was not named is one, and what splits it into rows of our 16
columns. The first that fits is taken, so the one that anything fits is last."""


def _until_first_row(text: Iterator[Block]) -> tuple[Iterable[Block], list[str]]:
    """Return all blocks and the first lines that hold anything, looked for in the first blocks."""
    looked_at: list[Block] = []
    for block in islice(text, _BLOCKS_WITHOUT_ROW):
        looked_at.append(block)
        head = list(islice((line for line in block.lines if line and not line.isspace()), 50))
        if head:
            return chain(looked_at, text), head
    if any(block.too_long for block in looked_at):
        raise ImportRefused(
            f"the line is longer than {LONGEST_LINE:,} characters and nothing else is in the file: it is no hotlist"
        )
    return (), []


def _quoted(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _without_header(every: Iterable[Block]) -> Iterator[Block]:
    found = False
    for block in every:
        if not found:
            for index, line in enumerate(block.lines):
                if line and not line.isspace():
                    block.lines[index] = ""
                    found = True
                    break
        yield block


def _only_vrm() -> list[int | None]:
    return [0, *([None] * (len(POLICE_COLUMNS) - 1))]
