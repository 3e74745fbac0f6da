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

DIGIT: Final = 1
LETTER: Final = 2
ZERO: Final = 3
ONE: Final = 4
_CLASSES: Final = 5
"""Kinds of characters in a shape: 0 and O, and 1 and I, share a glyph and so have kinds of their own."""

_CLASS_OF_CODE: Final = np.zeros(len(ALPHABET) + 1, dtype=np.int64)
for _code, _character in enumerate(ALPHABET, start=1):
    _CLASS_OF_CODE[_code] = {"0": ZERO, "O": ZERO, "1": ONE, "I": ONE}.get(
        _character, DIGIT if _character.isdigit() else LETTER
    )

_WEIGHTS: Final[NDArray[np.int64]] = _CLASSES ** np.arange(MAX_CHARACTERS, dtype=np.int64)

_D: Final = "[dzi]"
_L: Final = "[lz]"
_LI: Final = "[lzi]"
_LAYOUTS: Final = tuple(
    (re.compile(pattern), share)
    for pattern, share in (
        # current: about 35 million vehicles, 23 * 23 area letters, 50 age numbers, 24 ** 3 letters
        (f"{_L}{{2}}{_D}{{2}}{_L}{{3}}", 0.1),
        # Northern Ireland and dateless: about 2 million vehicles on about 60 million marks
        (f"{_LI}{{3}}{_D}{{1,4}}|{_D}{{1,4}}{_LI}{{3}}|{_LI}{{1,2}}{_D}{{1,4}}|{_D}{{1,4}}{_LI}{{1,2}}", 0.03),
        # prefix: about 2 million vehicles, 20 letters, 999 numbers, about 11,000 groups of letters
        (f"{_L}{_D}{{1,3}}{_L}{{3}}", 0.01),
        # suffix: about 0.3 million vehicles on as many marks
        (f"{_L}{{3}}{_D}{{1,3}}{_L}", 0.002),
    )
)
"""Part of the possible marks of each layout that vehicles bear: orders of magnitude (general knowledge), not a source."""

OTHER_SHARE: Final = 2e-4
"""Any other text. Foreign vehicles are about one in a hundred, spread over far more texts; kept above that estimate so
that a foreign vehicle is not taken for a listed British one on the strength of its format alone."""

TYPICAL_SHARE: Final = 0.1
"""For probability spread over texts that were not enumerated: as if all were current marks."""


def existing_shares(keys: Keys) -> NDArray[np.float64]:
    """Return for each packed text the part of the texts of its shape that exist as marks, shape (n,)."""
    shapes = _CLASS_OF_CODE[digits(keys)] @ _WEIGHTS
    return np.array([_share(shape) for shape in shapes.tolist()], dtype=np.float64)


@functools.lru_cache(maxsize=100_000)
def _share(shape: int) -> float:
    kinds = ""
    while shape:
        shape, kind = divmod(shape, _CLASSES)
        kinds = " dlzi"[kind] + kinds
    return max((share for layout, share in _LAYOUTS if layout.fullmatch(kinds)), default=OTHER_SHARE)
