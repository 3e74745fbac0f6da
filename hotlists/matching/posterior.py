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
from hotlists.keys import BASE, MAX_CHARACTERS, POWERS, Keys, unpack
from hotlists.matching.density import TYPICAL_SHARE, existing_shares

MISSING_CHARACTER: Final = 0.01
"""Prior probability that a plate has one character more than all readings show (cut off, hidden, a lost 1)."""

EXTRA_CHARACTER: Final = 0.005
"""Prior probability that a plate has one character fewer than all readings show (a screw, an edge read as 1)."""

_INSERTED: Final = np.array(sorted({ALPHABET.index(fold(c)) + 1 for c in ALPHABET}), dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Hypotheses:
    """Texts that the plate may show: folded keys, their probability, and the share of such texts that exist."""

    keys: Keys
    probability: NDArray[np.float64]
    share: NDArray[np.float64]


def hypotheses(keys: Keys, probability: NDArray[np.float64]) -> Hypotheses:
    """Return hypotheses with the shares that belong to their texts."""
    return Hypotheses(keys, probability, existing_shares(keys))


def one_more_or_less(readings: Hypotheses, floor: float) -> tuple[Keys, NDArray[np.float64]]:
    """Return the texts with one character more or less than a likely reading, and their probabilities.

    There are none where a listed one would stay below `floor`: only readings that fit no layout well leave room.
    """
    competing = float(readings.probability @ readings.share)
    found: list[tuple[Keys, float]] = []
    for key, probability in zip(readings.keys[:2].tolist(), readings.probability[:2].tolist(), strict=True):
        length = len(unpack(key))
        if probability * EXTRA_CHARACTER / max(1, length) < floor * competing:
            continue
        if length < MAX_CHARACTERS:
            found.append((_longer(key, length), probability * MISSING_CHARACTER))
        if length > 1:
            found.append((_shorter(key, length), probability * EXTRA_CHARACTER))
    if not found:
        return _NONE, _NO_CHANCE
    each = [np.full(len(keys), prior / len(keys)) for keys, prior in found]
    return np.concatenate([keys for keys, _ in found]), np.concatenate(each)


def joined(*parts: Hypotheses) -> Hypotheses:
    """Return the hypotheses of all parts, in their order."""
    return Hypotheses(
        np.concatenate([p.keys for p in parts]),
        np.concatenate([p.probability for p in parts]),
        np.concatenate([p.share for p in parts]),
    )


def posterior(texts: Hypotheses, listed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the probability of each hypothesis, given which of them are on a list.

    What the hypotheses leave of the probability counts as texts of current marks that are not listed.
    """
    weights = texts.probability * np.where(listed, 1.0, texts.share)
    rest = max(0.0, 1.0 - float(texts.probability.sum())) * TYPICAL_SHARE
    total = float(weights.sum()) + rest
    return weights / total if total > 0.0 else weights


_NONE: Final[Keys] = np.zeros(0, dtype=np.uint64)
_NO_CHANCE: Final[NDArray[np.float64]] = np.zeros(0)


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
