"""A model of a reader's doubts, for measuring the matcher apart from any reader.

Each character is seen as a point: its picture (drawn with a stroke font, 6 x 9 pixels) plus noise, the stronger the
worse the sighting. The probabilities are what such a picture says by Bayes' rule, so characters are confused as far
as their pictures are alike. A reader is not perfect, so its doubts are then made stronger or weaker than they should
be, by a factor that varies from sighting to sighting. O and 0, and I and 1, are drawn alike, as on British plates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import CharacterProbabilities
from anpr.vrm import ALPHABET, NOTHING, fold

Glyphs = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReaderModel:
    """How good the pictures and the reader are.

    `noise` is the median standard deviation of a pixel, `spread` that of its logarithm over sightings; a character is
    dirty with probability `dirt`, which multiplies its noise by `dirt_factor`. `temper` is the spread of the logarithm
    of the factor by which doubts are wrong. A character is missing from the evidence, or one too many in it, with
    `missing` and `extra`; half of the time the reader notices that something is odd there. `floor` is the share of
    every position spread evenly over all columns, as fusing does.
    """

    noise: float = 0.08
    spread: float = 0.35
    dirt: float = 0.02
    dirt_factor: float = 2.5
    temper: float = 0.2
    missing: float = 0.005
    extra: float = 0.005
    floor: float = 0.002


def glyphs() -> Glyphs:
    """Return the picture of each character as a vector, shape (36, 54)."""
    drawn = []
    for character in ALPHABET:
        canvas = np.zeros((56, 40), np.uint8)
        cv2.putText(canvas, fold(character), (5, 46), cv2.FONT_HERSHEY_DUPLEX, 1.5, 255, 4, cv2.LINE_AA)
        small = cv2.resize(cv2.GaussianBlur(canvas, (0, 0), 3), (6, 9), interpolation=cv2.INTER_AREA)
        drawn.append(small.astype(np.float64).ravel() / 255.0)
    return np.array(drawn)


_GLYPHS: Final = glyphs()


def evidence_for(vrms: list[str], model: ReaderModel, seed: int) -> Iterator[CharacterProbabilities]:
    """Yield for each vehicle the evidence of one sighting, shape (positions, 37)."""
    rng = np.random.default_rng(seed)
    for vrm in vrms:
        yield _evidence(vrm, model, rng)


def _evidence(vrm: str, model: ReaderModel, rng: np.random.Generator) -> CharacterProbabilities:
    codes = np.array([ALPHABET.index(c) for c in vrm])
    sigma = model.noise * np.exp(model.spread * rng.standard_normal()) * np.ones(len(codes))
    sigma[rng.random(len(codes)) < model.dirt] *= model.dirt_factor
    seen = _GLYPHS[codes] + sigma[:, np.newaxis] * rng.standard_normal((len(codes), _GLYPHS.shape[1]))
    distance = ((seen[:, np.newaxis, :] - _GLYPHS[np.newaxis]) ** 2).sum(axis=2)
    logits = -distance / (2.0 * sigma[:, np.newaxis] ** 2) * np.exp(model.temper * rng.standard_normal())
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    table = np.zeros((len(codes), NOTHING + 1))
    table[:, :NOTHING] = chances
    kind = rng.random()
    if kind < model.missing:
        table = _without_one(table, rng)
    elif kind < model.missing + model.extra:
        table = _with_one_more(table, rng)
    table = (1.0 - model.floor) * table + model.floor / table.shape[1]
    return table.astype(np.float32)


def _without_one(table: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    place = int(rng.choice([0, len(table) - 1]))
    if rng.random() < 0.5:
        return np.delete(table, place, axis=0)
    odd = table.copy()
    odd[place] *= 0.3
    odd[place, NOTHING] = 0.7
    return odd


def _with_one_more(table: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    surplus = np.zeros(table.shape[1])
    surplus[ALPHABET.index("1")] = 0.9
    surplus[ALPHABET.index("T")] = 0.1
    if rng.random() < 0.5:
        surplus *= 0.6
        surplus[NOTHING] = 0.4
    return np.insert(table, int(rng.choice([0, len(table)])), surplus, axis=0)
