"""From a reader's step-by-step scores to a text, its probability and a probability for every character.

The reader gives log probabilities (T, 37) of 36 characters and blank at T steps (connectionist temporal
classification; Graves, Fernandez, Gomez and Schmidhuber, ICML 2006). The probability of a text is the sum over all
paths that spell it. `decode` finds the best text and then, by one forward and one backward pass around it, the
exact probability of every text that differs from it in one place: one character replaced, left out or added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, MAX_LENGTH, NOTHING

Floats = NDArray[np.float64]

CERTAIN: Final = 0.998
"""Neighbouring steps that are the same class with more than this probability count as one step."""

WORTH_A_PLACE: Final = 0.01
"""An added character gets a position of its own in the evidence from this probability on."""

CANDIDATE: Final = 3e-4
"""Characters that no step holds for more probable than this are not tried as edits."""

_TINY: Final = 1e-300
_TRIES: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The best text, its probability P(text) over all texts, and the probabilities of each position."""

    text: str
    probability: float
    probabilities: CharacterProbabilities


def soften(log_posteriors: NDArray[np.float32], temperature: float) -> Floats:
    """Return probabilities (T, 37) of log probabilities divided by `temperature` (> 0), each step's sum being 1."""
    scaled = log_posteriors.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    weights = np.exp(scaled)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def active_steps(steps: Floats) -> Floats:
    """Return the steps without repetitions of certain classes: of each run the first one stays."""
    classes = steps.argmax(axis=1)
    certain = steps[np.arange(len(steps)), classes] > CERTAIN
    kept = np.ones(len(steps), bool)
    kept[1:] = ~(certain[1:] & certain[:-1] & (classes[1:] == classes[:-1]))
    return steps[kept]


def best_path(steps: Floats) -> list[int]:
    """Return the codes spelled by the most probable class of each step."""
    classes = steps.argmax(axis=1)
    changed = np.concatenate(([True], classes[1:] != classes[:-1]))
    return [int(c) for c in classes[changed] if c != NOTHING]


def _passes(steps: Floats, codes: NDArray[np.int64]) -> tuple[Floats, Floats]:
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


def _spans(steps: Floats, candidates: NDArray[np.int64]) -> Floats:
    """Return the probability that the candidate k is emitted at every step from t to u, (K, T, T), 0 where u < t."""
    logs = np.cumsum(np.log(np.maximum(steps[:, candidates], _TINY)), axis=0).T
    start = np.concatenate((np.zeros((len(candidates), 1)), logs[:, :-1]), axis=1)
    spans = np.exp(np.minimum(logs[:, None, :] - start[:, :, None], 0.0))
    spans *= np.tri(len(steps)).T
    return np.asarray(spans)


def _edits(
    steps: Floats, codes: NDArray[np.int64], candidates: NDArray[np.int64], spans: Floats
) -> tuple[float, Floats, Floats, Floats]:
    """Return P(text), and the probabilities of all texts one edit away, relative to P(text).

    Only the K `candidates` (codes) are tried as new characters; `spans` are theirs (`_spans`).

    The three arrays are: character i replaced by c, (L, K), which for the character itself is 1; character i left
    out, (L,); c added in gap i (before character i, the last at the end), (L + 1, K).
    """
    total, length = len(steps), len(codes)
    forward, backward = _passes(steps, codes)
    p = max(float(forward[-1, -2:].sum()), _TINY)
    # Row t: the weights of what came before step t, and of what comes from step t on. Row 0 has nothing before it but
    # a virtual character, row T nothing after it but another. Both halves are brought to the base P(text).
    before, after = np.zeros((total + 1, 2 * length + 2)), np.zeros((total + 1, 2 * length + 2))
    before[0, 0], after[total, -1] = 1.0, 1.0 / p
    before[1:, 1:] = forward
    np.divide(backward, p, out=after[:total, :-1])
    left_character, left_blank = before[:, 0::2], before[:, 1::2]  # of gap i, (T + 1, L + 1)
    right_blank, right_character = after[:, 0::2], after[:, 1::2]
    left_code, right_code = np.concatenate(([-1], codes)), np.concatenate((codes, [-1]))
    may_follow, may_lead = left_code[:, None] != candidates, right_code[:, None] != candidates
    targets = np.concatenate((right_blank[1:], right_character[1:]), axis=1)
    by_blank, by_character = np.split(np.matmul(spans, targets), 2, axis=2)
    onward = by_blank + by_character * may_lead.T[:, None, :]

    def through(first: int) -> Floats:
        """Sum over all spans from the gap i to the gap i + first: (gaps, K)."""
        stop = length + 1 - first
        ahead_of = onward[:, :, first:]
        found = (left_blank[:total, :stop] * ahead_of).sum(axis=1).T
        return np.asarray(found + (left_character[:total, :stop] * ahead_of).sum(axis=1).T * may_follow[:stop])

    skip = left_code[:-1] != np.concatenate((codes[1:], [-2])) if length else np.zeros(0, bool)
    reached = left_blank[:, :-1] + left_character[:, :-1] * skip
    left_out = (reached * right_character[:, 1:]).sum(axis=0)
    return p, through(1), left_out, through(0)


def decode(log_posteriors: NDArray[np.float32], *, temperature: float = 1.0) -> Decoded:
    """Return the best text of log posteriors (T, 37), its probability and the evidence of each position.

    Starts from the best path and moves to a text one edit away for as long as that is more probable. Positions are
    the characters of the text and, between them, those added characters that are not improbable; at most
    MAX_LENGTH, the least certain of the added ones going first.
    """
    return decode_steps(active_steps(soften(log_posteriors, temperature)))


def decode_steps(steps: Floats) -> Decoded:
    """Return what `decode` does, of active steps (T, 37)."""
    codes = np.asarray(best_path(steps), np.int64)
    candidates = np.flatnonzero(steps[:, :NOTHING].max(axis=0) > CANDIDATE)
    if len(candidates) == 0:
        return Decoded("", float(np.prod(steps[:, NOTHING])), np.zeros((0, NOTHING + 1), np.float32))
    spans = _spans(steps, candidates)
    for tries_left in reversed(range(_TRIES)):
        probability, replaced, left_out, added = _edits(steps, codes, candidates, spans)
        better = _better(codes, candidates, replaced, left_out, added) if tries_left else None
        if better is None:
            break
        codes = better
    table = _evidence(candidates, replaced, left_out, added)
    return Decoded("".join(ALPHABET[c] for c in codes[:MAX_LENGTH]), min(probability, 1.0), table)


def _evidence(
    candidates: NDArray[np.int64], replaced: Floats, left_out: Floats, added: Floats
) -> CharacterProbabilities:
    """Return the rows (positions, 37) of the characters and of the added ones that are worth a place, from left to right."""
    own = np.zeros((len(replaced), NOTHING + 1))
    own[:, candidates], own[:, NOTHING] = replaced, left_out
    own /= np.maximum(own.sum(axis=1, keepdims=True), _TINY)
    totals = added.sum(axis=1)
    gaps = np.flatnonzero(totals > WORTH_A_PLACE)
    if len(own) + len(gaps) > MAX_LENGTH:
        room = max(MAX_LENGTH - len(own), 0)
        gaps = np.sort(gaps[np.argsort(-totals[gaps], kind="stable")[:room]])
    extra = np.zeros((len(gaps), NOTHING + 1))
    extra[:, candidates], extra[:, NOTHING] = added[gaps], 1.0
    extra /= 1.0 + totals[gaps, None]
    return np.insert(own, gaps, extra, axis=0)[:MAX_LENGTH].astype(np.float32)


def _better(
    codes: NDArray[np.int64], candidates: NDArray[np.int64], replaced: Floats, left_out: Floats, added: Floats
) -> NDArray[np.int64] | None:
    """Return the best text one edit away if it is more probable, else None."""
    choices = [(float(added.max()), "add")]
    if len(codes):
        choices += [(float(replaced.max()), "replace"), (float(left_out.max()), "leave out")]
    gain, edit = max(choices)
    if gain <= 1.0 + 1e-6:
        return None
    if edit == "add":
        place, code = np.unravel_index(int(added.argmax()), added.shape)
        return np.insert(codes, int(place), candidates[int(code)])
    if edit == "replace":
        place, code = np.unravel_index(int(replaced.argmax()), replaced.shape)
        changed = codes.copy()
        changed[int(place)] = candidates[int(code)]
        return changed
    return np.delete(codes, int(left_out.argmax()))
