"""From a reader's steps to a text, its probability and a probability for every character.

A certain blank parts what lies before it from what lies behind it: the probabilities multiply, each character staying on
its side. So the segments between certain blanks are decoded each by itself. Nearly all show one character or none, and the probabilities of all
such texts follow at once (`_one_or_none`). In the others the best text is searched, and by one forward and one backward
pass around it comes the exact probability of every text that differs from it in one place: one character replaced, left
out or added (`_searched`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.perception.ctc import CERTAIN, TINY, Floats, active_steps, best_path, passes, soften
from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, MAX_LENGTH, NOTHING

WORTH_A_PLACE: Final = 0.03
"""An added character gets a position of its own in the evidence from this probability on."""

CANDIDATE: Final = 3e-4
"""Characters that every step holds for less probable than this are not tried as edits."""

_TRIES: Final = 4
_BLANK: Final = np.eye(NOTHING + 1)[NOTHING]
_NONE_ADDED: Final = np.zeros((2, NOTHING))


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The best text, its probability P(text) over all texts, and the probabilities of each position."""

    text: str
    probability: float
    probabilities: CharacterProbabilities


@dataclass(frozen=True, slots=True, eq=False)
class _Segment:
    """The L `codes` of a segment's best text, its probability, and those of texts one edit away, relative to it.

    `replaced` (L, 36) has character i replaced by c, which for the character itself is 1; `left_out` (L,) character i left
    out; `added` (L + 1, 36) c added in gap i, before character i, the last at the end.
    """

    codes: NDArray[np.int64]
    probability: float
    replaced: Floats
    left_out: Floats
    added: Floats


def decode(log_posteriors: NDArray[np.float32], *, temperature: float = 1.0) -> Decoded:
    """Return the best text of log posteriors (T, 37), its probability and the evidence of each position.

    Positions are the characters of the text and, between them, those added characters that are not improbable; at most
    MAX_LENGTH, the least certain of the added ones going first.
    """
    return decode_steps(soften(active_steps(log_posteriors), temperature))


def decode_steps(steps: Floats) -> Decoded:
    """Return what `decode` does, of active steps (T, 37)."""
    first, stop = _between_blanks(steps)
    if len(first) == 0:
        return Decoded("", float(np.prod(steps[:, NOTHING])), np.zeros((0, NOTHING + 1), np.float32))
    empty, single = _one_or_none(steps, first, stop)
    codes = single.argmax(axis=1)
    of_one = single[np.arange(len(single)), codes]
    best = np.maximum(np.maximum(of_one, empty), TINY)
    plain = 1.0 - empty - single.sum(axis=1) <= WORTH_A_PLACE * best
    relative, without = single / best[:, None], empty / best
    segments = []
    for k in range(len(first)):
        if not plain[k]:
            segments.append(_searched(steps[first[k] : stop[k]]))
        elif of_one[k] >= empty[k]:
            one = slice(k, k + 1)
            segments.append(_Segment(codes[one], best[k], relative[one], without[one], _NONE_ADDED))
        else:
            segments.append(_Segment(codes[:0], best[k], relative[:0], without[:0], relative[k : k + 1]))
    return _joined(segments)


def _between_blanks(steps: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the segments between certain blanks start and stop, S each."""
    loud = np.concatenate(([False], steps[:, NOTHING] <= CERTAIN, [False]))
    edges = np.flatnonzero(loud[1:] != loud[:-1])
    return edges[::2], edges[1::2]


def _one_or_none(steps: Floats, first: NDArray[np.int64], stop: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return each segment's probability to show nothing (S,) and to show just the character c (S, 36)."""
    at = first[:, None] + np.arange(int((stop - first).max()))
    cells = steps[np.minimum(at, len(steps) - 1)]
    cells[at >= stop[:, None]] = _BLANK
    before, within, behind = np.ones((len(first), 1)), np.zeros(1), np.zeros(1)
    for step in cells.transpose(1, 0, 2):
        blank, characters = step[:, NOTHING:], step[:, :NOTHING]
        behind = (behind + within) * blank
        within = (within + before) * characters
        before = before * blank
    return before[:, 0], within + behind


def _searched(steps: Floats) -> _Segment:
    """Return the best text of a segment (T, 37): from its best path on, one edit after the other that is more probable."""
    codes = np.asarray(best_path(steps), np.int64)
    peaks = steps[:, :NOTHING].max(axis=0)
    candidates = np.flatnonzero(peaks >= min(CANDIDATE, float(peaks.max())))
    spans = _spans(steps, candidates)
    for tries_left in reversed(range(_TRIES)):
        found = _edits(steps, codes, candidates, spans)
        better = _better(found, candidates) if tries_left else None
        if better is None:
            break
        codes = better
    replaced, added = np.zeros((len(codes), NOTHING)), np.zeros((len(codes) + 1, NOTHING))
    replaced[:, candidates], added[:, candidates] = found.replaced, found.added
    return _Segment(codes, found.probability, replaced, found.left_out, added)


def _joined(segments: Sequence[_Segment]) -> Decoded:
    """Return what segments say together, from left to right."""
    codes = np.concatenate([segment.codes for segment in segments])
    own = np.zeros((len(codes), NOTHING + 1))
    own[:, :NOTHING] = np.concatenate([segment.replaced for segment in segments])
    own[:, NOTHING] = np.concatenate([segment.left_out for segment in segments])
    own /= own.sum(axis=1, keepdims=True)
    added = np.zeros((len(codes) + 1, NOTHING))
    probability, place = 1.0, 0
    for segment in segments:
        probability *= segment.probability
        if segment.added is not _NONE_ADDED:
            added[place : place + len(segment.added)] += segment.added
        place += len(segment.codes)
    text = "".join(ALPHABET[c] for c in codes[:MAX_LENGTH].tolist())
    return Decoded(text, min(float(probability), 1.0), _with_added(own, added))


def _with_added(own: Floats, added: Floats) -> CharacterProbabilities:
    """Return the rows (positions, 37) of the characters and of those added ones that are worth a place, in their order."""
    totals = added.sum(axis=1)
    gaps = np.flatnonzero(totals > WORTH_A_PLACE)
    if len(own) + len(gaps) > MAX_LENGTH:
        room = max(MAX_LENGTH - len(own), 0)
        gaps = np.sort(gaps[np.argsort(-totals[gaps], kind="stable")[:room]])
    if len(gaps):
        extra = np.ones((len(gaps), NOTHING + 1))
        extra[:, :NOTHING] = added[gaps]
        own = np.insert(own, gaps, extra / (1.0 + totals[gaps, None]), axis=0)
    return own[:MAX_LENGTH].astype(np.float32)


def _spans(steps: Floats, candidates: NDArray[np.int64]) -> Floats:
    """Return the probability that the candidate k is emitted at every step from t to u, (K, T, T), 0 where u < t."""
    logs = np.cumsum(np.log(np.maximum(steps[:, candidates], TINY)), axis=0).T
    start = np.concatenate((np.zeros((len(candidates), 1)), logs[:, :-1]), axis=1)
    spans = np.exp(np.minimum(logs[:, None, :] - start[:, :, None], 0.0))
    spans *= np.tri(len(steps)).T
    return np.asarray(spans)


def _edits(steps: Floats, codes: NDArray[np.int64], candidates: NDArray[np.int64], spans: Floats) -> _Segment:
    """Return the probability of a text of these steps, and those of all texts one edit away.

    Only the K `candidates` (codes) are tried as new characters and make the columns; `spans` are theirs (`_spans`).
    """
    total, length = len(steps), len(codes)
    forward, backward = passes(steps, codes)
    p = max(float(forward[-1, -2:].sum()), TINY)
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
    return _Segment(codes, p, through(1), left_out, through(0))


def _better(text: _Segment, candidates: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return the best text one edit away if it is more probable, else None."""
    codes = text.codes
    choices = [(float(text.added.max()), "add")]
    if len(codes):
        choices += [(float(text.replaced.max()), "replace"), (float(text.left_out.max()), "leave out")]
    gain, edit = max(choices)
    if gain <= 1.0 + 1e-6:
        return None
    if edit == "leave out":
        return np.delete(codes, int(text.left_out.argmax()))
    by_edit = text.added if edit == "add" else text.replaced
    place, code = np.unravel_index(int(by_edit.argmax()), by_edit.shape)
    if edit == "add":
        return np.insert(codes, int(place), candidates[int(code)])
    changed = codes.copy()
    changed[int(place)] = candidates[int(code)]
    return changed
