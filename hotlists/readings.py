"""The most probable texts of a plate, from the fused probabilities of its characters.

Positions are independent, so the k best prefixes hold every prefix of the k best texts: a beam of width k over the
positions is exact. Where a position may hold no character, several paths spell the same text; their probabilities
are added, and the beam is widened for that (exact but for texts whose paths are each far below the k-th).
"""

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.values import CharacterProbabilities, Readings
from anpr.vrm import ALPHABET, NOTHING, fold
from hotlists.keys import BASE, MAX_CHARACTERS, POWERS, Keys, fold_keys, unpack

K: Final = 50
COVERAGE: Final = 0.999

WIDENING: Final = 2
"""How much wider the beam is where several paths can spell the same text."""

_CODES: Final[Keys] = np.arange(1, NOTHING + 2, dtype=np.uint64)[np.newaxis]
_FOLDED_PAIRS: Final = tuple((ALPHABET.index(c), ALPHABET.index(fold(c))) for c in ALPHABET if fold(c) != c)


@dataclass(frozen=True, slots=True, eq=False)
class PlateReadings:
    """The most probable texts, best first: `shown` and `folded` packed keys (uint64) and `probability` (float64)."""

    shown: Keys
    folded: Keys
    probability: NDArray[np.float64]

    def text(self, index: int) -> str:
        """Return the text of one reading, as the plate shows it."""
        return unpack(int(self.shown[index]))


def k_best(probabilities: CharacterProbabilities, k: int = K, coverage: float = COVERAGE) -> Readings:
    """Return up to k texts with their probabilities, best first, ending once `coverage` of the probability is reached.

    `probabilities` has shape (positions, 37). Texts are merged over the ways to spell them with empty positions.
    """
    best = _beam(_clean(probabilities), k, coverage, folded=False)
    return tuple((best.text(i), float(p)) for i, p in enumerate(best.probability))


def folded_readings(probabilities: CharacterProbabilities, k: int = K, coverage: float = COVERAGE) -> PlateReadings:
    """Return up to k readings that differ when folded (O as 0, I as 1), each with the summed probability.

    `shown` holds the more probable of the two glyph's characters at each position. Never raises for the content of
    an array of shape (positions, 37): what is not a probability counts as zero, a row without any as unknown.
    """
    return _beam(_clean(probabilities), k, coverage, folded=True)


def readings_of_texts(alternatives: Readings, k: int = K) -> PlateReadings:
    """Return the readings of texts with probabilities, for records that kept no probabilities per position."""
    shown: dict[int, list[float]] = {}
    for text, probability in alternatives:
        if 0 < len(text) <= MAX_CHARACTERS and all(c in ALPHABET for c in text):
            key = 0
            for character in text:
                key = key * BASE + ALPHABET.index(character) + 1
            shown.setdefault(key, []).append(probability)
    keys = np.array(list(shown), dtype=np.uint64)
    total = np.array([sum(p) for p in shown.values()], dtype=np.float64)
    return _best(*_merged(fold_keys(keys), keys, total), k, 1.0)


def _clean(probabilities: CharacterProbabilities) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        rows = probabilities.astype(np.float64)
    if not (np.isfinite(rows).all() and rows.min(initial=0.0) >= 0.0):
        rows = np.maximum(np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    total = rows.sum(axis=1)
    if total.min(initial=1.0) <= 0.0:
        rows[total <= 0.0] = 1.0
        total = rows.sum(axis=1)
    rows /= total[:, np.newaxis]
    return rows


def _beam(rows: NDArray[np.float64], k: int, coverage: float, *, folded: bool) -> PlateReadings:
    shown_code = _shown_codes(rows) if folded else _CODES
    order = np.argsort(-rows, axis=1)
    ranked = np.take_along_axis(rows, order, axis=1)
    negligible = (1.0 - coverage) / (rows.size + 1)
    may_be_empty = (rows[:, NOTHING] > negligible) & (rows[:, NOTHING] < 1.0 - negligible)
    spelt_twice = int(may_be_empty.sum()) > 1
    width = k * WIDENING if spelt_twice else k
    of_beam, of_position = _hyperbola(width)
    probability = np.zeros(width)
    probability[0] = ranked[:, 0].prod()
    paths = np.repeat(order[np.newaxis, :, 0], width, axis=0)
    for position in np.flatnonzero(ranked[:, 0] < 1.0 - (1.0 - coverage) / len(rows)):
        odds = ranked[position] / ranked[position, 0]
        joined = probability[of_beam] * odds[of_position]
        best = np.argsort(-joined)[:width]
        probability = joined[best]
        paths = paths[of_beam[best]]
        paths[:, position] = order[position, of_position[best]]
    real = probability > 0.0
    probability, paths = probability[real], paths[real]
    filled = paths != NOTHING
    place = np.cumsum(filled[:, ::-1], axis=1)[:, ::-1]
    fits = place[:, 0] <= MAX_CHARACTERS
    weights = np.where(filled, POWERS[np.minimum(place, MAX_CHARACTERS) - 1], np.uint64(0))
    keys = ((paths + 1).astype(np.uint64) * weights).sum(axis=1, dtype=np.uint64)[fits]
    shown = (shown_code[np.arange(len(shown_code)), paths] * weights).sum(axis=1, dtype=np.uint64)[fits]
    probability = probability[fits]
    if spelt_twice:
        keys, shown, probability = _merged(keys, shown, probability)
    return _best(keys, shown, probability, k, coverage)


@functools.cache
def _hyperbola(width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs (rank in the beam, rank at the position) that can be among the `width` best of all pairs.

    Both are sorted, so the pair (i, j) has (i + 1)(j + 1) - 1 others before it.
    """
    pairs = [(i, j) for j in range(NOTHING + 1) for i in range(width // (j + 1))]
    return np.array([i for i, _ in pairs], dtype=np.intp), np.array([j for _, j in pairs], dtype=np.intp)


def _shown_codes(rows: NDArray[np.float64]) -> Keys:
    """Fold the columns of `rows` in place; return the code to show for each, shape (positions, 37)."""
    codes = np.repeat(_CODES, len(rows), axis=0)
    for lookalike, digit in _FOLDED_PAIRS:
        codes[:, digit] = np.where(rows[:, lookalike] > rows[:, digit], lookalike + 1, digit + 1)
        rows[:, digit] += rows[:, lookalike]
        rows[:, lookalike] = 0.0
    return codes


def _merged(keys: Keys, shown: Keys, probability: NDArray[np.float64]) -> tuple[Keys, Keys, NDArray[np.float64]]:
    unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    total = np.zeros(len(unique))
    np.add.at(total, inverse, probability)
    return unique, shown[first], total


def _best(keys: Keys, shown: Keys, probability: NDArray[np.float64], k: int, coverage: float) -> PlateReadings:
    some = keys > 0
    keys, shown, probability = keys[some], shown[some], probability[some]
    order = np.argsort(-probability, kind="stable")[:k]
    probability = probability[order]
    enough = int(np.searchsorted(np.cumsum(probability), coverage)) + 1
    order = order[:enough]
    return PlateReadings(shown[order], keys[order], probability[:enough])
