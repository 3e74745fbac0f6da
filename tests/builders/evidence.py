"""Evidence for the text of a plate: fused, as it comes to matching, and as a reader gives it step by step."""

import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from anpr.evidence import spell
from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, NOTHING


def evidence(
    text: str = "AB12CDE", doubts: Mapping[int, Mapping[str, float]] | None = None, certainty: float = 0.98
) -> CharacterProbabilities:
    """Evidence that says `text`; `doubts` gives at some positions the probabilities of characters (`_` is nothing).

    What the doubts of a position leave over is spread evenly over all of its columns.
    """
    table = spell(text, certainty)
    for position, chances in (doubts or {}).items():
        table[position] = (1.0 - sum(chances.values())) / (NOTHING + 1)
        for character, chance in chances.items():
            table[position, NOTHING if character == "_" else ALPHABET.index(character)] += chance
    return table


def posteriors(rng: np.random.Generator, steps: int, used: tuple[int, ...] = (0, 1, 2)) -> NDArray[np.float32]:
    """Random log posteriors over a few characters and blank; the other characters are all but impossible."""
    scores = np.full((steps, NOTHING + 1), -40.0)
    for column in (*used, NOTHING):
        scores[:, column] = rng.normal(0, 2, steps)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)


def every_text(log_posteriors: NDArray[np.float32], used: tuple[int, ...] = (0, 1, 2)) -> dict[str, float]:
    """P(text) of each text by adding up all paths, one by one."""
    steps = np.exp(log_posteriors.astype(np.float64))
    sums: dict[str, float] = {}
    for path in itertools.product((*used, NOTHING), repeat=len(steps)):
        text = "".join(ALPHABET[c] for c, _ in itertools.groupby(path) if c != NOTHING)
        sums[text] = sums.get(text, 0.0) + float(np.prod(steps[np.arange(len(path)), path]))
    return sums


def spelled(text: str, doubt: dict[int, tuple[str, float]] | None = None, steps: int = 160) -> NDArray[np.float32]:
    """Log posteriors that spell a text, 5 steps a character with the character on two; a doubtful one on one."""
    p = np.full((steps, NOTHING + 1), 1e-7)
    p[:, NOTHING] = 1.0
    for i, character in enumerate(text):
        other, share = (doubt or {}).get(i, (character, 0.0))
        for step in (10 + 5 * i, 11 + 5 * i)[: 1 if share else 2]:
            p[step, NOTHING] = 1e-6
            p[step, ALPHABET.index(other)] = share
            p[step, ALPHABET.index(character)] = 1.0 - share
    return np.asarray(np.log(p / p.sum(axis=1, keepdims=True)), np.float32)
