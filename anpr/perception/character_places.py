"""Where in a cut the characters of a text were seen: the reader writes each at the step that lies over it."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, NOTHING

ROWS: Final = 2
"""Rows of steps that the reader writes, one for each line of a plate (models/train/reader/network.py)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a character was seen: its middle as a share of the cut's width, 0 left to 1 right, and its row, 0 or 1."""

    x: float
    row: int


def places_of(log_posteriors: NDArray[np.float32], text: str) -> tuple[Place | None, ...]:
    """Return where each character of `text` was seen in a look of log posteriors (160, 37); None where it was not.

    The most probable class of every step gives a first text with the steps of its characters; `text` is laid over it, and
    characters that differ from those of the first text, as many of them, take their places.
    """
    classes = log_posteriors.argmax(axis=1)
    edges = np.flatnonzero(np.concatenate(([True], classes[1:] != classes[:-1], [True])))
    steps = len(classes) // ROWS
    found: list[tuple[str, Place]] = []
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if classes[start] != NOTHING:
            middle = (start + stop) / 2
            row = min(int(middle // steps), ROWS - 1)
            found.append((ALPHABET[int(classes[start])], Place((middle - row * steps) / steps, row)))
    places: list[Place | None] = [None] * len(text)
    seen = "".join(character for character, _ in found)
    for _, a0, a1, b0, b1 in SequenceMatcher(None, seen, text, autojunk=False).get_opcodes():
        if a1 - a0 == b1 - b0:
            places[b0:b1] = [place for _, place in found[a0:a1]]
    return tuple(places)
