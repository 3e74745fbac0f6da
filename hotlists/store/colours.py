"""The colour of a list that is given none: by what its name says it holds, so that kinds of lists look different.

Stolen and wanted do not share red; no two kinds share a colour. What a hit orders is told by its shape and words, not by
the colour alone.
"""

import re
from typing import Final

COLOURS: Final = {
    "stolen": (("stolen", "theft", "robbery"), "#c62828"),
    "wanted": (("wanted", "warrant"), "#7b1fa2"),
    "missing": (("missing", "misper", "welfare"), "#0277bd"),
    "firearms": (("firearm", "gun", "weapon"), "#1b1b1b"),
    "drugs": (("drug", "county line"), "#2e7d32"),
    "clones": (("clone", "impersonat", "false plate"), "#4527a0"),
    "no insurance": (("insur", "mid"), "#ef6c00"),
    "no tax": (("tax", "untax", "ved", "sorn", "excise"), "#f9a825"),
    "no keeper": (("keeper",), "#795548"),
    "no test": (("mot",), "#9e9d24"),
    "intelligence": (("intel", "operation", "op"), "#00796b"),
}
"""Kinds of lists: words at the beginning of a word in the name (short ones only as a whole word), and the colour."""

OTHER: Final = "#ad1457"
"""Any other list."""

_WHOLE: Final = 3
"""Words of so many letters or fewer are found as whole words alone: "op" is not in "open"."""


def default_colour(name: str) -> str:
    """Return the colour of a list by its name, as #rrggbb; the first kind in the table that fits.

    >>> default_colour("PNC Stolen vehicles"), default_colour("Uninsured")
    ('#c62828', '#ef6c00')
    """
    for words, colour in COLOURS.values():
        if any(_named(word, name) for word in words):
            return colour
    return OTHER


def _named(word: str, name: str) -> bool:
    end = r"(?![a-z0-9])" if len(word) <= _WHOLE else ""
    start = "" if word == "insur" else r"(?<![a-z0-9])"
    return re.search(f"{start}{re.escape(word)}{end}", name.casefold().replace("_", " ").replace("-", " ")) is not None
