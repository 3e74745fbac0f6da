"""Which entries of a list fit a pattern that somebody typed: every key of the list is held against it, many at a time.

The marks of an index come sorted, so those of one length with the same beginning stand together: what a pattern fixes at its
beginning narrows the search to a part of the list.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, fold
from hotlists.entry_vrm import ANY, ONE
from hotlists.keys import BASE, MAX_CHARACTERS, POWERS, Keys
from hotlists.store.index import KeyIndex

_CHUNK: Final = 1 << 17
"""Keys held against the pattern at a time."""


def fitting_rows(index: KeyIndex, patterns: Sequence[str], pattern_rows: Sequence[int], pattern: str) -> list[int]:
    """Return the rows of a list that fit a pattern, in their order: marks, and patterns that may mean the same mark."""
    wanted = fold(pattern)
    keys, rows_of_keys = index.marks()
    rows = [int(row) for start, fits in _fitting(keys, wanted) for row in rows_of_keys[start + np.flatnonzero(fits)]]
    rows += [row for row, listed in zip(pattern_rows, patterns, strict=True) if may_be_one(wanted, fold(listed))]
    return sorted(set(rows))


def may_be_one(first: str, second: str) -> bool:
    """Return whether there may be a mark that fits both patterns, which are folded.

    >>> may_be_one("AB*", "*12"), may_be_one("AB?", "A*C"), may_be_one("AB?", "?C*")
    (True, True, False)
    """
    if not _agree(first[:1], second[:1]) or not _agree(first[-1:], second[-1:]):
        return False
    reached = _past_stars(first, second, {(0, 0)})
    seen = set(reached)
    while reached:
        if (len(first), len(second)) in reached:
            return True
        further = set()
        for i, j in reached:
            for left, right in ((i + 1, j + 1), (i, j + 1), (i + 1, j)):
                if _step(first, i, left) and _step(second, j, right) and _agree(first[i : i + 1], second[j : j + 1]):
                    further.add((left, right))
        reached = _past_stars(first, second, further) - seen
        seen |= reached
    return False


def _past_stars(first: str, second: str, places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the places and those that are reached from them while stars stand for nothing."""
    todo, reached = list(places), set(places)
    while todo:
        i, j = todo.pop()
        for place in (
            (i + 1, j) if first[i : i + 1] == ANY else None,
            (i, j + 1) if second[j : j + 1] == ANY else None,
        ):
            if place is not None and place not in reached:
                reached.add(place)
                todo.append(place)
    return reached


def _step(pattern: str, place: int, after: int) -> bool:
    """Whether one character leads from a place of the pattern to the other: a star may stay."""
    return place < len(pattern) and (after == place + 1 or pattern[place] == ANY)


def _agree(one: str, other: str) -> bool:
    return one == other or one in {ONE, ANY} or other in {ONE, ANY}


def _fitting(keys: Keys, pattern: str) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Yield, for stretches of the sorted keys, where each begins and which of its keys fit."""
    least = len(pattern) - pattern.count(ANY)
    lengths = range(max(least, 1), MAX_CHARACTERS + 1) if ANY in pattern else range(least, least + 1)
    head = ""
    for character in pattern:
        if character not in ALPHABET:
            break
        head += character
    code = 0
    for character in head:
        code = code * BASE + ALPHABET.index(character) + 1
    for length in lengths:
        power = BASE ** (length - len(head))
        # without a head: from the least key of this length on, whose first character is the first of all
        low = code * power if head else BASE ** (length - 1)
        high = (code + 1) * power if head else BASE**length
        start, end = (int(place) for place in np.searchsorted(keys, np.array([low, high], dtype=np.uint64)))
        for begin in range(start, end, _CHUNK):
            yield begin, _fit(keys[begin : min(begin + _CHUNK, end)], length, pattern)


def _fit(keys: Keys, length: int, pattern: str) -> NDArray[np.bool_]:
    """Return which keys of this length fit: the pattern's places are followed for all of them together."""
    nowhere = np.zeros(len(keys), np.bool_)
    at = _without_stars([~nowhere, *(nowhere for _ in pattern)], pattern)
    for place in range(length):
        codes = keys // POWERS[length - 1 - place] % np.uint64(BASE)
        after = [nowhere for _ in at]
        for number, character in enumerate(pattern):
            if character == ANY:
                after[number] = after[number] | at[number]
            elif character == ONE:
                after[number + 1] = at[number]
            else:
                after[number + 1] = at[number] & (codes == ALPHABET.index(character) + 1)
        at = _without_stars(after, pattern)
    return at[-1]


def _without_stars(at: list[NDArray[np.bool_]], pattern: str) -> list[NDArray[np.bool_]]:
    """Return the places with those that are reached while stars stand for nothing."""
    reached = list(at)
    for number, character in enumerate(pattern):
        if character == ANY:
            reached[number + 1] = reached[number + 1] | reached[number]
    return reached
