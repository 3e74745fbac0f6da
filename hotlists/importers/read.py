"""A hotlist file of any known kind as batches of entries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path

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
    kind = options.kind
    if kind is FileKind.JSON_LINES or (kind is FileKind.AUTO and head[0].lstrip().startswith("{")):
        return json_lines.split(every, options.mapping)
    if kind is FileKind.VRMS:
        return mapped(delimited.split(every, "\t", 1), _only_vrm())
    delimiter = delimited.find_delimiter(head, None if kind is FileKind.TABLE else len(POLICE_COLUMNS))
    cells = head[0].split(delimiter) if '"' not in head[0] else _quoted(head[0], delimiter)
    if kind is FileKind.TABLE or options.mapping is not None or (kind is FileKind.AUTO and looks_like_header(cells)):
        places = columns_of(cells, options.mapping, f"the file {path}")
        return mapped(delimited.split(_without_header(every), delimiter, len(cells)), places)
    return delimited.split(every, delimiter, len(POLICE_COLUMNS))


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
