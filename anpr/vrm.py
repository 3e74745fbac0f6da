"""Vehicle registration marks as text: alphabet, normalising and folding.

Layout knowledge (which marks exist) is in `anpr.perception.layouts`; nothing here rejects a mark for its format.
"""

import unicodedata
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The characters that a reader can give, in the order of the columns of `CharacterProbabilities`."""

NOTHING: Final = len(ALPHABET)
"""Column of `CharacterProbabilities` that says: no character at this position."""

MAX_LENGTH: Final = 10
"""The most characters of one plate that the reader gives."""

_FOLD: Final = str.maketrans({"O": "0", "I": "1"})


def normalise(text: str) -> str:
    """Return the mark in capital letters without spaces, dashes and dots; other characters are kept.

    Full-width and other compatibility forms become plain ones (Unicode NFKC).

    >>> normalise(" ab51 cde ")
    'AB51CDE'
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in plain if not (c.isspace() or c in "-.·‐‑–—"))


def fold(text: str) -> str:
    """Return the key under which marks that look the same in the United Kingdom's font are equal.

    O and 0 share one glyph, as do I and 1 (docs/DOMAIN.md), so both become the digit.

    >>> fold("OI10AB")
    '0110AB'
    """
    return text.translate(_FOLD)


def is_mark(text: str) -> bool:
    """Return whether a normalised text can stand on a plate as far as its characters and its length go.

    >>> is_mark("AB51CDE"), is_mark("AB?1CDE"), is_mark("")
    (True, False, False)
    """
    return 0 < len(text) <= MAX_LENGTH and all(character in ALPHABET for character in text)
