"""The probability that a vehicle is a listed one, from readings of its plate and from how common marks are.

Bayes' rule over the vehicles on the road: a reading's weight is its probability times the part of such texts that
exist (1 for a listed one). The weights are divided by their sum, so a reading that competes with a likelier listed one
loses, and of many improbable readings none becomes probable by chance alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, fold
from hotlists.density import TYPICAL_SHARE, existing_shares
from hotlists.keys import BASE, MAX_CHARACTERS, POWERS, Keys, unpack

MISSING_CHARACTER: Final = 0.01
"""Prior probability that a plate has one character more than all readings show (cut off, hidden, a lost 1)."""

EXTRA_CHARACTER: Final = 0.005
"""Prior probability that a plate has one character fewer than all readings show (a screw, an edge read as 1)."""

_INSERTED: Final = np.array(sorted({ALPHABET.index(fold(c)) + 1 for c in ALPHABET}), dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Hypotheses:
    """Texts that the plate may show: folded keys, probability, share of such texts that exist, reading it came from."""

    keys: Keys
    probability: NDArray[np.float64]
    share: NDArray[np.float64]
    reading: NDArray[np.intp]


def of_readings(keys: Keys, probability: NDArray[np.float64]) -> Hypotheses:
    """Return the readings themselves as hypotheses."""
    return Hypotheses(keys, probability, existing_shares(keys), np.arange(len(keys)))


def with_one_more_or_less(readings: Hypotheses, floor: float) -> Hypotheses | None:
    """Return the hypotheses that one character is missing or extra in a reading, or None when none could matter.

    They matter only when the readings fit no layout well, since otherwise nothing speaks for them: none is made when
    a listed one would stay below `floor`.
    """
    competing = float((readings.probability * readings.share).sum())
    parts: list[Hypotheses] = []
    for index in range(min(2, len(readings.keys))):
        key, probability = int(readings.keys[index]), float(readings.probability[index])
        length = len(unpack(key))
        if probability * EXTRA_CHARACTER / max(1, length) < floor * competing:
            continue
        longer = _longer(key, length) if length < MAX_CHARACTERS else _NONE
        shorter = _shorter(key, length) if length > 1 else _NONE
        for keys, prior in ((longer, MISSING_CHARACTER), (shorter, EXTRA_CHARACTER)):
            if len(keys):
                each = np.full(len(keys), probability * prior / len(keys))
                parts.append(Hypotheses(keys, each, existing_shares(keys), np.full(len(keys), index)))
    if not parts:
        return None
    return joined(*parts)


def joined(*parts: Hypotheses) -> Hypotheses:
    """Return the hypotheses of all parts, in their order."""
    return Hypotheses(
        np.concatenate([p.keys for p in parts]),
        np.concatenate([p.probability for p in parts]),
        np.concatenate([p.share for p in parts]),
        np.concatenate([p.reading for p in parts]),
    )


def posterior(hypotheses: Hypotheses, listed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the probability of each hypothesis, given which of them are on a list.

    What the hypotheses leave of the probability counts as texts of current marks that are not listed.
    """
    weights = hypotheses.probability * np.where(listed, 1.0, hypotheses.share)
    rest = max(0.0, 1.0 - float(hypotheses.probability.sum())) * TYPICAL_SHARE
    total = float(weights.sum()) + rest
    return weights / total if total > 0.0 else weights


_NONE: Final[Keys] = np.zeros(0, dtype=np.uint64)


def _longer(key: int, length: int) -> Keys:
    """Return the keys with each character put in at each place; each text once for each way to make it."""
    made = []
    for place in range(length + 1):
        tail = key % BASE**place
        head = key // BASE**place
        made.append(np.uint64(head * BASE ** (place + 1) + tail) + _INSERTED * POWERS[place])
    return np.concatenate(made)


def _shorter(key: int, length: int) -> Keys:
    """Return the keys with each one character left out."""
    return np.array(
        [key // BASE ** (place + 1) * BASE**place + key % BASE**place for place in range(length)], dtype=np.uint64
    )
