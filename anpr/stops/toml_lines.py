"""On which line of a TOML file a table or a key stands: `tomllib` says so of errors of its own alone.

The text is known to be TOML already: only where its statements begin and end is looked at.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PIECE: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n=]"
    r"|[^\"'\#\[\]{}\n=]+",
    re.DOTALL,
)
"""A string, a comment, a sign that separates, or what stands between them."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """A header or a key with its value: the line that it begins on, and the parts of its dotted name."""

    line: int
    names: tuple[str, ...]
    is_header: bool
    is_row: bool


def line_of(text: str, tables: tuple[str, ...] = (), row: int = 0, key: str = "") -> int:
    r"""Return the line, from 1, of a key; where it is not there or empty, of its table; else 1.

    `row` counts from 1 the tables of a list, which each begin with `[[NAME]]`; 0 is a table of no list.

    >>> line_of("a = 1\n[[b]]\nc = 2\n[[b]]\nc = 3", ("b",), 2, "c")
    5
    """
    wanted = (*tables, key) if key else tables
    path: tuple[str, ...] = ()
    rows = table_line = 0
    for one in _statements(text):
        if one.is_header:
            rows += one.is_row and one.names == tables
            path = one.names
        full = one.names if one.is_header else (*path, *one.names)
        if full[: len(tables)] != tables or (row and rows and rows != row):
            continue
        if wanted and full[: len(wanted)] == wanted:
            return one.line
        table_line = table_line or (one.line if tables else 0)
    return table_line or 1


def _statements(text: str) -> Iterator[_Statement]:
    """Yield headers and keys in their order; what is no TOML gives statements too, but wrong ones."""
    line, depth, head, begun, has_value = 1, 0, "", 0, False
    for match in _PIECE.finditer(text + "\n"):
        piece = match[0]
        if piece == "\n" and depth <= 0:
            if head.strip():
                yield _statement(head.strip(), begun, is_header=not has_value)
            depth, head, begun, has_value = 0, "", 0, False
        elif has_value:
            depth += (piece in ("[", "{")) - (piece in ("]", "}"))
        elif piece == "=":
            has_value = True
        elif not piece.startswith("#"):
            head += piece
            begun = begun or (line if piece.strip() else 0)
        line += piece.count("\n")


def _statement(name: str, line: int, *, is_header: bool) -> _Statement:
    is_row = is_header and name.startswith("[[")
    dotted = name.strip("[]") if is_header else name
    return _Statement(line, _parts(dotted), is_header, is_row)


def _parts(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted name, quoted ones as what they stand for."""
    try:
        inner: object = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts: list[str] = []
    while isinstance(inner, dict):
        ((part, inner),) = inner.items()
        parts.append(part)
    return tuple(parts)
