"""Places of a mark where a character may stand that was not seen: which of them count, and how they are shown and said."""

from collections.abc import Sequence
from math import prod
from typing import Final

from anpr.values import Hidden, Sighting

SYMBOL: Final = "▯"
"""Stands for a character that may be there and was not seen."""

LEAST: Final = 0.01
"""A place less probable than this is none. One mark in a hundred is also what a hit may be wrong that counts as confirmed by
evidence (`anpr.alerting.lifecycle.AlertSettings`): with a place of this probability or more it cannot."""


def places(hidden: Sequence[Hidden], length: int) -> tuple[Hidden, ...]:
    """Return the places that count, in their order, each within a text of `length` characters and one for each position.

    >>> places([Hidden(0, 0.9), Hidden(9, 0.3), Hidden(2, 0.001)], 6)
    (Hidden(position=0, probability=0.9), Hidden(position=6, probability=0.3))
    """
    found: dict[int, float] = {}
    for one in hidden:
        if one.probability >= LEAST:
            at = min(max(one.position, 0), length)
            found[at] = max(found.get(at, 0.0), min(one.probability, 1.0))
    return tuple(Hidden(at, chance) for at, chance in sorted(found.items()))


def doubt(hidden: Sequence[Hidden]) -> float:
    """Return the probability that a character stands at any of these places."""
    return 1.0 - prod(1.0 - one.probability for one in hidden)


def confidence_of_seen(sighting: Sighting) -> float:
    """Return the probability that what was seen of a mark is right in every character, whether or not it is all of it.

    The sighting's own confidence is that of the whole mark, so that of a mark with a character hidden it is always low.
    """
    whole = 1.0 - doubt(sighting.hidden)
    if whole < LEAST:
        return float(sighting.probabilities.max(axis=1).prod()) if len(sighting.probabilities) else sighting.confidence
    return min(1.0, sighting.confidence / whole)


def marked(text: str, hidden: Sequence[Hidden]) -> str:
    """Return the text with a symbol at each place where a character may be hidden.

    >>> marked("K64AGY", [Hidden(0, 0.9)]), marked("RK64AY", [Hidden(5, 0.5)])
    ('▯K64AGY', 'RK64A▯Y')
    """
    shown = list(text)
    for one in reversed(places(hidden, len(text))):
        shown.insert(one.position, SYMBOL)
    return "".join(shown)


def marked_of(sighting: Sighting) -> str:
    """Return the text of a sighting so."""
    return marked(sighting.text, sighting.hidden)


def in_words(text: str, hidden: Sequence[Hidden]) -> str:
    """Return what is said of the hidden places of a text, nothing where there are none.

    >>> in_words("K64AGY", [Hidden(0, 0.9)])
    'a character may be hidden before K'
    """
    where = [_where(text, one.position) for one in places(hidden, len(text))]
    return f"a character may be hidden {' and '.join(where)}" if where else ""


def _where(text: str, position: int) -> str:
    if not text:
        return "in the mark"
    if position == 0:
        return f"before {text[0]}"
    if position == len(text):
        return f"after {text[-1]}"
    return f"between {text[position - 1]} and {text[position]}"
