"""A reader's step-by-step scores and the probabilities of texts under them.

The reader gives log probabilities (T, 37) of 36 characters and blank at T steps (connectionist temporal
classification; Graves, Fernandez, Gomez and Schmidhuber, ICML 2006). The probability of a text is the sum over all
paths that spell it.
"""

from collections.abc import Sequence
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET, NOTHING

Floats = NDArray[np.float64]

CERTAIN: Final = 0.998
"""Neighbouring steps that are the same class with more than this probability count as one step; blanks that are so
probable part what lies before them from what lies behind them (`decoding`)."""

TINY: Final = 1e-300
"""Stands for a probability of 0 where that has no logarithm or no reciprocal."""


def soften(log_posteriors: NDArray[np.float32], temperature: float) -> Floats:
    """Return probabilities (T, 37) of log probabilities divided by `temperature` (> 0), each step's sum being 1."""
    scaled = log_posteriors.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    weights = np.exp(scaled)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def active_steps(log_posteriors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the steps (T, 37) without repetitions of certain classes: of each run the first one stays."""
    classes = log_posteriors.argmax(axis=1)
    certain = log_posteriors.max(axis=1) > log(CERTAIN)
    repeated = certain[1:] & certain[:-1] & (classes[1:] == classes[:-1])
    return log_posteriors[np.concatenate(([True], ~repeated))]


def best_path(steps: Floats) -> list[int]:
    """Return the codes spelled by the most probable class of each step."""
    classes = steps.argmax(axis=1)
    changed = np.concatenate(([True], classes[1:] != classes[:-1]))
    return [int(c) for c in classes[changed] if c != NOTHING]


def passes(steps: Floats, codes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return forward and backward weights (T, 2 L + 1).

    State 2 i is the blank before character i, state 2 i + 1 the character. forward[t, s] covers steps 0..t,
    backward[t, s] steps t..T-1, both with the emission at t. A product of a vector with a matrix is all that is done a
    step, because the loop's overhead is its cost. Nothing is scaled: the best path has at least 37 ** -T, which a double
    holds up to T = 190.
    """
    states = 2 * len(codes) + 1
    labels = np.full(states, NOTHING)
    labels[1::2] = codes
    emitted = steps[:, labels]
    moves = np.eye(states) + np.eye(states, k=1)
    leap = np.flatnonzero((labels[2:] != NOTHING) & (labels[2:] != labels[:-2]))
    moves[leap, leap + 2] = 1.0
    onward, back = moves * emitted[:, None, :], moves.T * emitted[:, None, :]
    forward, backward = np.zeros(emitted.shape), np.zeros(emitted.shape)
    forward[0, :2], backward[-1, -2:] = emitted[0, :2], emitted[-1, -2:]
    here = forward[0]
    for t in range(1, len(steps)):
        here = forward[t] = here.dot(onward[t])
    here = backward[-1]
    for t in range(len(steps) - 2, -1, -1):
        here = backward[t] = here.dot(back[t])
    return forward, backward


def text_probabilities(looks: Sequence[Floats], texts: Sequence[str]) -> Floats:
    """Return P(text) of each of M texts over ALPHABET under each of N looks, steps (T, 37) as of `soften`; (N, M).

    One forward pass runs over all looks and texts at once. Looks of fewer steps end in blanks, which change nothing.
    """
    total, length = max(len(steps) for steps in looks), max(len(text) for text in texts)
    padded = np.zeros((total, len(looks), NOTHING + 1))
    padded[..., NOTHING] = 1.0
    for k, steps in enumerate(looks):
        padded[: len(steps), k] = steps
    labels = np.full((len(texts), 2 * length + 1), NOTHING)
    for i, text in enumerate(texts):
        labels[i, 1 : 2 * len(text) : 2] = [ALPHABET.index(c) for c in text]
    # Two empty states lie before the first one, so that staying, moving on and leaping are three views of one array.
    leaps = np.zeros(labels.shape)
    leaps[:, 2:] = (labels[:, 2:] != NOTHING) & (labels[:, 2:] != labels[:, :-2])
    emitted = np.take(padded, labels, axis=2)
    held = np.zeros((*emitted.shape[1:3], labels.shape[1] + 2))
    weights, from_last, from_before = held[..., 2:], held[..., 1:-1], held[..., :-2]
    weights[..., :2] = emitted[0, ..., :2]
    arrived, leapt = np.empty(weights.shape), np.empty(weights.shape)
    for step in emitted[1:]:
        np.multiply(from_before, leaps, out=leapt)
        np.add(weights, from_last, out=arrived)
        arrived += leapt
        np.multiply(arrived, step, out=weights)
    ends = np.array([2 * len(text) for text in texts])
    every = np.arange(len(texts))
    in_character = np.where(ends > 0, weights[:, every, ends - 1], 0.0)
    return np.asarray(weights[:, every, ends] + in_character)
