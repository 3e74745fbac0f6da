"""What a read of a small plate is worth: its certainty is capped by how often such characters were wrong.

A plate of some 30 px shows two or three pixels between an 8 and a 6; the reader says 8 at 0.95 and is wrong once in seven
times. So a read of such a plate says of each character what the truth was where the reader said it.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from anpr.evidence import small_by
from anpr.values import Box, CharacterProbabilities
from anpr.vrm import ALPHABET, NOTHING

CONFUSIONS: Final[Mapping[str, Mapping[str, float]]] = {
    "8": {"6": 0.14},
    "D": {"O": 0.14, "0": 0.04, "G": 0.02},
    "M": {"W": 0.06, "H": 0.01},
    "W": {"V": 0.06, "M": 0.02},
    "H": {"M": 0.04, "N": 0.03},
    "N": {"H": 0.02, "M": 0.02},
    "6": {"8": 0.03, "G": 0.02, "5": 0.01},
    "G": {"6": 0.02, "O": 0.01, "C": 0.01},
    "O": {"D": 0.02, "G": 0.02, "Q": 0.01},
    "0": {"D": 0.02, "O": 0.02, "8": 0.01},
    "Q": {"O": 0.05, "0": 0.02},
    "B": {"8": 0.02, "6": 0.01},
    "C": {"G": 0.01, "O": 0.01},
    "E": {"F": 0.02},
    "F": {"E": 0.01, "P": 0.01},
    "P": {"R": 0.02, "F": 0.02},
    "R": {"P": 0.02},
    "L": {"U": 0.03},
    "U": {"L": 0.01, "V": 0.01},
    "V": {"Y": 0.02, "U": 0.01},
    "Y": {"V": 0.03},
    "T": {"Y": 0.02},
    "S": {"5": 0.02},
    "5": {"6": 0.02, "S": 0.02},
    "2": {"5": 0.01, "Z": 0.01, "7": 0.01},
    "Z": {"2": 0.03},
    "3": {"9": 0.01, "8": 0.01},
    "9": {"3": 0.01, "8": 0.01},
    "K": {"X": 0.02},
    "X": {"K": 0.02},
}
"""Of characters said with at least 0.9 on plates below 36 px, the share that were in truth another one: `python -m
benchmarks.accuracy.far_reads` (made drives by day, rain, dusk and night, 2,500 such characters). Pairs that occurred once or not
at all have 0.01 to 0.03, as all characters together. From 36 px on 3 of 1,800 were wrong: nothing is taken off there."""


def _matrix() -> CharacterProbabilities:
    """Return for each column what the truth may be, shape (37, 37), rows summing to 1."""
    matrix = np.eye(NOTHING + 1, dtype=np.float32)
    for said, truths in CONFUSIONS.items():
        row = ALPHABET.index(said)
        for truth, share in truths.items():
            matrix[row, ALPHABET.index(truth)] = share
        matrix[row, row] = 1.0 - sum(truths.values())
    return matrix


_TRUTH: Final = _matrix()


def doubted(probabilities: CharacterProbabilities, box: Box) -> CharacterProbabilities:
    """Return the evidence of one look, shape (positions, 37), as far as it can be trusted for a plate in a box of px."""
    small = small_by(box)
    if small <= 0.0 or not len(probabilities):
        return probabilities
    doubtful = probabilities @ _TRUTH
    return ((1.0 - small) * probabilities + small * doubtful).astype(np.float32)
