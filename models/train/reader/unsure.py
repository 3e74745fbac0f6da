"""Which samples the wide network is asked about: those that the shipped fast one reads with doubt.

The fast network is sure of most plates and right on them, so the wide one never sees them (`anpr.perception.second_looks.WIDE_BELOW`). It is
trained on what it will be asked (hard example mining; Shrivastava et al., 2016). What that was worth so far stands in models/READER.md.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.perception.reader import PlateReader
from anpr.perception.second_looks import WIDE_BELOW
from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, fold
from models.plates.canvas import Plate
from models.train.optics.legibility import is_legible
from models.train.optics.photograph import Photograph

SURE_SHARE: Final = 0.04
"""Of the samples that the fast network is sure of, so many are kept: about a fifth of all in the end."""

HIDDEN_SHARE: Final = 0.2
"""Of the uncertain samples of which a character does not show, so many are kept: they teach doubt, and little else."""

_FOLDED: Final = np.array([ALPHABET.index(fold(c)) for c in ALPHABET])


def folded_confidence(probabilities: CharacterProbabilities) -> float:
    """Return the probability, 0..1, of the likeliest text where O and 0, and I and 1, count as the same.

    `probabilities` is (positions, 37). 0 for no positions.
    """
    if not len(probabilities):
        return 0.0
    folded: NDArray[np.float64] = np.array(probabilities, np.float64)
    for code, key in enumerate(_FOLDED):
        if code != key:
            folded[:, key] += folded[:, code]
    return float(folded.max(axis=1).prod())


class Unsure:
    """Chooses samples by the doubt of a fast reader; the same generator state chooses the same.

    Doubt between look-alikes does not count: no picture settles it.
    """

    def __init__(self, reader: PlateReader, rng: np.random.Generator) -> None:
        self._reader = reader
        self._rng = rng

    def __call__(self, taken: Photograph, plate: Plate | None) -> bool:
        """Return whether to keep a photograph; `plate` is what it shows, None where that is not known."""
        (read,) = self._reader.read_crops([taken.image], look_again=False)
        if max(read.confidence, folded_confidence(read.probabilities)) >= WIDE_BELOW:
            return bool(self._rng.random() < SURE_SHARE)
        return plate is None or is_legible(plate, taken) or bool(self._rng.random() < HIDDEN_SHARE)
