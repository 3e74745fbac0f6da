"""What is written on rendered plates: texts drawn from patterns, colours drawn around a colour."""

from typing import Final

import numpy as np

from anpr.vrm import ALPHABET
from models.plates.canvas import Colour

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def chance(rng: np.random.Generator, share: float) -> bool:
    """Return True with the given probability."""
    return bool(rng.random() < share)


def shade(rng: np.random.Generator, colour: Colour, spread: float = 8.0) -> Colour:
    """Return the colour a little changed: lighter or darker, and a touch of another hue."""
    moved, *hue = (rng.standard_normal(4) * spread).tolist()
    b, g, r = (int(min(max(c + moved + h / 3, 0), 255)) for c, h in zip(colour, hue, strict=True))
    return b, g, r


def random_text(rng: np.random.Generator, length: int) -> str:
    """Return characters of ALPHABET drawn alike, so that a reader can learn no language from them.

    A third of the texts are made of few different characters, since rows of equal characters (11, OO0, 8888)
    are where a reader loses count.
    """
    among = ALPHABET
    if chance(rng, 0.33):
        among = "".join(ALPHABET[i] for i in rng.integers(0, len(ALPHABET), 3)) + "1I"[int(rng.integers(2))]
    return "".join(among[i] for i in rng.integers(0, len(among), length))


def pattern_text(rng: np.random.Generator, pattern: str, letters: str = LETTERS) -> str:
    """Return a text of the pattern: `A` becomes one of `letters`, `0` a digit, anything else stays.

    A lower-case letter stands for itself as a capital, so that `jA` gives J and any letter.

    >>> pattern_text(np.random.default_rng(0), "b-aa")
    'B-AA'
    """
    among = {"A": letters, "0": "0123456789"}
    draws = rng.random(len(pattern)).tolist()
    choices = (among.get(c, c.upper()) for c in pattern)
    return "".join(choice[int(draw * len(choice))] for choice, draw in zip(choices, draws, strict=True))
