"""Aligns the characters of two reads of a plate, and tells whether they are of the same plate.

A global alignment by dynamic programming (Needleman and Wunsch, 1970) on log odds: two positions that hold the same
character against two that hold any; a character that one read has and the other lacks costs a gap. At either end, where
plates are cut off by a tight crop or stand half hidden behind something, the first gap costs less and more of them hardly
more (affine gaps; Gotoh, 1982).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.values import CharacterProbabilities
from anpr.vrm import NOTHING

MISSED: Final = 0.02
"""Probability that a reader drops or adds a character inside a plate that it otherwise reads."""

MISSED_AT_END: Final = 0.06
"""The same at the first or last character."""

MORE_AT_END: Final = 0.4
"""Probability that, where characters are missing at an end, the next one is missing as well."""

LEAST_MATCH: Final = 1e-4
"""Least odds for two positions that have nothing in common."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of positions (in the reference, in the read), None where one of them has no such character.

    `log_odds` compares "both are of one plate" with "they are of two unrelated plates", natural logarithm.
    """

    pairs: tuple[tuple[int | None, int | None], ...]
    log_odds: float


def align(reference: CharacterProbabilities, read: CharacterProbabilities) -> Alignment:
    """Align a read with a reference, both of shape (positions, 37)."""
    rows, columns = len(reference), len(read)
    match = _match_scores(reference, read)
    if rows == columns and rows:
        straight = match.diagonal()
        # each row can give no more than its greatest score, and gaps only cost: nothing can beat the straight pairing
        if straight.min() > 0.0 and bool((straight >= match.max(axis=1)).all()):
            return Alignment(tuple((i, i) for i in range(rows)), float(straight.sum()))
    return _aligned(reference, read, match.tolist())


def _aligned(reference: CharacterProbabilities, read: CharacterProbabilities, match: list[list[float]]) -> Alignment:
    rows, columns = len(reference), len(read)
    drop, add = _gap_scores(reference), _gap_scores(read)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    best[0] = _end_scores(read)
    for i, score in enumerate(_end_scores(reference)):
        best[i][0] = score
    for i in range(1, rows + 1):
        above, here, gap = best[i - 1], best[i], drop[i - 1]
        diagonal, left = above[0], here[0]
        for j, (score, more, over) in enumerate(zip(match[i - 1], add, above[1:], strict=True), start=1):
            most = diagonal + score
            if over + gap > most:  # noqa: PLR1730  (half the time of max here)
                most = over + gap
            if left + more > most:  # noqa: PLR1730
                most = left + more
            here[j] = left = most
            diagonal = over
    # the last characters of one of them may be missing in the other
    after_rows, after_columns = _end_scores(reference[::-1])[::-1], _end_scores(read[::-1])[::-1]
    ends = [(best[i][columns] + after_rows[i], i, columns) for i in range(rows + 1)]
    ends += [(best[rows][j] + after_columns[j], rows, j) for j in range(columns)]
    log_odds, i, j = max(ends)
    rest = [*((k, None) for k in range(i, rows)), *((None, k) for k in range(j, columns))]
    return Alignment((*_trace(best, match, drop, i, j), *rest), log_odds)


def _trace(
    best: list[list[float]], match: list[list[float]], drop: list[float], i: int, j: int
) -> tuple[tuple[int | None, int | None], ...]:
    """Return the pairs on the best way from the start to row i and column j."""
    pairs: list[tuple[int | None, int | None]] = []
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + match[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif best[i][j] == best[i - 1][j] + drop[i - 1]:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    first = [*((k, None) for k in range(i)), *((None, k) for k in range(j))]
    return (*first, *reversed(pairs))


def _match_scores(reference: CharacterProbabilities, read: CharacterProbabilities) -> NDArray[np.float64]:
    """Log odds of "the same position" for each pair: the same character on both, or on both nothing.

    A position that is probably empty is no match for one that holds a character, whatever it might hold itself.
    """
    same = _smoothed(reference) @ _smoothed(read).T * NOTHING
    same += np.outer(reference[:, NOTHING], read[:, NOTHING])
    scores: NDArray[np.float64] = np.log(np.maximum(same, LEAST_MATCH))
    return scores


def _smoothed(table: CharacterProbabilities) -> NDArray[np.float64]:
    characters = table[:, :NOTHING].astype(np.float64)
    there = characters.sum(axis=1, keepdims=True)
    smooth: NDArray[np.float64] = (characters + 0.01 * there / NOTHING) / 1.01
    return smooth


def _gap_scores(table: CharacterProbabilities) -> list[float]:
    last = len(table) - 1
    return [
        math.log(max(absent, MISSED_AT_END if position in {0, last} else MISSED))
        for position, absent in enumerate(table[:, NOTHING].tolist())
    ]


def _end_scores(table: CharacterProbabilities) -> list[float]:
    """Return the cost of leaving out the first 0, 1, 2, ... characters."""
    scores, spent, open_gap = [0.0], 0.0, False
    for absent in table[:, NOTHING].tolist():
        least = MORE_AT_END if open_gap else MISSED_AT_END
        open_gap = open_gap or absent < 0.5
        spent += math.log(max(absent, least))
        scores.append(spent)
    return scores
