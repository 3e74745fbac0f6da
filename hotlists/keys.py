"""VRMs packed into 64-bit numbers, so that ten million of them are one sorted array.

A key is the text read as a number to base 37 with 1..36 as digits (0 stands for no character), so texts of different
lengths never share a key. 37 ** 12 < 2 ** 63: up to twelve characters fit.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, fold

Keys = NDArray[np.uint64]
"""Packed VRMs, shape (n,)."""

BASE: Final = len(ALPHABET) + 1
MAX_CHARACTERS: Final = 12
"""The longest VRM that a key holds; the reader gives at most ten characters."""

POWERS: Final[Keys] = np.array([BASE**i for i in range(MAX_CHARACTERS)], dtype=np.uint64)
INVALID: Final = 255

_CODE_OF_BYTE: Final = np.full(256, INVALID, dtype=np.uint8)
_CODE_OF_BYTE[0] = 0
for _code, _character in enumerate(ALPHABET, start=1):
    _CODE_OF_BYTE[ord(_character)] = _code

_FOLDED_CODE: Final = np.arange(BASE, dtype=np.uint64)
for _character in "OI":
    _FOLDED_CODE[ALPHABET.index(_character) + 1] = ALPHABET.index(fold(_character)) + 1


def pack(texts: Sequence[str]) -> tuple[Keys, NDArray[np.bool_]]:
    """Return the key of each text and whether it has one.

    A text has none when it is empty, longer than MAX_CHARACTERS or holds anything but A-Z and 0-9; its key is 0.
    The texts must be ASCII (UnicodeEncodeError otherwise) and hold no NUL.
    """
    count = len(texts)
    if not count:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.bool_)
    # One byte more than fits, so that what is too long is seen and not cut.
    letters = np.array(texts, dtype=f"S{MAX_CHARACTERS + 1}").view(np.uint8).reshape(count, MAX_CHARACTERS + 1)
    codes = _CODE_OF_BYTE[letters]
    fits = (codes[:, 0] != 0) & (codes[:, MAX_CHARACTERS] == 0) & (codes != INVALID).all(axis=1)
    keys = np.zeros(count, dtype=np.uint64)
    for column in range(MAX_CHARACTERS):
        code = codes[:, column].astype(np.uint64)
        keys = np.where(code > 0, keys * np.uint64(BASE) + code, keys)
    keys[~fits] = 0
    return keys, fits


def pack_one(text: str) -> int:
    """Return the key of a text that has one; ValueError when it has none."""
    if not text or len(text) > MAX_CHARACTERS:
        raise ValueError("a packed VRM has 1 to 12 characters")
    key = 0
    for character in text:
        key = key * BASE + ALPHABET.index(character) + 1
    return key


def unpack(key: int) -> str:
    """Return the text of a key.

    >>> unpack(pack_one("AB51CDE"))
    'AB51CDE'
    """
    text = ""
    while key:
        key, code = divmod(key, BASE)
        text = ALPHABET[code - 1] + text
    return text


def fold_keys(keys: Keys) -> Keys:
    """Return the keys of the folded texts (O as 0, I as 1), `anpr.vrm.fold` for packed ones."""
    rest = keys.copy()
    folded = np.zeros_like(keys)
    base = np.uint64(BASE)
    for power in POWERS:
        folded += _FOLDED_CODE[(rest % base).astype(np.intp)] * power
        rest //= base
        if not rest.any():
            break
    return folded


def digits(keys: Keys) -> NDArray[np.uint8]:
    """Return the characters of each key as codes 1..36, shape (n, 12), the last character first, then zeros."""
    codes: NDArray[np.uint64] = keys[:, np.newaxis] // POWERS % np.uint64(BASE)
    return codes.astype(np.uint8)
