"""The read mark beside the list's mark, character by character, so that a difference cannot be overlooked."""

from collections.abc import Sequence
from typing import Final

from anpr.hidden import SYMBOL, marked, places
from anpr.screen.moment import Cell
from anpr.values import Hidden
from anpr.vrm import fold

LONGEST: Final = 24
"""Characters that are compared; a longer mark is no mark, and the rest of it is not looked at."""


def compare(
    read: str, listed: str, probabilities: tuple[float, ...], hidden: Sequence[Hidden] = ()
) -> tuple[Cell, ...]:
    """Align two marks with the fewest differences and return one cell for each place.

    `probabilities` holds one for each character of `read` (missing ones count as 0). `listed` may hold the wildcards
    `?` (one character) and `*` (any number). `hidden` are places of `read` where a character may be that was not seen: what
    the list has there is no difference.

    >>> [cell.agreement for cell in compare("AB51CDE", "AB51CDF", (1.0,) * 7)]
    ['same', 'same', 'same', 'same', 'same', 'same', 'differs']
    """
    if found := places(hidden, len(read)):
        chances = [*probabilities, *(0.0 for _ in range(len(read) - len(probabilities)))]
        for one in reversed(found):
            chances.insert(one.position, 0.0)
        read, probabilities = marked(read, found), tuple(chances)
    read, listed = read[:LONGEST], listed[:LONGEST]
    costs = _costs(read, listed)
    cells: list[Cell] = []
    i, j = len(read), len(listed)
    while i or j:
        wild = j and listed[j - 1] == "*"
        if i and j and not wild and costs[i][j] == costs[i - 1][j - 1] + _differ(read[i - 1], listed[j - 1]):
            i, j = i - 1, j - 1
            cells.append(Cell(read[i], listed[j], _agreement(read[i], listed[j]), _at(probabilities, i)))
        elif i and wild and costs[i][j] == costs[i - 1][j]:
            i -= 1
            cells.append(Cell(read[i], "*", "wildcard", _at(probabilities, i)))
        elif wild:
            j -= 1
        elif i and costs[i][j] == costs[i - 1][j] + _alone(read[i - 1]):
            i -= 1
            cells.append(Cell(read[i], "", "unseen" if read[i] == SYMBOL else "extra", _at(probabilities, i)))
        else:
            j -= 1
            cells.append(Cell("", listed[j], "missing", 0.0))
    return tuple(reversed(cells))


def _costs(read: str, listed: str) -> list[list[int]]:
    """Return the edit distance of each pair of beginnings; `*` costs nothing whatever it covers."""
    costs = [[0] * (len(listed) + 1) for _ in range(len(read) + 1)]
    for i in range(len(read) + 1):
        for j in range(len(listed) + 1):
            if i == 0 or j == 0:
                costs[i][j] = sum(map(_alone, read[:i])) + sum(c != "*" for c in listed[:j])
            if j and listed[j - 1] == "*":
                costs[i][j] = min([costs[i][j - 1], *([costs[i - 1][j]] if i else [])])
            elif i and j:
                costs[i][j] = min(
                    costs[i - 1][j - 1] + _differ(read[i - 1], listed[j - 1]),
                    costs[i - 1][j] + _alone(read[i - 1]),
                    costs[i][j - 1] + 1,
                )
    return costs


def _differ(read: str, listed: str) -> int:
    return int(listed != "?" and read != SYMBOL and fold(read) != fold(listed))


def _alone(read: str) -> int:
    """What it costs that the list has nothing where this was read; where a character may be hidden nothing may be."""
    return int(read != SYMBOL)


def _agreement(read: str, listed: str) -> str:
    if read == SYMBOL:
        return "unseen"
    if read == listed:
        return "same"
    if listed == "?":
        return "wildcard"
    return "looks_same" if fold(read) == fold(listed) else "differs"


def _at(probabilities: tuple[float, ...], index: int) -> float:
    return probabilities[index] if index < len(probabilities) else 0.0
