"""Entries as compressed files: whole snapshots, sorted by VRM, and deltas between two of them.

A row is its columns and the end of its last day, joined by the unit separator; a newline within a column is written as
the record separator. A delta has a line `-VRM` for what is gone and `+row` for what is new or changed. The files are
made by one program for another, so what does not parse is damage, and an error.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final

import numpy as np
import zstandard

from anpr.errors import SyncError
from hotlists.entry_vrm import UnusableVrm, entry_vrm
from hotlists.keys import pack
from hotlists.store.changes import Changes
from hotlists.store.database import ENTRY_COLUMNS
from hotlists.store.entries import EntryBatch
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.sealed_file import Sealed
from hotlists.sync.sealing import OpenedFile, seal

UNIT: Final = "\x1f"
RECORD: Final = "\x1e"
ROWS_A_BATCH: Final = 20_000
LONGEST_ROW: Final = 1_000_000
"""Characters; a cell of a list that is imported holds a few thousand."""

_MAKING: Final = "making.part"
_SNAPSHOT_LEVEL: Final = 9
_DELTA_LEVEL: Final = 19
_LATEST_S: Final = 1 << 48
"""Seconds since 1970; beyond every date, and within what the database holds."""

_ESCAPED: Final = str.maketrans({UNIT: " ", RECORD: " ", "\n": RECORD, "\r": None})


def row_line(row: tuple[Any, ...]) -> str:
    """Return a row (the columns, then until_s) as a line without its end."""
    texts = ["" if value is None else str(value) for value in row]
    line = UNIT.join(texts)
    if "\n" in line or RECORD in line or "\r" in line or line.count(UNIT) != len(texts) - 1:
        line = UNIT.join(text.translate(_ESCAPED) for text in texts)
    return line


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: as it is published, and the hash of its rows as they are, encrypted or not."""

    file: PublishedFile
    sha256: str


def write_lines(lines: Iterable[str], folder: Path, *, small: bool, key: bytes | None = None) -> Written:
    """Write lines as a compressed file named by its hash into the folder of published files, encrypted with a `key`."""
    folder.mkdir(parents=True, exist_ok=True)
    if key is None:
        with (folder / _MAKING).open("wb") as file:
            made = _compress(lines, file, small=small)
        return Written(_published(folder, made), made.sha256)
    with TemporaryFile() as plain:  # nothing readable may stand where everybody may fetch
        made = _compress(lines, plain, small=small)
        plain.seek(0)
        with (folder / _MAKING).open("wb") as file:
            hashing = _Hashing(file)
            seal(plain, hashing, key)  # type: ignore[arg-type]
    return Written(_published(folder, hashing.made()), made.sha256)


def write_whole(content: bytes, folder: Path) -> PublishedFile:
    """Write a file named by its hash into the folder of published files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MAKING).write_bytes(content)
    return _published(folder, PublishedFile(hashlib.sha256(content).hexdigest(), len(content)))


def _published(folder: Path, made: PublishedFile) -> PublishedFile:
    final = folder / made.path
    final.parent.mkdir(parents=True, exist_ok=True)
    (folder / _MAKING).replace(final)
    return made


def _compress(lines: Iterable[str], file: BinaryIO, *, small: bool) -> PublishedFile:
    hashing = _Hashing(file)
    compressor = zstandard.ZstdCompressor(level=_DELTA_LEVEL if small else _SNAPSHOT_LEVEL, write_checksum=True)
    with compressor.stream_writer(hashing, closefd=False) as stream:  # type: ignore[arg-type]
        source = iter(lines)
        while chunk := list(islice(source, ROWS_A_BATCH)):
            stream.write(("\n".join(chunk) + "\n").encode("utf-8", "replace"))
    return hashing.made()


def read_lines(path: Path, key: bytes | None = None, sealed: Sealed | None = None) -> Iterator[str]:
    """Yield the lines of a compressed file; raises SyncError when it is damaged.

    With a `key` it is encrypted for cars; where `sealed` is given, it lies closed by this car, whether it is encrypted or not.
    One that was cut off just ends early: whoever reads it has compared its hash with the signed one before.
    """
    try:
        with sealed.open(path) if sealed is not None else path.open("rb") as file:
            source = OpenedFile(file, key) if key is not None else file
            with zstandard.ZstdDecompressor().stream_reader(source) as stream:  # type: ignore[arg-type]
                text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
                while line := text.readline(LONGEST_ROW + 1):
                    if len(line) > LONGEST_ROW:
                        raise SyncError(f"the file {path.name} holds a row that never ends: publish the list again")
                    yield line.removesuffix("\n")
    except (zstandard.ZstdError, UnicodeDecodeError) as error:
        raise SyncError(f"the file {path.name} is damaged: it will be fetched again") from error


def snapshot_batches(
    path: Path, most: int, key: bytes | None = None, sealed: Sealed | None = None
) -> Iterator[EntryBatch]:
    """Yield the entries of a snapshot in batches; raises SyncError when it is damaged, or holds more than `most`."""
    lines = read_lines(path, key, sealed)
    first = 1
    while chunk := list(islice(lines, ROWS_A_BATCH)):
        if first + len(chunk) - 1 > most:
            raise SyncError(f"the file {path.name} holds more entries than was signed: publish the list again")
        yield _batch([_fields(line) for line in chunk], first)
        first += len(chunk)


def read_delta(path: Path, most: int, key: bytes | None = None, sealed: Sealed | None = None) -> Changes:
    """Return the changes of a delta; raises SyncError when it is damaged, or holds more than `most`."""
    removed: list[str] = []
    added: list[list[str]] = []
    for line in read_lines(path, key, sealed):
        if len(removed) + len(added) >= most:
            raise SyncError(
                f"the file {path.name} holds more changes than two revisions can differ by: publish the list again"
            )
        if line.startswith("-"):
            if not line.isascii() or "\0" in line:
                raise SyncError(f"the file {path.name} removes what no list holds: publish the list again")
            removed.append(line[1:])
        elif line.startswith("+"):
            added.append(_fields(line[1:]))
        else:
            raise SyncError(f"the file {path.name} is no delta: publish the list again")
    return Changes(removed, _batch(added, 1))


def delta_lines(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the delta between two snapshots' lines, both sorted by VRM in the order of their bytes."""
    old_lines, new_lines = iter(before), iter(after)
    old, new = next(old_lines, None), next(new_lines, None)
    while old is not None or new is not None:
        old_vrm = None if old is None else old.partition(UNIT)[0]
        new_vrm = None if new is None else new.partition(UNIT)[0]
        if new_vrm is None or (old_vrm is not None and old_vrm < new_vrm):
            yield f"-{old_vrm}"
            old = next(old_lines, None)
        elif old_vrm is None or new_vrm < old_vrm:
            yield f"+{new}"
            new = next(new_lines, None)
        else:
            if old != new:
                yield f"+{new}"
            old, new = next(old_lines, None), next(new_lines, None)


def _fields(line: str) -> list[str]:
    fields = line.split(UNIT)
    return [field.replace(RECORD, "\n") for field in fields] if RECORD in line else fields


def _batch(split: list[list[str]], first: int) -> EntryBatch:
    width = len(ENTRY_COLUMNS)
    rows: list[list[str | int | None]] = split  # type: ignore[assignment]
    try:
        for row in rows:
            if len(row) != width:
                raise SyncError("a published file has rows of another form: update the program")
            end = row[-1]
            until_s = int(end) if end else None
            if until_s is not None and abs(until_s) > _LATEST_S:
                raise SyncError("a published file holds a date of another form: update the program")
            row[-1] = until_s
        vrms = [str(row[0]) for row in rows]
        keys, plain = pack(vrms)
        for index in np.flatnonzero(~plain).tolist():
            vrm = entry_vrm(vrms[index])
            if not vrm.is_pattern or vrm.text != vrms[index]:
                raise SyncError("a published file holds a VRM of another form: update the program")
    except (UnusableVrm, ValueError):
        # The cause's text would quote the row.
        raise SyncError("a published file holds values of another form: update the program") from None
    return EntryBatch(rows, keys, range(first, first + len(rows)))


class _Hashing:
    """A file that hashes and counts what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.hash = hashlib.sha256()
        self.count = 0
        self._file = file

    def write(self, data: bytes) -> int:
        """Write, hash and count the bytes."""
        self.hash.update(data)
        self.count += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        self._file.flush()

    def made(self) -> PublishedFile:
        """Return the file by its hash."""
        return PublishedFile(self.hash.hexdigest(), self.count)
