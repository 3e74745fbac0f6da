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

CERTAIN_BLANK: Final = 0.9995
"""Neighbouring steps that are blank with more than this probability count as one step."""

WORTH_A_PLACE: Final = 0.01
"""An added character gets a position of its own in the evidence from this probability on."""

CANDIDATE: Final = 1e-4
"""Characters that no step holds for more probable than this are not tried as edits."""

_TINY: Final = 1e-30
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
    """Return the steps without repetitions of certain blanks: of each run the least certain one stays."""
    blank = steps[:, NOTHING]
    certain = blank > CERTAIN_BLANK
    if not certain.any():
        return steps
    starts = np.flatnonzero(~(certain & np.concatenate(([False], certain[:-1]))))
    least = np.minimum.reduceat(np.where(certain, blank, 2.0), starts)
    keep = np.ones(len(steps), bool)
    runs = np.cumsum(~(certain & np.concatenate(([False], certain[:-1])))) - 1
    keep[certain] = False
    kept_in_run: dict[int, int] = {}
    for step in np.flatnonzero(certain):
        run = int(runs[step])
        if run not in kept_in_run and blank[step] <= least[run]:
            kept_in_run[run] = int(step)
    keep[list(kept_in_run.values())] = True
    return steps[keep]


def best_path(steps: Floats) -> list[int]:
    """Return the codes spelled by the most probable class of each step."""
    classes = steps.argmax(axis=1)
    changed = np.concatenate(([True], classes[1:] != classes[:-1]))
    return [int(c) for c in classes[changed] if c != NOTHING]


def _passes(steps: Floats, codes: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return forward and backward weights (T, 2 L + 1) and the logarithms of the scales taken out of them, (2, T).

    State 2 i is the blank before character i, state 2 i + 1 the character. forward[t, s] covers steps 0..t,
    backward[t, s] steps t..T-1, both with the emission at t. Both run in one loop, the backward one on everything
    reversed, because the loop's overhead is its cost.
    """
    total, states = len(steps), 2 * len(codes) + 1
    labels = np.full(states, NOTHING)
    labels[1::2] = codes
    emitted = steps[:, labels]
    both = np.stack((emitted, emitted[::-1, ::-1]), axis=1)
    leap = np.zeros((2, states))
    if states > 3:
        may = (labels[2:] != NOTHING) & (labels[2:] != labels[:-2])
        leap[0, 2:] = may
        leap[1, 2:] = may[::-1]
    weights = np.zeros((total, 2, states + 2))
    scales = np.zeros((total, 2))
    weights[0, :, 2:4] = both[0, :, :2]
    for t in range(total):
        now = weights[t, :, 2:]
        if t:
            before = weights[t - 1]
            np.multiply(before[:, :-2], leap, out=now)
            now += before[:, 1:-1]
            now += before[:, 2:]
            now *= both[t]
        scale = now.sum(axis=1)
        np.maximum(scale, _TINY, out=scale)
        now /= scale[:, None]
        scales[t] = scale
    logs = np.log(scales)
    return weights[:, 0, 2:], weights[::-1, 1, :1:-1], logs.T


def log_probability(steps: Floats, codes: Sequence[int]) -> float:
    """Return log P(text) of codes under steps (T, 37); -inf when no path can spell them."""
    forward, _, logs = _passes(steps, np.asarray(codes, np.int64))
    last = float(forward[-1, -2:].sum()) if len(codes) else float(forward[-1, -1])
    if last <= 0 or float(logs[0].min()) <= np.log(_TINY) + 1e-9:
        return float("-inf")
    return float(np.log(last) + logs[0].sum())


def score(log_posteriors: NDArray[np.float32], texts: Sequence[str], *, temperature: float = 1.0) -> Floats:
    """Return log P(text) of each text over ALPHABET under log posteriors (T, 37)."""
    steps = active_steps(soften(log_posteriors, temperature))
    return np.array([log_probability(steps, [ALPHABET.index(c) for c in text]) for text in texts])


def _edits(
    steps: Floats, codes: NDArray[np.int64], candidates: NDArray[np.int64]
) -> tuple[float, Floats, Floats, Floats]:
    """Return log P(text), and the probabilities of all texts one edit away, relative to P(text).

    Only the K `candidates` (codes) are tried as new characters.

    The three arrays are: character i replaced by c, (L, K), which for the character itself is 1; character i left
    out, (L,); c added in gap i (before character i, the last at the end), (L + 1, K).
    """
    total, length = len(steps), len(codes)
    forward, backward, logs = _passes(steps, codes)
    ends = float(forward[-1, -2:].sum()) if length else float(forward[-1, -1])
    log_p = float(np.log(max(ends, _TINY)) + logs[0].sum())
    # True values are forward * exp(cumulated logs); those are brought to one base so that products are P / P(text).
    ahead = np.concatenate(([0.0], np.cumsum(logs[0])))
    behind = np.concatenate((np.cumsum(logs[1])[::-1], [0.0]))
    joint = np.exp(np.clip(ahead[1:] + behind[1:] - log_p, -600, 600))
    # Before step t: in state s after t - 1 steps. Row 0 is the start, where only "nothing yet" is possible.
    before = np.zeros((total + 1, 2 * length + 3))
    before[1:, 2:] = forward
    before[0, 1] = 1.0  # a virtual character before the text, left without a condition
    after = np.zeros((total + 1, 2 * length + 3))
    after[:total, :-2] = backward
    after[total, -2] = 1.0  # and one after it
    # Column k + 2 of before, and column k of after, belong to state k; the virtual ones are before[:, 1], after[:, -2].
    left_character = before[:, 1::2]  # (T + 1, L + 1): the character before gap i
    left_blank = before[:, 2::2]  # the blank of gap i
    right_character = after[:, 1::2]  # the character after gap i
    right_blank = after[:, 0:-1:2]  # the blank of gap i
    slots = 2 * length + 1
    source, target = np.zeros((total + 1, slots)), np.zeros((total + 1, slots))
    source_skip, target_skip = np.zeros((total + 1, slots)), np.zeros((total + 1, slots))
    source[:, 0::2], source_skip[:, 0::2] = left_blank, left_character
    target[:, 0::2], target_skip[:, 0::2] = right_blank, right_character
    source[:, 1::2], source_skip[:, 1::2] = left_blank[:, :-1], left_character[:, :-1]
    target[:, 1::2], target_skip[:, 1::2] = right_blank[:, 1:], right_character[:, 1:]
    left_code = np.concatenate(([-1], codes))
    right_code = np.concatenate((codes, [-1]))
    alphabet = candidates
    may_leave, may_enter = np.ones((slots, len(candidates))), np.ones((slots, len(candidates)))
    may_enter[0::2] = left_code[:, None] != alphabet
    may_leave[0::2] = right_code[:, None] != alphabet
    may_enter[1::2] = left_code[:-1, None] != alphabet
    may_leave[1::2] = right_code[1:, None] != alphabet
    inside = np.zeros((slots, len(candidates)))
    found = np.zeros((slots, len(candidates)))
    emitted = steps[:, candidates] * np.exp(-logs[0])[:, None]
    for t in range(total):
        inside += source[t][:, None] + source_skip[t][:, None] * may_enter
        inside *= emitted[t]
        found += inside * ((target[t + 1][:, None] + target_skip[t + 1][:, None] * may_leave) * joint[t])
    del_joint = np.exp(np.clip(ahead + behind - log_p, -600, 600))[:, None]
    skip = np.concatenate(([-1], codes[:-1])) != np.concatenate((codes[1:], [-2])) if length else np.zeros(0, bool)
    left_out = ((left_blank[:, :-1] + left_character[:, :-1] * skip) * right_character[:, 1:] * del_joint).sum(axis=0)
    return log_p, found[1::2], left_out, found[0::2]


def decode(log_posteriors: NDArray[np.float32], *, temperature: float = 1.0) -> Decoded:
    """Return the best text of log posteriors (T, 37), its probability and the evidence of each position.

    Starts from the best path and moves to a text one edit away for as long as that is more probable. Positions are
    the characters of the text and, between them, those added characters that are not improbable; at most
    MAX_LENGTH, the least certain of the added ones going first.
    """
    steps = active_steps(soften(log_posteriors, temperature))
    codes = np.asarray(best_path(steps), np.int64)
    candidates = np.flatnonzero(steps[:, :NOTHING].max(axis=0) > CANDIDATE)
    if len(candidates) == 0:
        return Decoded("", float(np.prod(steps[:, NOTHING])), np.zeros((0, NOTHING + 1), np.float32))
    for _ in range(_TRIES):
        log_p, replaced, left_out, added = _edits(steps, codes, candidates)
        better = _better(codes, candidates, replaced, left_out, added)
        if better is None:
            break
        codes = better
    rows: list[Floats] = []
    certainty: list[float] = []
    for i in range(len(codes) + 1):
        total = float(added[i].sum())
        if total > WORTH_A_PLACE:
            row = np.zeros(NOTHING + 1)
            row[candidates], row[NOTHING] = added[i], 1.0
            rows.append(row / (1.0 + total))
            certainty.append(total)
        if i < len(codes):
            row = np.zeros(NOTHING + 1)
            row[candidates], row[NOTHING] = replaced[i], left_out[i]
            rows.append(row / max(float(row.sum()), _TINY))
            certainty.append(np.inf)
    while len(rows) > MAX_LENGTH:
        worst = int(np.argmin(certainty))
        del rows[worst], certainty[worst]
    table = np.array(rows, np.float32).reshape(-1, NOTHING + 1)
    return Decoded("".join(ALPHABET[c] for c in codes[:MAX_LENGTH]), float(np.exp(min(log_p, 0.0))), table)


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
