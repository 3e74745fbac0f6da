"""Rows out of the pages of an SQLite file, whatever has become of its header and of its trees, locked or not.

A row of a table stands on a leaf page with all that is needed to read it, but for the name of its table: see "Database
File Format" (sqlite.org/fileformat2.html), sections 1.5 to 1.6 and 2.1, and 4 for the write-ahead log, whose pages go before
those of the file up to the last change that was completed. Pages that the header counts as free are passed over.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from anpr.sealing.data_key import DataKey, known_keys
from anpr.sealing.pages import RESERVED, opened_page

Value = int | float | str | bytes | None

_MAGIC: Final = b"SQLite format 3\0"
_PAGE_SIZES: Final = frozenset(2**power for power in range(9, 17))
_USUAL_PAGE: Final = 4096
_LEAF: Final = 13
_LOG_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_LOOKED_AT: Final = 60
"""So many pages say whether a file is locked, and with which key."""
_LONGEST_ROW: Final = 50_000_000
"""Longer than any row of ours; a length beyond it is rubbish."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands on its page; a column that is the row's own number stands there as None."""

    rowid: int
    values: tuple[Value, ...]


def rows_on_pages(path: Path) -> Iterator[Row]:
    """Yield every row that can be read from the file and its write-ahead log. Raises OSError."""
    keys = known_keys(path.parent)
    with path.open("rb") as file:
        log = path.with_name(path.name + "-wal")
        if not log.is_file():
            yield from _Pages(file, None, keys).rows()
            return
        with log.open("rb") as logged:
            yield from _Pages(file, logged, keys).rows()


class _Pages:
    """The pages of a file, numbered from 1, each as the log has it or else the file."""

    def __init__(self, file: BinaryIO, log: BinaryIO | None, keys: Sequence[DataKey]) -> None:
        self._file, self._log = file, log
        header = file.read(100)
        self._whole_header = len(header) == 100 and header.startswith(_MAGIC)
        self.size = _page_size(header, self._whole_header, log)
        self._logged = _logged_pages(log, self.size) if log is not None else {}
        self.count = max([file.seek(0, 2) // self.size, *self._logged])
        self._key = None if self._whole_header else self._fitting(keys)
        self.usable = self.size - (RESERVED if self._key is not None else 0)
        if self._key is not None and len(header) == 100:
            begin = self.page(1)[16:21]
            self._whole_header = (begin[:2], begin[4:]) == (b"\x10\0", bytes((RESERVED,)))

    def _fitting(self, keys: Sequence[DataKey]) -> DataKey | None:
        """Return the key under which the first pages look like pages of a database, None where they do as they are."""
        pages = [(number, self._as_it_is(number)) for number in range(1, min(self.count, _LOOKED_AT) + 1)]
        ways: list[tuple[int, DataKey | None]] = [(sum(_kind(page, number) for number, page in pages), None)]
        for key in keys:
            opened = [(number, opened_page(key, page, first=number == 1)) for number, page in pages]
            ways.append((sum(_kind(page, number) for number, page in opened), key))
        return max(ways, key=lambda way: way[0])[1]

    def page(self, number: int) -> bytes:
        """Return a page, opened; less than a page where the file is cut."""
        page = self._as_it_is(number)
        if self._key is None or len(page) != self.size:
            return page
        return opened_page(self._key, page, first=number == 1)

    def _as_it_is(self, number: int) -> bytes:
        if self._log is not None and number in self._logged:
            self._log.seek(self._logged[number])
            return self._log.read(self.size)
        try:
            self._file.seek((number - 1) * self.size)
            return self._file.read(self.size)
        except OSError:  # a page that the disk does not give any more
            return b""

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all leaf pages, in the order of the pages."""
        free = self._free() if self._whole_header else frozenset()
        for number in range(1, self.count + 1):
            if number in free:
                continue
            page = self.page(number)
            start = 100 if number == 1 else 0
            if len(page) == self.size and page[start] == _LEAF:
                yield from self._rows_of(page, start)

    def _rows_of(self, page: bytes, start: int) -> Iterator[Row]:
        (cells,) = struct.unpack_from(">H", page, start + 3)
        first = start + 8
        if first + 2 * cells > self.size:
            return
        for (at,) in struct.iter_unpack(">H", page[first : first + 2 * cells]):
            if at >= first + 2 * cells:
                row = self._row(page, at)
                if row is not None:
                    yield row

    def _row(self, page: bytes, at: int) -> Row | None:
        try:
            length, at = _varint(page, at)
            rowid, at = _varint(page, at)
            if length > _LONGEST_ROW:
                return None
            values = _record(self._payload(page, at, length))
        except (IndexError, ValueError, struct.error):
            return None
        return None if values is None else Row(rowid - (1 << 64) if rowid >> 63 else rowid, values)

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        most = self.usable - 35
        if length <= most:
            return page[at : at + length]
        least = (self.usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (self.usable - 4)
        here = here if here <= most else least
        content = [page[at : at + here]]
        (following,) = struct.unpack_from(">I", page, at + here)
        lacking = length - here
        while lacking > 0 and 0 < following <= self.count:
            further = self.page(following)
            (following,) = struct.unpack_from(">I", further, 0)
            content.append(further[4 : min(4 + lacking, self.usable)])
            lacking -= len(content[-1])
            if not content[-1]:
                break
        return b"".join(content)

    def _free(self) -> frozenset[int]:
        """Return the numbers of the pages that hold nothing any more."""
        (trunk,) = struct.unpack_from(">I", self.page(1), 32)
        free: set[int] = set()
        while 0 < trunk <= self.count and trunk not in free:
            page = self.page(trunk)
            if len(page) < self.size:
                break
            free.add(trunk)
            trunk, leaves = struct.unpack_from(">II", page)
            leaves = min(leaves, self.size // 4 - 2)
            free.update(struct.unpack_from(f">{leaves}I", page, 8))
        return frozenset(free)


def _kind(page: bytes, number: int) -> bool:
    """Whether a page begins as one that holds rows or keys does: its kind, and how many cells it can hold (section 1.6)."""
    start = 100 if number == 1 else 0
    return len(page) > start + 8 and page[start] in (2, 5, 10, 13) and page[start + 3] < 4 and page[start + 7] <= 60


def _page_size(header: bytes, whole: bool, log: BinaryIO | None) -> int:
    """Return the size of a page by the header of the file, else by that of its log, else the one that this program's files have."""
    sizes = []
    if whole and len(header) >= 18:
        sizes.append(struct.unpack_from(">H", header, 16)[0])
    if log is not None:
        begin = log.read(_LOG_HEADER)
        if len(begin) == _LOG_HEADER:
            sizes.append(struct.unpack_from(">I", begin, 8)[0])
    sizes = [65536 if size == 1 else size for size in sizes]
    return next((size for size in sizes if size in _PAGE_SIZES), _USUAL_PAGE)


def _logged_pages(log: BinaryIO, size: int) -> dict[int, int]:
    """Return where in the log the newest completed state of each page stands; what is torn or of an older round is left out."""
    log.seek(0)
    header = log.read(_LOG_HEADER)
    if len(header) < _LOG_HEADER:
        return {}
    magic, _, logged_size, _, salt_1, salt_2, check_1, check_2 = struct.unpack(">8I", header)
    if magic >> 1 != 0x377F0682 >> 1 or logged_size != size:
        return {}
    words = ">" if magic & 1 else "<"
    sums = _checksum(words, header[:24], (0, 0))
    if sums != (check_1, check_2):
        return {}
    done: dict[int, int] = {}
    waiting: dict[int, int] = {}
    at = _LOG_HEADER
    while len(frame := log.read(_FRAME_HEADER + size)) == _FRAME_HEADER + size:
        number, committed, frame_salt_1, frame_salt_2, check_1, check_2 = struct.unpack_from(">6I", frame)
        sums = _checksum(words, frame[_FRAME_HEADER:], _checksum(words, frame[:8], sums))
        if (frame_salt_1, frame_salt_2) != (salt_1, salt_2) or sums != (check_1, check_2) or not number:
            break
        waiting[number] = at + _FRAME_HEADER
        if committed:
            done.update(waiting)
            waiting.clear()
        at += len(frame)
    return done


def _checksum(words: str, content: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    for one, two in struct.iter_unpack(f"{words}II", content):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at `at`, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | content[place] & 0x7F
        if content[place] < 0x80:
            return value, place + 1
    return value << 8 | content[at + 8], at + 9


def _record(payload: bytes) -> tuple[Value, ...] | None:
    """Return the values of a row, None when its lengths do not fit each other. Raises ValueError for a text that is none."""
    head, at = _varint(payload, 0)
    if head > len(payload):
        return None
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != head or sum(_width(kind) for kind in kinds) != len(payload) - head:
        return None
    values: list[Value] = []
    for kind in kinds:
        end = at + _width(kind)
        values.append(_value(kind, payload[at:end]))
        at = end
    return tuple(values)


def _width(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _value(kind: int, content: bytes) -> Value:
    if kind >= 12:
        return content.decode("utf-8") if kind % 2 else content
    if kind == 7:
        return float(struct.unpack(">d", content)[0])
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(content, "big", signed=True) if kind else None
