"""The lines of a text file in blocks, in bounded memory whatever the file holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

LONGEST_LINE: Final = 100_000
"""Characters; a row of a hotlist has a few hundred. What is longer is skipped and reported, never held in memory."""

BLOCK_CHARACTERS: Final = 1 << 21

BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines without their ends: `lines[i]` is line `first + i` of the file (from 1).

    `quoted` says that a `"` occurs. `too_long` are numbers of lines that were longer than LONGEST_LINE; they stand as
    empty lines. `recoded` counts lines that were not UTF-8 and were taken as cp1252.
    """

    first: int
    lines: list[str]
    quoted: bool
    nul: bool
    too_long: tuple[int, ...] = ()
    recoded: int = 0


def blocks(text: TextIO, block_characters: int = BLOCK_CHARACTERS) -> Iterator[Block]:
    """Yield the file's lines in blocks of about `block_characters`."""
    carry = ""
    first = 1
    skipping = begun = False
    while True:
        chunk = text.read(block_characters)
        last = not chunk
        if not begun:
            chunk, begun = chunk.removeprefix(BYTE_ORDER_MARK), True
        too_long: list[int] = []
        if skipping:
            end = chunk.find("\n")
            if end < 0 and not last:
                continue
            chunk = chunk[end:] if end >= 0 else ""
            too_long.append(first)
            skipping = False
        chunk = carry + chunk
        carry = ""
        if not last:
            end = chunk.rfind("\n")
            carry = chunk[end + 1 :]
            chunk = chunk[: end + 1]
            if len(carry) > LONGEST_LINE:
                carry, skipping = "", True
        if chunk or too_long:
            block = _block(chunk, first, too_long)
            first += len(block.lines)
            yield block
        if last:
            return


def _block(chunk: str, first: int, too_long: list[int]) -> Block:
    recoded = 0
    if not chunk.isascii():
        chunk, recoded = _recoded(chunk)
    lines = chunk.split("\n")
    if chunk.endswith("\n"):
        lines.pop()
    if max(map(len, lines), default=0) > LONGEST_LINE:
        for index, line in enumerate(lines):
            if len(line) > LONGEST_LINE:
                lines[index] = ""
                too_long.append(first + index)
    return Block(first, lines, '"' in chunk, "\x00" in chunk, tuple(too_long), recoded)


def _recoded(chunk: str) -> tuple[str, int]:
    """Return the chunk with each line that has undecodable bytes read as cp1252, and the number of such lines."""
    try:
        chunk.encode("utf-8")
    except UnicodeEncodeError:
        pass
    else:
        return chunk, 0
    lines = chunk.split("\n")
    recoded = 0
    for index, line in enumerate(lines):
        try:
            line.encode("utf-8")
        except UnicodeEncodeError:
            lines[index] = line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
            recoded += 1
    return "\n".join(lines), recoded
