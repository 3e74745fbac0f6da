"""Reads of one plate in one frame."""

import numpy as np

from anpr.evidence import k_best, spell
from anpr.values import Box, CharacterProbabilities, Detection, Read


def read_of(
    table: CharacterProbabilities | str, second: float = 0.0, box: Box = (600, 400, 700, 425), certainty: float = 0.98
) -> Read:
    """A read of a text or of evidence, in the frame that was grabbed at `second` of 30 frames a second."""
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
