"""The hidden places of a track: where, in all its reads, nobody ever saw whether a character stands there.

A read speaks of a place of the track's text where its own characters on both sides are those of the text. What hides a place mostly
stands still, so that many reads which could not see are worth no more than one: a place counts as empty only as far as the
clearest fifth of the reads that speak of it saw it empty, and a single lucky look among many is not enough.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.perception.hidden_characters import WORTH_SAYING, whole
from anpr.values import Hidden, Read, Readings
from anpr.vrm import NOTHING

CLEAREST: Final = 0.2
"""Share of the reads whose view of a place is taken, those that saw it clearest; a judgement."""

KEPT: Final = 64
"""Looks kept of each text; beyond that every second one goes, so that early and late ones stay."""

TEXTS: Final = 12
NEVER_LOOKED: Final = 0.05
"""Probability that a character stands at a place of which no read speaks; a judgement."""

_LEAST: Final = 1e-4


class HiddenPlaces:
    """What the reads of one track say of places where a character may be hidden."""

    __slots__ = ("_looks",)

    def __init__(self) -> None:
        self._looks: dict[str, list[list[float]]] = {}
        """Of each text, for each look the log odds of a hidden character at each place."""

    def add(self, read: Read) -> None:
        """Take in a read with a text."""
        looks = self._looks.setdefault(read.text, [])
        looks.append([_log_odds(chance) for chance in gaps_of(read)])
        if len(looks) > KEPT:
            del looks[::2]
        if len(self._looks) > TEXTS:
            rarest = min((text for text in self._looks if text != read.text), key=lambda text: len(self._looks[text]))
            del self._looks[rarest]

    def of(self, text: str) -> tuple[Hidden, ...]:
        """Return the places of the track's text where a character may be hidden."""
        if not text or not self._looks:
            return ()
        said: list[list[float]] = [[] for _ in range(len(text) + 1)]
        for other, looks in self._looks.items():
            for gap, theirs in _same_gaps(text, other):
                said[gap].extend([look[theirs] for look in looks])
        hidden = []
        for gap, chances in enumerate(said):
            probability = _clearest(chances) if chances else NEVER_LOOKED
            if probability >= WORTH_SAYING:
                hidden.append(Hidden(gap, probability))
        return tuple(hidden)


def gaps_of(read: Read) -> list[float]:
    """Return the probability of a hidden character at every place of the read's text, L + 1 of them."""
    gaps = [0.0] * (len(read.text) + 1)
    for one in read.hidden:
        if one.position < len(gaps):
            gaps[one.position] = one.probability
    return gaps


def _log_odds(chance: float) -> float:
    clipped = min(max(chance, _LEAST), 1.0 - _LEAST)
    return log(clipped / (1.0 - clipped))


def _clearest(log_odds: list[float]) -> float:
    """Return the probability at the quantile CLEAREST of some log odds, between two of them as numpy's quantile has it."""
    ordered = sorted(log_odds)
    at = CLEAREST * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return 1.0 / (1.0 + exp(-(ordered[below] + (at - below) * (ordered[above] - ordered[below]))))


@lru_cache(maxsize=4096)
def _same_gaps(text: str, other: str) -> tuple[tuple[int, int], ...]:
    """Return pairs of places of two texts that lie between the same characters, or at the same end."""
    if text == other:
        return tuple((i, i) for i in range(len(text) + 1))
    partner: dict[int, int] = {-1: -1, len(text): len(other)}
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and a1 - a0 == b1 - b0):
            partner.update(zip(range(a0, a1), range(b0, b1), strict=True))
    pairs = []
    for gap in range(len(text) + 1):
        before, after = partner.get(gap - 1), partner.get(gap)
        if before is not None and after is not None and after == before + 1:
            pairs.append((gap, after))
    return tuple(pairs)


def seen_confidence(read: Read) -> float:
    """Return the probability that a read's text is right in every character that was seen, whatever may be hidden."""
    return min(read.confidence / whole(read.hidden), 1.0)


def with_places(readings: Readings, hidden: Sequence[Hidden]) -> Readings:
    """Return readings whose probabilities are those of whole marks: each holds the doubt that a character is hidden."""
    share = whole(hidden)
    return tuple((text, probability * share) for text, probability in readings)


def lacking(read: Read, rows_before: int, unseen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a read says, (37,), of a character that it lacks and others have, `rows_before` of its rows before it.

    As far as its place was hidden it says nothing; else `unseen`, that there is none.
    """
    if not read.hidden:
        return unseen
    gap = int((read.probabilities[:rows_before].argmax(axis=1) != NOTHING).sum())
    chance = next((one.probability for one in read.hidden if one.position == gap), 0.0)
    return np.asarray((1.0 - chance) * unseen + chance / (NOTHING + 1))
