"""Looking again at a plate that both networks left uncertain: other cuts of it, and what all looks say together."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.perception.ctc import Floats, best_path, text_probabilities
from anpr.perception.decoding import WORTH_A_PLACE
from anpr.values import CharacterProbabilities, Readings
from anpr.vrm import ALPHABET, MAX_LENGTH, NOTHING

Matrix = NDArray[np.float64]

INPUT_SIZE: Final = (160, 48)
"""Width and height in px of what the network reads; its input is uint8 (N, 48, 160, 3), BGR."""

WIDE_BELOW: Final = 0.8
"""A read that is less sure than this is read again by the wide network."""

ZOOM_BELOW: Final = 0.7
"""A read of the wide network that is less sure than this is helped by other cuts."""

ZOOM: Final = ((0.94, 0.88, 0.0),)
FURTHER_ZOOMS: Final = ((1.12, 1.25, 0.0), (0.6, 1.0, 0.0))
"""The second of these makes the wide characters of short plates as narrow as most are."""
TURNS: Final = ((1.0, 0.92, 4.0), (1.0, 0.92, -4.0))
FURTHER_TURNS: Final = ((0.97, 0.85, 8.0), (0.97, 0.85, -8.0))
"""Other cuts: zoom across, zoom upright, turn in degrees."""

_ZOOMED: Final = ((ZOOM_BELOW, ZOOM), (0.6, FURTHER_ZOOMS))
_TURNED: Final = ((0.3, TURNS), (0.3, FURTHER_TURNS))
"""The confidence below which cuts are worth their time, and the cuts. Chosen on rendered plates of all layouts: turns
settle little, so only those plates are turned that would else stay unread."""

_KNOWN: Final = 10
"""So many of the wide network's texts are tried under all looks."""

_WORTH_LAYING: Final = 1e-3

_OTHERS: Final = 10
"""As how many texts those count that no look proposed."""


def other_looks(to_cut: Matrix, *, flat: bool) -> list[tuple[float, list[Matrix]]]:
    """Return other cuts of the same plate, in rounds, each with the confidence below which it is worth its time.

    First zoomed, then zoomed further; unless the plate lies flat, then turned. Angles are those that the plate would have
    in its true proportions, about 4.6 : 1.
    """
    w, h = INPUT_SIZE
    middle = np.array([[1, 0, w / 2], [0, 1, h / 2], [0, 0, 1]])
    rounds = []
    for below, cuts in _ZOOMED if flat else (*_ZOOMED, *_TURNED):
        looks = []
        for zoom_x, zoom_y, turn_deg in cuts:
            slope = np.tan(np.radians(turn_deg)) * 4.0 * h / w
            around = np.array([[zoom_x, 0, 0], [zoom_y * slope, zoom_y, 0], [0, 0, 1]])
            looks.append(middle @ around @ np.linalg.inv(middle) @ to_cut)
        rounds.append((below, looks))
    return rounds


def combine(looks: Sequence[Floats], known: Readings, sharpness: float = 1.0) -> Readings:
    """Return the readings, best first, of several looks at one plate, each the active steps (T, 37) of its posteriors.

    Tried are the most probable of the `known` readings (those of one look) and the best text of each look. A
    text's probability is the mean of what each look gives it: a mean of opinions, because looks share the picture and its
    faults, and a product would count one doubt many times. Such a mean is less sure than it is right; each
    probability to the power of `sharpness` makes up for it, what is left to all other texts counting as `_OTHERS` equal
    ones. Evidence of positions follows from the readings (`positions_of`).
    """
    own = ("".join(ALPHABET[c] for c in best_path(look)[:MAX_LENGTH]) for look in looks)
    texts = list(dict.fromkeys([*(text for text, _ in known[:_KNOWN]), *own]))
    mass = text_probabilities(looks, texts).mean(axis=0)
    powers = mass**sharpness
    rest = _OTHERS * (max(1.0 - float(mass.sum()), 0.0) / _OTHERS) ** sharpness
    sharp = powers / (float(powers.sum()) + max(rest, 1e-300))
    return tuple(sorted(zip(texts, sharp.tolist(), strict=True), key=lambda item: (-item[1], item[0])))


def positions_of(readings: Readings) -> CharacterProbabilities:
    """Return the probability of each character at each position of the readings, best reading first; (positions, 37).

    Readings of the best one's length are laid over it place by place, shorter and longer ones where they agree with it.
    A character that longer readings add is a position of its own, which is empty for all others, where it is not
    improbable. What the readings leave to other texts is taken to be one wrong character at any of the positions; so are
    readings of other lengths that are too improbable to be laid over it (`_WORTH_LAYING`).
    """
    best = readings[0][0]
    if not best:
        return np.zeros((0, NOTHING + 1), np.float32)
    length = len(best)
    laid = [(text, p) for text, p in readings if len(text) == length or p > _WORTH_LAYING]
    rest = max(1.0 - sum(probability for _, probability in laid), 0.0)
    table = np.full((length, NOTHING + 1), rest / length / NOTHING)
    table[:, NOTHING] = 0.0
    every = np.arange(length)
    table[every, [ALPHABET.index(c) for c in best]] += rest * (1.0 - 1.0 / length)
    added: dict[tuple[int, int], NDArray[np.float64]] = {}
    for text, probability in laid:
        codes = [ALPHABET.index(c) for c in text]
        if len(text) == length:
            table[every, codes] += probability
            continue
        for _, a0, a1, b0, b1 in SequenceMatcher(None, best, text, autojunk=False).get_opcodes():
            shared = min(a1 - a0, b1 - b0)
            table[every[a0 : a0 + shared], codes[b0 : b0 + shared]] += probability
            table[a0 + shared : a1, NOTHING] += probability
            for extra, code in enumerate(codes[b0 + shared : b1]):
                added.setdefault((a1, extra), np.zeros(NOTHING + 1))[code] += probability
    table /= table.sum(axis=1, keepdims=True)
    places = [((i, MAX_LENGTH), np.inf, row) for i, row in enumerate(table)]
    for place, row in added.items():
        share = float(row.sum())
        if share > WORTH_A_PLACE:
            row[NOTHING] = max(1.0 - share, 0.0)
            places.append((place, share, row / row.sum()))
    kept = sorted(places, key=lambda item: -item[1])[:MAX_LENGTH]
    return np.array([row for _, _, row in sorted(kept, key=lambda item: item[0])], np.float32)
