"""A thief's search: known marks and names in every file, as bytes, as UTF-16 and packed; and any 16 bytes in a row of known pictures."""

import mmap
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hotlists.keys import Keys, fold_keys, pack

WINDOW: Final = 16
"""So many bytes in a row of a picture are enough to be found."""
FEWEST_CHARACTERS: Final = 6
_PIECE: Final = 1 << 24
_OVERLAP: Final = 1 << 10
_WORD: Final = 8
_FEWEST_CHANGES: Final = 2
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SCAN: Final = b"\xff\xda"
"""Start of scan: before it JPEGs of one program have the same tables (ITU-T T.81, B.1.1.3)."""

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and in which file."""

    file: str
    what: str


class _WordSet:
    """Words of eight bytes, looked up in millions: a table of hashes says of nearly all that they are not here."""

    def __init__(self, words: Words) -> None:
        self._sorted = np.unique(words)
        bits = min(26, max(16, (16 * len(self._sorted)).bit_length()))
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros(1 << bits, np.bool_)
        self._table[(self._sorted * _MIX) >> self._shift] = True

    def __len__(self) -> int:
        return len(self._sorted)

    def places(self, words: Words) -> list[int]:
        """Return the places of those words that are here."""
        maybe = np.flatnonzero(self._table[(words * _MIX) >> self._shift])
        if not len(maybe) or not len(self._sorted):
            return []
        nearest = np.minimum(np.searchsorted(self._sorted, words[maybe]), len(self._sorted) - 1)
        return [int(place) for place in maybe[self._sorted[nearest] == words[maybe]]]


@dataclass(frozen=True, slots=True, eq=False)
class Needles:
    """What is searched for: texts of letters and digits by their length, packed marks, and bodies of pictures."""

    texts: dict[int, frozenset[str]]
    keys: _WordSet
    bodies: tuple[bytes, ...]
    words: _WordSet

    @classmethod
    def of(cls, marks: Sequence[str], names: Iterable[str], pictures: Iterable[bytes]) -> "Needles":
        """Return the needles of marks and names (of six and more letters and digits), and of JPEG pictures.

        Raises ValueError for a text that is shorter or holds anything else.
        """
        texts: dict[int, set[str]] = {}
        for text in (*marks, *names):
            if len(text) < FEWEST_CHARACTERS or re.fullmatch("[A-Za-z0-9]+", text) is None:
                raise ValueError(f"a needle is at least {FEWEST_CHARACTERS} letters and digits: {text!r}")
            texts.setdefault(len(text), set()).add(text.upper())
        packed = pack([mark.upper() for mark in marks])[0] if marks else np.zeros(0, np.uint64)
        little: Keys = np.unique(np.concatenate([packed, fold_keys(packed)]))
        bodies = tuple(jpeg[jpeg.find(_SCAN) :] for jpeg in pictures)
        windows = [_words(body, start) for body in bodies for start in range(_WORD)]
        return cls(
            {length: frozenset(some) for length, some in texts.items()},
            _WordSet(np.concatenate([little, little.byteswap()])),
            bodies,
            _WordSet(_telling(np.concatenate(windows)) if windows else np.zeros(0, np.uint64)),
        )


def search(folders: Iterable[Path], needles: Needles) -> list[Found]:
    """Return all that is found in the files of some folders, each thing once a file; names of files are searched too."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            said = str(path.relative_to(folder))
            found += [Found(said, what) for what in sorted(set(_in_bytes(said.encode(), needles)))]
            if path.is_file() and not path.is_symlink() and path.stat().st_size:
                found += [Found(said, what) for what in sorted(set(_in_file(path, needles)))]
    return found


def _in_file(path: Path, needles: Needles) -> Iterator[str]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for start in range(0, len(content), _PIECE):
            yield from _in_bytes(content[start : start + _PIECE + _OVERLAP], needles)


def _in_bytes(content: bytes, needles: Needles) -> Iterator[str]:
    upper = content.upper()
    for run in _runs(upper):
        for length, texts in needles.texts.items():
            for at in range(len(run) - length + 1):
                if run[at : at + length] in texts:
                    yield run[at : at + length]
    for start in range(_WORD):
        words = _words(content, start)
        for place in needles.keys.places(words):
            yield f"packed {int(words[place]):x}"
    yield from _pictures(content, needles)


def _pictures(content: bytes, needles: Needles) -> Iterator[str]:
    """16 bytes in a row of a picture hold a word that is aligned in the file: those are looked for, then looked at."""
    if not len(needles.words):
        return
    words = _words(content, 0)
    for place in needles.words.places(words):
        at = place * _WORD
        for number, body in enumerate(needles.bodies):
            for start in range(max(0, at - _WORD), at + 1):
                window = content[start : start + WINDOW]
                if len(window) == WINDOW and window in body:
                    yield f"picture {number}"
                    break


def _runs(content: bytes) -> Iterator[str]:
    """Yield runs of six and more letters and digits, as bytes and as UTF-16 of either order."""
    for pattern, step in (
        (rb"[A-Z0-9]{6,}", slice(None)),
        (rb"(?:[A-Z0-9]\0){6,}", slice(0, None, 2)),
        (rb"(?:\0[A-Z0-9]){6,}", slice(1, None, 2)),
    ):
        for run in re.findall(pattern, content):
            yield run[step].decode("ascii")


def _telling(words: Words) -> Words:
    """Return the words of more than two different bytes: others, as eight zeros, stand in every file."""
    distinct = np.unique(words)
    sorted_bytes = np.sort(distinct.view(np.uint8).reshape(-1, _WORD), axis=1)
    telling: Words = distinct[(np.diff(sorted_bytes, axis=1) > 0).sum(axis=1) >= _FEWEST_CHANGES]
    return telling


def _words(content: bytes, start: int) -> Words:
    count = max(0, len(content) - start) // _WORD
    return np.frombuffer(content, np.uint64, count, start) if count else np.zeros(0, np.uint64)
