"""How a file is to be read, and what was understood of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FileKind(StrEnum):
    """How a file is laid out."""

    AUTO = "auto"
    POLICE = "police"
    TABLE = "table"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"
    VRMS = "vrms"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file.

    `mapping` says which heading is which of our columns and takes only what it names; `named` does so for some and leaves
    the others to their common names. `partial`: each VRM is only a part of one. `sheet` is a workbook's sheet by its name.
    """

    kind: FileKind = FileKind.AUTO
    mapping: Mapping[str, str] | None = None
    partial: bool = False
    named: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column of the file: its `place` from 1, its `heading` (empty without headings), which of ours it is or None."""

    place: int
    heading: str
    column: str | None


@dataclass(slots=True)
class Understood:
    """What was understood of a file; the readers fill it in before the first row, the notes while they go on.

    `heading_line` is None without headings. `sheets_left_out` are names with the reason. `notes` count by sentence what
    was read in another way than it stands there.
    """

    kind: FileKind = FileKind.AUTO
    columns: tuple[FoundColumn, ...] = ()
    heading_line: int | None = None
    lines_above: int = 0
    sheet: str | None = None
    sheets_left_out: tuple[tuple[str, str], ...] = ()
    notes: Counter[str] = field(default_factory=Counter)
