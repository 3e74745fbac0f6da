"""The keys of one revision as a sorted, memory-mapped file: ten million entries, found in microseconds.

A bitmap hashed by key answers most questions (not here) with one memory access; what passes is found by bisection.
The file stands beside the database, is written whole before the revision is put in force and never changed, and is
made again from the database when it is missing or damaged.
"""

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.errors import StoreError
from hotlists.keys import Keys

_MAGIC: Final = b"PANPRIX1"
_HEADER: Final = struct.Struct("<8s32sQQQ")
_HEADER_BYTES: Final = 4096
_BITS_PER_KEY: Final = 12
_FEWEST_BITS: Final = 13
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
"""2 ** 64 divided by the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 6.4)."""
_CHUNK: Final = 1 << 20
_BYTE: Final = np.uint64(3)
_BIT_OF_BYTE: Final = np.uint64(7)

Rows = NDArray[np.uint32]
"""Row ids of a pool, shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyIndex:
    """An open index: `keys` sorted folded keys (n,), `rows` the row of each, `patterns` rows that hold wildcards."""

    bitmap: NDArray[np.uint8]
    shift: np.uint64
    keys: Keys
    rows: Rows
    patterns: Rows

    def present(self, keys: Keys, hashes: Keys) -> list[tuple[int, Rows]]:
        """Return (place in `keys`, rows) for each of the keys that is here; `hashes` are `hashed(keys)`."""
        slots = hashes >> self.shift
        bits = self.bitmap[slots >> _BYTE] >> (slots & _BIT_OF_BYTE).astype(np.uint8)
        maybe = np.flatnonzero(bits & 1)
        if not len(maybe):
            return []
        wanted = keys[maybe]
        starts = np.searchsorted(self.keys, wanted)
        starts[starts == len(self.keys)] = 0
        here = self.keys[starts] == wanted
        return [(place, self.find(int(keys[place]))) for place in maybe[here].tolist()]

    def find(self, key: int) -> Rows:
        """Return the rows of one folded key."""
        wanted = np.uint64(key)
        start = int(np.searchsorted(self.keys, wanted))
        if start == len(self.keys) or self.keys[start] != wanted:
            return self.rows[:0]
        return self.rows[start : int(np.searchsorted(self.keys, wanted, side="right"))]

    def contains(self, keys: Keys) -> NDArray[np.bool_]:
        """Return for each key whether it is here."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.asarray(self.keys[places] == keys)


def hashed(keys: Keys) -> Keys:
    """Return the hash of each key; the same for all indexes, so it is made once for a sighting."""
    return keys * _MULTIPLIER


def write_index(path: Path, token: str, keys: Keys, rows: Rows, patterns: Rows) -> None:
    """Write the index of a revision; `keys` (folded) need not be sorted. Raises StoreError.

    `token` (32 characters) names the revision; an index with another token is not opened. Memory: 12 bytes an entry
    beyond the arguments.
    """
    order = np.argsort(keys) if np.any(keys[1:] < keys[:-1]) else None
    bits = max(_FEWEST_BITS, int(len(keys) * _BITS_PER_KEY).bit_length())
    temporary = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            header = _HEADER.pack(_MAGIC, token.encode("ascii"), bits, len(keys), len(patterns))
            file.write(header.ljust(_HEADER_BYTES, b"\0"))
            file.flush()
            _write_bitmap(file.fileno(), keys, bits)
            file.seek(_HEADER_BYTES + (1 << bits) // 8)
            for column in (keys, rows):
                for start in range(0, len(keys), _CHUNK):
                    part = slice(start, start + _CHUNK)
                    file.write(np.ascontiguousarray(column[part] if order is None else column[order[part]]).data)
            file.write(np.ascontiguousarray(patterns).data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            f"the index {path} cannot be written ({error.strerror}): free disk space or check the folder"
        ) from error


def open_index(path: Path, token: str) -> KeyIndex | None:
    """Return the index, or None when the file is missing, damaged or of another revision."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            if len(header) < _HEADER_BYTES:
                return None
            magic, owner, bits, count, patterns = _HEADER.unpack(header[: _HEADER.size])
            bitmap_bytes = (1 << min(bits, 40)) // 8
            expected = _HEADER_BYTES + bitmap_bytes + 12 * count + 4 * patterns
            if magic != _MAGIC or owner != token.encode("ascii") or os.fstat(file.fileno()).st_size != expected:
                return None
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return None
    start = _HEADER_BYTES + bitmap_bytes
    return KeyIndex(
        bitmap=np.frombuffer(mapped, np.uint8, bitmap_bytes, _HEADER_BYTES),
        shift=np.uint64(64 - bits),
        keys=np.frombuffer(mapped, np.uint64, count, start),
        rows=np.frombuffer(mapped, np.uint32, count, start + 8 * count),
        patterns=np.frombuffer(mapped, np.uint32, patterns, start + 12 * count),
    )


def _write_bitmap(descriptor: int, keys: Keys, bits: int) -> None:
    """Write the bitmap slice by slice, so that it is never held as one byte a bit."""
    shift = np.uint64(64 - bits)
    slice_bits = min(bits, 24)
    for index in range(1 << (bits - slice_bits)):
        marks = np.zeros(1 << slice_bits, dtype=np.uint8)
        for start in range(0, len(keys), _CHUNK):
            slots = hashed(keys[start : start + _CHUNK]) >> shift
            marks[slots[slots >> np.uint64(slice_bits) == index] & np.uint64((1 << slice_bits) - 1)] = 1
        os.lseek(descriptor, _HEADER_BYTES + (index << slice_bits) // 8, os.SEEK_SET)
        os.write(descriptor, np.packbits(marks, bitorder="little").data)
