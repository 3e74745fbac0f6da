"""How likely a text is to be the mark of an existing vehicle, by its shape: what an unlikely reading competes with.

A listed mark is (nearly always) that of an existing vehicle. A reading that is not listed is one of many possible
marks, of which only a part was ever given to a vehicle. So between a listed and an unlisted reading of equal evidence
the listed one is the likelier, by the inverse of this part; that is Bayes' rule with the vehicles on the road as prior.
"""

import functools
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET
from hotlists.keys import MAX_CHARACTERS, Keys, digits

_KINDS: Final = " dlziquv"
"""Kinds of characters in a shape, by what layouts tell apart: d is a digit from 2 to 9, l a letter of every layout.

0 and O share a glyph and are z, 1 and I are i; q, u and v (for Z) are letters that some layouts never have.
"""
_KIND_OF: Final = {"0": "z", "O": "z", "1": "i", "I": "i", "Q": "q", "U": "u", "Z": "v"}

_KIND_OF_CODE: Final = np.zeros(len(ALPHABET) + 1, dtype=np.int64)
_VALUE_OF_CODE: Final = np.zeros(len(ALPHABET) + 1, dtype=np.int64)
for _code, _character in enumerate(ALPHABET, start=1):
    _KIND_OF_CODE[_code] = _KINDS.index(_KIND_OF.get(_character, "d" if _character.isdigit() else "l"))
    _VALUE_OF_CODE[_code] = int(_character) if _character.isdigit() else 0

_WEIGHTS: Final[NDArray[np.int64]] = len(_KINDS) ** np.arange(MAX_CHARACTERS, dtype=np.int64)

_CURRENT: Final = re.compile("[lzu]{2}[dzi]{2}[lzuv]{3}")
_CURRENT_SHARE: Final = 0.1
"""About 35 million vehicles, 23 * 23 area letters (no I, Q, Z), 50 age numbers, 24 ** 3 letters (no I, Q)."""
_TENS, _UNITS = 4, 3
"""Where the age number of a current mark stands, counted from the end."""
_OLDER: Final = tuple(
    (re.compile(pattern.replace("N", "[di][dzi]")), share)
    for pattern, share in (
        # Northern Ireland (with I or Z) and dateless: about 2 million vehicles on about 60 million marks
        ("[lziuv]{3}N{0,3}|N{0,3}[lziuv]{3}|[lziuv]{1,2}N{0,3}|N{0,3}[lziuv]{1,2}", 0.03),
        # prefix: about 2 million vehicles, 20 letters (and Q), 999 numbers, about 11,000 groups of letters
        ("[lq]N{0,2}[lzu]{3}", 0.01),
        # suffix: about 0.3 million vehicles on as many marks
        ("[lzu]{3}N{0,2}l", 0.002),
    )
)
"""Part of the possible marks of each layout that vehicles bear: orders of magnitude (general knowledge), not a source.

N and a count stand for a number with so many digits more than one, which does not begin with 0. Which letters a layout
has: DVLA, "Vehicle registration numbers and number plates" (INF104), and general knowledge of the older ones.
"""


_NEVER_AN_AGE: Final = np.isin(np.arange(100), (0, 1, 50))
"""Age numbers that no current mark has. Those that are not given out yet are not among them: on the road they stand on
false and altered plates and in made-up lists, and the difference between 46 and 48 must come from the picture alone. (A
year rule lifted a listed mark read with a probability of 0.001 to 0.8 beside one read with 0.999.)"""

OTHER_SHARE: Final = 2e-4
"""Any other text. Foreign vehicles are about one in a hundred, spread over far more texts; kept above that estimate so
that a foreign vehicle is not taken for a listed British one on the strength of its format alone."""

TYPICAL_SHARE: Final = 0.1
"""For probability spread over texts that were not enumerated: as if all were current marks."""


def existing_shares(keys: Keys) -> NDArray[np.float64]:
    """Return for each packed text the part of the texts of its shape that exist as marks, shape (n,)."""
    codes = digits(keys)
    shapes = _KIND_OF_CODE[codes] @ _WEIGHTS
    shares = np.array([_share(shape) for shape in shapes.tolist()], dtype=np.float64)
    ages = 10 * _VALUE_OF_CODE[codes[:, _TENS]] + _VALUE_OF_CODE[codes[:, _UNITS]]
    shares[(shares == _CURRENT_SHARE) & _NEVER_AN_AGE[ages]] = OTHER_SHARE
    return shares


@functools.lru_cache(maxsize=100_000)
def _share(shape: int) -> float:
    kinds = ""
    while shape:
        shape, kind = divmod(shape, len(_KINDS))
        kinds = _KINDS[kind] + kinds
    if _CURRENT.fullmatch(kinds):
        return _CURRENT_SHARE
    return max((share for layout, share in _OLDER if layout.fullmatch(kinds)), default=OTHER_SHARE)
