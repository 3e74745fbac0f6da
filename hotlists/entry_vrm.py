"""The VRM of a hotlist entry: cleaned to the reader's alphabet, or refused with a reason.

Besides letters and digits an entry may hold `?` (any one character) and `*` (any number of characters, or none).
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from anpr.vrm import ALPHABET, normalise
from hotlists.keys import MAX_CHARACTERS

ONE: Final = "?"
ANY: Final = "*"

FEWEST_FIXED: Final = 2
"""A pattern with fewer fixed characters would alert on a good part of all traffic."""

MOST_STARS: Final = 4

_SEPARATORS: Final = str.maketrans("", "", "/_'`´’\"“”,:;()" + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
"""The last are characters that nobody sees: spreadsheets and web pages leave them in texts that are copied."""

_LOOK_ALIKES: Final = str.maketrans(
    "АВЕКМНОРСТУХІЅЈ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABEKMHOPCTYXISJ" + "ABEZHIKMNOPTYX",
)
"""Cyrillic and Greek capitals that look as Latin ones: plates of countries that write so use only these."""


@dataclass(frozen=True, slots=True)
class EntryVrm:
    """A cleaned VRM; `converted` when letters of another script or with accents were taken as plain ones."""

    text: str
    converted: bool = False

    @property
    def is_pattern(self) -> bool:
        """Whether the VRM holds wildcards."""
        return ONE in self.text or ANY in self.text


class UnusableVrm(ValueError):
    """The VRM cannot be on a plate; the message is a reason without the VRM."""


def entry_vrm(raw: str, *, partial: bool = False) -> EntryVrm:
    """Return the cleaned VRM of a hotlist row; raises UnusableVrm with the reason.

    With `partial` the text is any part of a VRM: it is taken as `*text*`.
    """
    # Before normalising, which makes an accent of ´, and after it, which makes separators of their wide forms.
    text = normalise(raw.translate(_SEPARATORS)).translate(_SEPARATORS)
    if not text:
        raise UnusableVrm("the VRM is empty")
    plain = text if text.isascii() else _without_accents(text.translate(_LOOK_ALIKES))
    converted = plain != text
    for character in plain:
        if character not in ALPHABET and character not in (ONE, ANY):
            raise UnusableVrm(f"the VRM holds a character that no plate has (U+{ord(character):04X})")
    if partial and ANY not in plain:
        plain = f"{ANY}{plain}{ANY}"
    while ANY + ANY in plain:
        plain = plain.replace(ANY + ANY, ANY)
    if len(plain) - plain.count(ANY) > MAX_CHARACTERS:
        raise UnusableVrm(f"the VRM has more than {MAX_CHARACTERS} characters")
    result = EntryVrm(plain, converted)
    if result.is_pattern:
        _check_pattern(plain)
    return result


def _check_pattern(plain: str) -> None:
    if sum(c in ALPHABET for c in plain) < FEWEST_FIXED:
        raise UnusableVrm(f"the VRM has wildcards and fewer than {FEWEST_FIXED} fixed characters")
    if plain.count(ANY) > MOST_STARS:
        raise UnusableVrm(f"the VRM has more than {MOST_STARS} stars")


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
