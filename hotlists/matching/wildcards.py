"""Entries with `?` and `*`, looked up by hashing: 100,000 of them cost hardly more than one.

Patterns that fix the same places form a group (places count from the left, and behind the last star from the right).
Of a reading, the characters at the places of each group are hashed, for all groups at once, and looked up in one
table of all patterns' hashes. What a hash cannot tell (several stars, least length) is checked on the few found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, fold
from hotlists.entry_vrm import ANY, ONE
from hotlists.keys import MAX_CHARACTERS, Keys, digits

_PLACES: Final = MAX_CHARACTERS
_ORDER: Final = np.arange(_PLACES)
_BITS_PER_HASH: Final = 64
_random: Final = np.random.default_rng(20010807)  # any constant: hashes are never stored
_LEFT: Final[Keys] = _random.integers(0, 2**64, size=(_PLACES, len(ALPHABET) + 1), dtype=np.uint64)
_RIGHT: Final[Keys] = _random.integers(0, 2**64, size=(_PLACES, len(ALPHABET) + 1), dtype=np.uint64)
_GROUP: Final = np.uint64(int(_random.integers(0, 2**63)) | 1)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)

Matches = list[tuple[int, int]]
"""Pairs (number of the reading, number of the pattern)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One way to look for a pattern: the fixed characters at places from the left and from the right.

    `length` is the one length of a reading that can match so, 0 for any; `least` the fewest characters that it needs:
    a `?` at the end of a piece fixes no place and is still a character.
    """

    left: tuple[tuple[int, str], ...]
    right: tuple[tuple[int, str], ...]
    length: int
    least: int


class WildcardIndex:
    """Patterns ready to be matched against packed readings; immutable, so any thread may use it."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.numbered = tuple(patterns)
        self.patterns = frozenset(patterns)
        self._count = len(patterns)
        self._check: dict[int, re.Pattern[str]] = {}
        hashes: list[int] = []
        owners: list[int] = []
        least: list[int] = []
        groups: set[int] = set()
        for number, pattern in enumerate(patterns):
            parts = _parts(fold(pattern))
            if not _told_by_hash(fold(pattern)):
                self._check[number] = _regular_expression(fold(pattern))
            for part in parts:
                group = _group(part)
                groups.add(group)
                hashes.append(_hash(part, group))
                owners.append(number)
                least.append(part.least)
        order = np.argsort(np.array(hashes, dtype=np.uint64), kind="stable")
        self._hashes = np.array(hashes, dtype=np.uint64)[order]
        self._owners = np.array(owners, dtype=np.int64)[order]
        self._least = np.array(least, dtype=np.int64)[order]
        bits = max(10, (len(hashes) * _BITS_PER_HASH).bit_length())
        self._shift = np.uint64(64 - bits)
        self._filter = np.zeros(1 << bits, dtype=np.bool_)
        self._filter[(self._hashes * _MIX) >> self._shift] = True
        self._groups = _by_length(groups)

    def __len__(self) -> int:
        return self._count

    def match(self, folded: Keys) -> Matches:
        """Return which of the folded readings match which patterns, in order."""
        if not self._count:
            return []
        codes = digits(folded)
        lengths = (codes > 0).sum(axis=1)
        found: Matches = []
        for length in np.unique(lengths).tolist():
            of_length = np.flatnonzero(lengths == length)
            places, constant = self._groups[length]
            if not len(constant):
                continue
            backwards = codes[of_length, :length]
            each = np.concatenate(
                [_LEFT[_ORDER[:length], backwards[:, ::-1]], _RIGHT[_ORDER[:length], backwards]], axis=1
            )
            # einsum, since matmul of integers is slower than it
            sums = np.einsum("ij,jk->ik", each, places) + constant
            some = np.flatnonzero(self._filter[(sums * _MIX) >> self._shift])
            found.extend(self._look_up(sums.ravel()[some], of_length[some // len(constant)], folded, length))
        return sorted(set(found))

    def _look_up(self, hashes: Keys, readings: NDArray[np.intp], folded: Keys, length: int) -> Matches:
        starts = np.searchsorted(self._hashes, hashes)
        inside = np.minimum(starts, len(self._hashes) - 1)
        found: Matches = []
        for place in np.flatnonzero(self._hashes[inside] == hashes).tolist():
            at = int(starts[place])
            reading = int(readings[place])
            while at < len(self._hashes) and self._hashes[at] == hashes[place]:
                owner = int(self._owners[at])
                if self._least[at] <= length and self._fits(owner, int(folded[reading])):
                    found.append((reading, owner))
                at += 1
        return found

    def _fits(self, owner: int, key: int) -> bool:
        expression = self._check.get(owner)
        if expression is None:
            return True
        codes = digits(np.array([key], dtype=np.uint64))[0]
        return expression.fullmatch("".join(ALPHABET[c - 1] for c in codes[::-1] if c)) is not None


def matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern, both folded first: what the index must agree with."""
    return _regular_expression(fold(pattern)).fullmatch(fold(text)) is not None


def _regular_expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({ONE: ".", ANY: ".*"}.get(c, re.escape(c)) for c in pattern))


def _parts(pattern: str) -> list[_Part]:
    if ANY not in pattern:
        return [_Part(_fixed(pattern), (), len(pattern), len(pattern))]
    least = len(pattern) - pattern.count(ANY)
    pieces = pattern.split(ANY)
    left, right = _fixed(pieces[0]), _fixed(pieces[-1][::-1])
    if left or right:
        return [_Part(left, right, 0, least)]
    # Nothing fixed at either end: the longest piece in the middle is looked for at every place.
    piece = max(pieces, key=lambda text: len(_fixed(text)))
    fixed = _fixed(piece)
    shifts = range(_PLACES - len(piece) + 1)
    return [
        _Part(tuple((place + shift, character) for place, character in fixed), (), 0, max(least, shift + len(piece)))
        for shift in shifts
    ]


def _told_by_hash(pattern: str) -> bool:
    """Whether a hash and the least length settle a match: one star, or one piece between two stars."""
    pieces = pattern.split(ANY)
    return len(pieces) <= 2 or (len(pieces) == 3 and not pieces[0] and not pieces[-1])


def _fixed(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((place, character) for place, character in enumerate(text) if character != ONE)


def _group(part: _Part) -> int:
    """Return a number for the places that a part fixes: left mask, right mask, exact length or 0."""
    left = sum(1 << place for place, _ in part.left)
    right = sum(1 << place for place, _ in part.right)
    return left | right << _PLACES | part.length << 2 * _PLACES


def _hash(part: _Part, group: int) -> int:
    total = group * int(_GROUP)
    total += sum(int(_LEFT[place, ALPHABET.index(c) + 1]) for place, c in part.left)
    total += sum(int(_RIGHT[place, ALPHABET.index(c) + 1]) for place, c in part.right)
    return total & (1 << 64) - 1


def _by_length(groups: set[int]) -> list[tuple[NDArray[np.uint64], Keys]]:
    """Return for each length of a reading the groups that can match it: their places, shape (2 * length, n), constants.

    The rows are the places from the left, then those from the right.
    """
    table = []
    full = (1 << _PLACES) - 1
    for length in range(_PLACES + 1):
        fitting = sorted(
            g for g in groups
            if g >> 2 * _PLACES in (0, length) and (g & full) < 1 << length and (g >> _PLACES & full) < 1 << length
        )  # fmt: skip
        places = np.zeros((2 * length, len(fitting)), dtype=np.uint64)
        for number, group in enumerate(fitting):
            places[:length, number] = group >> _ORDER[:length] & 1
            places[length:, number] = (group >> _PLACES) >> _ORDER[:length] & 1
        table.append((places, np.array(fitting, dtype=np.uint64) * _GROUP))
    return table
