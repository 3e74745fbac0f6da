"""The most probable texts of a plate, from the fused probabilities of its characters.

Positions are independent, so a text is the best one with characters exchanged at some positions, and its probability
that of the best times the odds of each exchange. The k best have exchanges that are themselves among the k best, and
leaving one exchange out of a text gives a better text: sets of exchanges, grown by one exchange at a time with only
the k best kept, are exact. How many positions there are hardly matters, only how many exchanges a likely text has.
Where a position may hold no character, several ways spell the same text; their probabilities are added, and more
ways are kept for that (exact but for texts whose ways are each far below the k-th).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.values import CharacterProbabilities, Readings
from anpr.vrm import ALPHABET, NOTHING, fold
from hotlists.keys import MAX_CHARACTERS, POWERS, Keys, fold_keys, pack_one

K: Final = 50
COVERAGE: Final = 0.999

WIDENING: Final = 2
"""How many times more ways than texts are kept where several ways can spell the same text."""

_COLUMNS: Final = NOTHING + 1
_FOLDED_PAIRS: Final = tuple((ALPHABET.index(c), ALPHABET.index(fold(c))) for c in ALPHABET if fold(c) != c)
_TWIN_OF_DIGIT: Final = {digit: lookalike for lookalike, digit in _FOLDED_PAIRS}

_CODE_OF_COLUMN: Final[Keys] = np.array([*range(1, NOTHING + 1), 0], dtype=np.uint64)
_POWER_OF_PLACE: Final[Keys] = np.concatenate([np.zeros(1, np.uint64), POWERS, np.zeros(1, np.uint64)])
"""What a character counts in a key when it is the i-th from the end, from 1."""

Ways = NDArray[np.intp]
"""Ways to spell texts: the column chosen at each position, shape (n, positions)."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateReadings:
    """The most probable texts, best first: `folded` packed keys (uint64) and `probability` (float64).

    `text(i)` is reading i as the plate shows it.
    """

    folded: Keys
    probability: NDArray[np.float64]
    text: Callable[[int], str]


def folded_readings(probabilities: CharacterProbabilities, k: int = K, coverage: float = COVERAGE) -> PlateReadings:
    """Return up to k readings that differ when folded (O as 0, I as 1), each with the summed probability.

    `probabilities` has shape (positions, 37). The list ends once `coverage` of the probability is reached. Texts are
    shown with the more probable of two characters of one glyph at each position. Never raises for the content of the
    array: what is not a probability counts as zero, a row without any as unknown.
    """
    shown = _clean(probabilities)
    rows = shown.copy()
    for lookalike, digit in _FOLDED_PAIRS:
        rows[:, digit] += rows[:, lookalike]
        rows[:, lookalike] = 0.0
    negligible = (1.0 - coverage) / (rows.size + 1)
    spelt_twice = np.count_nonzero(rows[:, NOTHING] > negligible) > 1
    width = k * WIDENING if spelt_twice else k
    ways, probability = _best_ways(rows, width)
    order = (-probability).argsort(kind="stable")[:width]
    probability = probability[order]
    keys = _keys(ways[order])
    if not keys.all():
        some = keys > 0
        keys, probability, order = keys[some], probability[some], order[some]
    if spelt_twice:
        keys, probability, first = _merged(keys, probability)
        order = order[first]
    enough = min(k, int(probability.cumsum().searchsorted(coverage)) + 1)

    def text(index: int) -> str:
        return _shown(ways[order[index]], shown)

    return PlateReadings(keys[:enough], probability[:enough], text)


def readings_of_texts(alternatives: Readings, k: int = K) -> PlateReadings:
    """Return the readings of texts with probabilities, for records that kept no probabilities per position."""
    usable = [(t, p) for t, p in alternatives if 0 < len(t) <= MAX_CHARACTERS and all(c in ALPHABET for c in t)]
    usable.sort(key=lambda item: -item[1])
    keys = fold_keys(np.array([pack_one(text) for text, _ in usable], dtype=np.uint64))
    keys, probability, first = _merged(keys, np.array([p for _, p in usable], dtype=np.float64))
    return PlateReadings(keys[:k], probability[:k], lambda index: usable[int(first[index])][0])


def _clean(probabilities: CharacterProbabilities) -> NDArray[np.float64]:
    if probabilities.min(initial=0.0) >= 0.0:  # not so when there is a NaN
        rows = probabilities.astype(np.float64)
        total = rows.sum(axis=1, keepdims=True)
        if total.min(initial=1.0) > 0.0 and total.max(initial=1.0) < np.inf:
            rows /= total
            return rows
    rows = np.maximum(np.nan_to_num(probabilities.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    rows[rows.sum(axis=1) <= 0.0] = 1.0
    rows /= rows.sum(axis=1, keepdims=True)
    return rows


def _best_ways(rows: NDArray[np.float64], width: int) -> tuple[Ways, NDArray[np.float64]]:
    """Return about the `width` most probable ways (more where they tie), the best first, and their probabilities."""
    best = rows.argmax(axis=1)
    highest = rows.max(axis=1)
    flat = (rows / highest[:, np.newaxis]).ravel()
    flat[best + _COLUMNS * np.arange(len(best))] = 0.0
    likely = flat.argpartition(flat.size - width)[-width:] if flat.size > width else np.arange(flat.size)
    odds = flat[likely]
    order = (-odds).argsort()
    order = order[: np.count_nonzero(odds)]
    odds = odds[order]
    place, column = np.divmod(likely[order], _COLUMNS)
    found = [(best[np.newaxis], np.ones(1))]
    ways, weight, last = found[0][0].repeat(len(odds), axis=0), odds, place
    ways[np.arange(len(ways)), place] = column
    # Exchanges are added from left to right, so that each set of them is made once.
    weights = np.concatenate([found[0][1], odds])
    least = float(odds[width - 1]) if len(odds) >= width else 0.0
    while len(weight):
        found.append((ways, weight))
        reach = weight.max() * odds
        some = int((-reach).searchsorted(-least))  # odds beyond these make no set that is likely enough
        if not some:
            break
        products = weight[:, np.newaxis] * odds[:some]
        products *= place[:some] > last[:, np.newaxis]
        products = products.ravel()
        better = (products > least).nonzero()[0]
        if len(better) > width:
            better = better[products[better].argpartition(len(better) - width)[-width:]]
        of_set, of_single = np.divmod(better, some)
        weight = products[better]
        last = place[of_single]
        ways = ways[of_set]
        ways[np.arange(len(ways)), last] = column[of_single]
        weights = np.concatenate([weights, weight])
        if len(weights) > width:
            least = float(np.partition(weights, len(weights) - width)[-width])
    return np.concatenate([w for w, _ in found]), weights * highest.prod()


def _keys(ways: Ways) -> Keys:
    """Return the packed text of each way, 0 for one without characters or with more than a key holds."""
    backwards = np.ascontiguousarray(ways.T[::-1])
    behind = (backwards != NOTHING).cumsum(axis=0)
    keys: Keys = (_CODE_OF_COLUMN[backwards] * _POWER_OF_PLACE[np.minimum(behind, MAX_CHARACTERS + 1)]).sum(axis=0)
    if len(behind) > MAX_CHARACTERS:
        keys[behind[-1] > MAX_CHARACTERS] = 0
    return keys


def _merged(keys: Keys, probability: NDArray[np.float64]) -> tuple[Keys, NDArray[np.float64], NDArray[np.intp]]:
    """Return keys that differ, best first, their summed probabilities, and where each was first."""
    if not len(keys):
        return keys, probability, np.zeros(0, dtype=np.intp)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    total = np.add.reduceat(probability[order], starts)
    best = np.argsort(-total, kind="stable")
    starts = starts[best]
    return ordered[starts], total[best], order[starts]


def _shown(way: NDArray[np.intp], rows: NDArray[np.float64]) -> str:
    """Return the text of a way, of two characters with one glyph the more probable one."""
    twins = ((row, column, _TWIN_OF_DIGIT.get(column, column)) for row, column in zip(rows, way.tolist(), strict=True))
    return "".join(
        ALPHABET[twin if row[twin] > row[column] else column] for row, column, twin in twins if column != NOTHING
    )
