"""The keys of one revision as a sorted, memory-mapped file: ten million entries, found in microseconds.

A bitmap hashed by key answers most questions (not here) with one memory access; what passes is found by bisection.
The file stands beside the database, is written whole before the revision is put in force and never changed, and is
made again from the database when it is missing, damaged or of another data key.

No mark stands in it in the clear: `hotlists.store.index_key` says what does. Layout: a header; the bitmap; the values of all keys,
sorted, 8 bytes each; then one closed stream with the rows of those values (4 bytes each), the keys themselves sorted (8) for
searches by pattern, the rows of those (4), and the rows that hold wildcards (4).
"""

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from anpr.errors import StoreError
from hotlists.keys import Keys
from hotlists.store.index_key import NAME_BYTES, NONCE_BYTES, IndexKey, Sought, hashed

_MAGIC: Final = b"PANPRIX2"
_HEADER: Final = struct.Struct(f"<8s32sQQQ{NONCE_BYTES}s{NAME_BYTES}s")
_HEADER_BYTES: Final = 4096
_BITS_PER_KEY: Final = 12
_FEWEST_BITS: Final = 13
_CHUNK: Final = 1 << 20
_BYTE: Final = np.uint64(3)
_BIT_OF_BYTE: Final = np.uint64(7)

Rows = NDArray[np.uint32]
"""Row ids of a pool, shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyIndex:
    """An open index: `keyed` the sorted values of its folded keys (n,), `patterns` rows that hold wildcards."""

    key: IndexKey
    bitmap: NDArray[np.uint8]
    shift: np.uint64
    keyed: Keys
    patterns: Rows
    _nonce: bytes
    _stream: memoryview

    def __len__(self) -> int:
        return len(self.keyed)

    def present(self, sought: Sought) -> list[tuple[int, Rows]]:
        """Return (place in what is sought, rows) for each of the keys that is here; `sought` is made by this index's key."""
        slots = sought.hashes >> self.shift
        bits = self.bitmap[slots >> _BYTE] >> (slots & _BIT_OF_BYTE).astype(np.uint8)
        maybe = np.flatnonzero(bits & 1)
        if not len(maybe) or not len(self.keyed):
            return []
        wanted = sought.keyed[maybe]
        starts = np.searchsorted(self.keyed, wanted)
        starts[starts == len(self.keyed)] = 0
        here = self.keyed[starts] == wanted
        return [(place, self._find(sought.keyed[place])) for place in maybe[here].tolist()]

    def find(self, key: int) -> Rows:
        """Return the rows of one folded key."""
        return self._find(self.key.keyed(np.array([key], dtype=np.uint64))[0])

    def find_all(self, keys: Keys) -> list[int]:
        """Return the rows of several folded keys, each of them once."""
        return [int(row) for _, rows in self.present(self.key.sought(keys)) for row in rows]

    def contains(self, keys: Keys) -> NDArray[np.bool_]:
        """Return for each key whether it is here."""
        if not len(self.keyed):
            return np.zeros(len(keys), dtype=np.bool_)
        keyed = self.key.keyed(keys)
        places = np.minimum(np.searchsorted(self.keyed, keyed), len(self.keyed) - 1)
        return np.asarray(self.keyed[places] == keyed)

    def marks(self) -> tuple[Keys, Rows]:
        """Return all folded keys, sorted, and the row of each: the whole list, opened, 12 bytes an entry."""
        count = len(self.keyed)
        keys = self._opened(4 * count, 8 * count)
        return np.frombuffer(keys, np.uint64), np.frombuffer(self._opened(12 * count, 4 * count), np.uint32)

    def _find(self, keyed: np.uint64) -> Rows:
        start = int(np.searchsorted(self.keyed, keyed))
        end = int(np.searchsorted(self.keyed, keyed, side="right"))
        return np.frombuffer(self._opened(4 * start, 4 * (end - start)), np.uint32)

    def _opened(self, at: int, length: int) -> bytes:
        return self.key.stream(self._nonce, self._stream[at : at + length], at)


def write_index(path: Path, token: str, key: IndexKey, keys: Keys, rows: Rows, patterns: Rows) -> None:
    """Write the index of a revision; `keys` (folded) need not be sorted. Raises StoreError.

    `token` (32 characters) names the revision; an index with another token is not opened. Memory: 20 bytes an entry
    beyond the arguments.
    """
    bits = max(_FEWEST_BITS, int(len(keys) * _BITS_PER_KEY).bit_length())
    nonce = os.urandom(NONCE_BYTES)
    temporary = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
            header = _HEADER.pack(_MAGIC, token.encode("ascii"), bits, len(keys), len(patterns), nonce, key.name)
            file.write(header.ljust(_HEADER_BYTES, b"\0"))
            file.flush()
            keyed = key.keyed(keys)
            _write_bitmap(file.fileno(), keyed, bits)
            file.seek(_HEADER_BYTES + (1 << bits) // 8)
            order = np.argsort(keyed)
            for part in _parts_of(len(keys)):
                file.write(np.ascontiguousarray(keyed[order[part]]).data)
            del keyed
            closed = _Closed(file, key, nonce)
            closed.write(rows, order)
            order = np.argsort(keys, kind="stable")
            closed.write(keys, order)
            closed.write(rows, order)
            closed.write(patterns, None)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            f"the index {path} cannot be written ({error.strerror}): free disk space or check the folder"
        ) from error


def open_index(path: Path, token: str, key: IndexKey) -> KeyIndex | None:
    """Return the index, or None when the file is missing, damaged, of another revision or of another key."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            if len(header) < _HEADER_BYTES:
                return None
            magic, owner, bits, count, patterns, nonce, name = _HEADER.unpack(header[: _HEADER.size])
            bitmap_bytes = (1 << min(bits, 40)) // 8
            expected = _HEADER_BYTES + bitmap_bytes + 24 * count + 4 * patterns
            if (magic, owner, name) != (_MAGIC, token.encode("ascii"), key.name):
                return None
            if os.fstat(file.fileno()).st_size != expected:
                return None
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return None
    start = _HEADER_BYTES + bitmap_bytes
    stream = memoryview(mapped)[start + 8 * count :]
    return KeyIndex(
        key=key,
        bitmap=np.frombuffer(mapped, np.uint8, bitmap_bytes, _HEADER_BYTES),
        shift=np.uint64(64 - bits),
        keyed=np.frombuffer(mapped, np.uint64, count, start),
        patterns=np.frombuffer(key.stream(nonce, stream[16 * count :], 16 * count), np.uint32),
        _nonce=nonce,
        _stream=stream,
    )


class _Closed:
    """Writes columns into the closed stream of a file, one behind the other."""

    def __init__(self, file: BinaryIO, key: IndexKey, nonce: bytes) -> None:
        self._file, self._key, self._nonce, self._at = file, key, nonce, 0

    def write(self, column: Keys | Rows, order: NDArray[np.intp] | None) -> None:
        """Write a column in the given order, or as it stands. Raises OSError."""
        for part in _parts_of(len(column)):
            content = (column[part] if order is None else column[order[part]]).tobytes()
            self._file.write(self._key.stream(self._nonce, content, self._at))
            self._at += len(content)


def _parts_of(count: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, count, _CHUNK)]


def _write_bitmap(descriptor: int, keyed: Keys, bits: int) -> None:
    """Write the bitmap slice by slice, so that it is never held as one byte a bit."""
    shift = np.uint64(64 - bits)
    slice_bits = min(bits, 24)
    for index in range(1 << (bits - slice_bits)):
        marks = np.zeros(1 << slice_bits, dtype=np.uint8)
        for part in _parts_of(len(keyed)):
            slots = hashed(keyed[part]) >> shift
            marks[slots[slots >> np.uint64(slice_bits) == index] & np.uint64((1 << slice_bits) - 1)] = 1
        os.lseek(descriptor, _HEADER_BYTES + (index << slice_bits) // 8, os.SEEK_SET)
        os.write(descriptor, np.packbits(marks, bitorder="little").data)
