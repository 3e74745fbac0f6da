"""Evidence for the text of a plate: probabilities for each position, and the readings that follow from them.

Positions are independent given the pictures, so the k most probable paths are found exactly by extending the k
best prefixes position by position: the best k of a product can only be built from the best k of each part.
"""

from typing import Final

import numpy as np

from anpr.values import Box, CharacterProbabilities, Detection, Readings, Sighting
from anpr.vrm import ALPHABET, NOTHING, fold

SMALL_PX: Final = (34.0, 38.0)
"""Widths of a plate of one line up to which single characters are doubtful altogether, and from which they are not.
`python -m benchmarks.accuracy.far_reads`: reads said with 0.9 or more were right in 84 % at 28 to 32 px, 88 % at 32 to 36, 99 %
at 36 to 42, and always above."""

TWO_LINES_ASPECT: Final = 2.2
TWO_LINES_SHARE: Final = 0.64
"""A plate less than so many times as wide as high has two lines, whose characters are so much larger for its width."""

LEANS_DEG: Final = 10.0
"""A plate turned by more leans: up to here the box around it says well enough how wide and high it is."""

BORNE_OUT_S: Final = 0.5
"""Reads of small plates so far apart in time bear each other out: noise and sampling have changed, and the distance too."""

SMALLEST: Final = 1e-4
"""Characters this much less probable than the best of their position are not followed: no reading among the best passes
through them."""


def k_best(probabilities: CharacterProbabilities, k: int = 50, coverage: float = 0.999) -> Readings:
    """Return the most probable texts with their probabilities, best first.

    `probabilities` has shape (positions, 37), rows summing to 1, last column "nothing here". At most `k` texts are
    given, and no more once their sum reaches `coverage`. Paths that spell the same text (an absent character
    may be absent at different positions) are summed, so fewer than `k` texts can come back.
    """
    best = probabilities.argmax(axis=1)
    certain = float(probabilities[np.arange(len(best)), best].astype(np.float64).prod())
    if certain >= coverage:
        return (("".join(ALPHABET[c] for c in best.tolist() if c != NOTHING), certain),)
    followed = probabilities >= SMALLEST * probabilities.max(axis=1, keepdims=True)
    followed[np.arange(len(best)), best] = True
    paths = best[None, :].copy()
    weights = np.ones(1, np.float64)
    for position, many in enumerate((followed.sum(axis=1) > 1).tolist()):
        row = probabilities[position]
        if not many:
            weights = weights * float(row[best[position]])
            continue
        columns = np.flatnonzero(followed[position])
        products = (weights[:, None] * row[columns].astype(np.float64)[None, :]).ravel()
        if products.size > 4 * k:
            likely = np.flatnonzero(products >= np.partition(products, products.size - k)[products.size - k])
            keep = likely[np.argsort(-products[likely], kind="stable")[:k]]
        else:
            keep = np.argsort(-products, kind="stable")[:k]
        parent, child = np.divmod(keep, columns.size)
        paths = paths[parent]
        paths[:, position] = columns[child]
        weights = products[keep]
    texts: dict[str, float] = {}
    for path, weight in zip(paths.tolist(), weights.tolist(), strict=True):
        text = "".join(ALPHABET[c] for c in path if c != NOTHING)
        texts[text] = texts.get(text, 0.0) + weight
    ordered = sorted(texts.items(), key=lambda item: (-item[1], item[0]))
    total, count = 0.0, 0
    while count < len(ordered) and total < coverage:
        total += ordered[count][1]
        count += 1
    return tuple(ordered[:count])


def spell(text: str, certainty: float = 1.0) -> CharacterProbabilities:
    """Return evidence that says `text` with `certainty` at each position, the rest spread evenly over the other columns.

    Used where a text comes without probabilities: typed by hand, or from a reader that gives none.
    """
    rest = (1.0 - certainty) / NOTHING
    table = np.full((len(text), NOTHING + 1), rest, np.float32)
    for position, character in enumerate(text):
        table[position, ALPHABET.index(character)] = certainty
    return table


def level_box(detection: Detection) -> Box:
    """Return the box in px that a plate would fill if it lay level: its own unless it leans, and else as wide and high as its corners say.

    The box around a leaning plate is narrower and much higher than the plate: by its shape it might be one of two lines.
    """
    corners = detection.corners_px
    if corners is None:
        return detection.box_px
    across = corners[1] + corners[2] - corners[0] - corners[3]
    if abs(float(np.degrees(np.arctan2(across[1], across[0])))) <= LEANS_DEG:
        return detection.box_px
    down = corners[2] + corners[3] - corners[0] - corners[1]
    half_wide, x = float(np.hypot(*across)) / 4, float(corners[:, 0].mean())
    half_high, y = float(np.hypot(*down)) / 4, float(corners[:, 1].mean())
    return x - half_wide, y - half_high, x + half_wide, y + half_high


def small_by(box: Box) -> float:
    """Return how small the plate in a box of px is for reading: 0 for a size at which characters are sure, 1 at most."""
    width, height = box[2] - box[0], max(box[3] - box[1], 1e-6)
    if width < TWO_LINES_ASPECT * height:
        width /= TWO_LINES_SHARE
    sure_not, sure = SMALL_PX
    return min(max((sure - width) / (sure - sure_not), 0.0), 1.0)


def is_from_afar(sighting: Sighting) -> bool:
    """Whether a vehicle was read only so small that nothing bears its text out yet.

    What bears a text out are two reads of it so long apart; reads of anything else, as the first ones of a far plate are, do not.
    """
    texts = [read for read in sighting.reads if read.text]
    if not texts or sighting.typed_by or any(small_by(level_box(read.detection)) == 0.0 for read in texts):
        return False
    said = fold(sighting.text)
    at_ns = [read.captured_ns for read in texts if fold(read.text) == said]
    return not at_ns or at_ns[-1] - at_ns[0] < BORNE_OUT_S * 1e9
