"""Made reads for the tests of fusion, tracking and alerts."""

import numpy as np

from anpr.evidence import k_best, spell
from anpr.values import Box, CharacterProbabilities, Detection, Read
from anpr.vrm import ALPHABET, NOTHING


def unsure(text: str, doubts: dict[int, dict[str, float]], certainty: float = 0.98) -> CharacterProbabilities:
    """Evidence that says `text`, with given probabilities at some positions (`_` is nothing)."""
    table = spell(text, certainty)
    for position, row in doubts.items():
        table[position] = (1.0 - sum(row.values())) / (NOTHING + 1)
        for character, p in row.items():
            table[position, NOTHING if character == "_" else ALPHABET.index(character)] += p
    return table


def read_of(
    table: CharacterProbabilities | str, second: float = 0.0, box: Box = (600, 400, 700, 425), certainty: float = 0.98
) -> Read:
    probabilities = spell(table, certainty) if isinstance(table, str) else table
    readings = k_best(probabilities) if len(probabilities) else ()
    text, confidence = readings[0] if readings else ("", 0.0)
    return Read(
        Detection(box, 0.95),
        text,
        confidence,
        np.asarray(probabilities, np.float32),
        frame_seq=round(second * 30),
        frame_name=str(round(second * 30)),
        captured_ns=round(second * 1e9),
    )
