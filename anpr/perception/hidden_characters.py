"""Characters that were not seen: where one may be hidden from the reader, and which ones it may have misread for that.

A network of its own looks at each plate that was read, with much around it (`hidden_cut`), and at what the reader said of it
at each place. It answers, for two rows of 40 columns, how probable it is that a character which was not read stands there, that the one
which was read there is wrong, and that something covers the characters there (models/train/hidden/network.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.hidden import LEAST
from anpr.perception.character_places import Place, places_of
from anpr.perception.fixings import MEANT, doubted_characters
from anpr.perception.hidden_cut import COLUMNS, column_of, hidden_cut, said_at_columns
from anpr.perception.model_files import model_file
from anpr.perception.spacing import lacking
from anpr.values import Box, CharacterProbabilities, Hidden, Image, Read
from anpr.vrm import ALPHABET, NOTHING

WORTH_SAYING: Final = LEAST
"""A place is named as hidden from this probability on; what is less probable is left out of the read's confidence as well.

It is the probability from which on a hit is only possible: a place that forbids a hit to count as confirmed may not go unsaid.
"""

MOST_HIDDEN: Final = 0.999
"""No place is held for hidden with more than this probability, so what was seen keeps a share."""

COVERED: Final = 0.5
"""A character that is wrong and covered with at least this probability each was never seen: its place is hidden instead."""

BEYOND_EDGE: Final = 0.6
"""Probability that a plate which reaches the picture's edge has a further character behind it, at the least; a judgement."""

LESS_OF_WHOLE: Final = 2.6
"""Taken off the network's log odds where the picture is the whole plate: it learned from plates in streets, and things before a plate are
rarer in pictures that somebody cut out. Without it the calibration error on such plates is 0.1."""

EDGE_PX: Final = 1.5
EDGE_SHARE: Final = 0.5
"""A box that comes so near to the picture's edge may go on behind it: pixels, or share of its height.

Half a plate's height is a character with its gap: boxes end at what the detector takes for the end, a half character included.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Doubts:
    """What may be amiss with a text of L characters, each a probability.

    `missing` (L + 1,): a character is hidden before character i, or after the last one. `wrong` (L,): character i is another one or
    none. `covered` (L,): something stands before it.
    """

    missing: NDArray[np.float64]
    wrong: NDArray[np.float64]
    covered: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A plate that was read: its frame, the map to the reader's cut, the reader's log posteriors (160, 37), and the read.

    `is_whole` says that the picture is taken to be the whole plate, so that nothing is hidden beyond its ends.
    """

    image: Image
    to_cut: NDArray[np.float64]
    log_posteriors: NDArray[np.float32]
    read: Read
    is_whole: bool = False


class HiddenCharacters:
    """The network and its calibration. Raises ModelError when its file is missing or altered."""

    def __init__(self, threads: int = 1, models: Path | None = None) -> None:
        described = model_file("hidden", models)
        self._session = described.open(threads=threads)
        self._input = described.input.name
        self._temperature = described.calibration.get("temperature", 1.0)

    def doubts(self, looked: Sequence[Looked]) -> list[Doubts]:
        """Return what the network says of plates that were read, each with a text."""
        feeds: dict[str, NDArray[np.generic]] = {
            self._input: np.stack([hidden_cut(one.image, one.to_cut) for one in looked]),
            "said": np.stack([said_at_columns(one.log_posteriors) for one in looked]),
        }
        answers = np.asarray(self._session.run(feeds)[0], np.float64) / self._temperature
        found = []
        for one, answer in zip(looked, answers, strict=True):
            seen = answer - LESS_OF_WHOLE if one.is_whole else answer
            found.append(doubts_of(seen, places_of(one.log_posteriors, one.read.text)))
        return found

    def doubted(self, looked: Sequence[Looked]) -> list[Read]:
        """Return the reads with what may be hidden or wrong in them; those without a text as they are."""
        reads = [one.read for one in looked]
        asked = [k for k, one in enumerate(looked) if one.read.text]
        if not asked:
            return reads
        for k, found in zip(asked, self.doubts([looked[k] for k in asked]), strict=True):
            reads[k] = with_doubts(looked[k].read, _at_ends(_beside_network(found, looked[k]), looked[k]))
        return reads


def doubts_of(answers: NDArray[np.float64], places: Sequence[Place | None]) -> Doubts:
    """Return the doubts of logits (3, 2, 40) on a text whose characters were seen at `places`.

    A gap holds the columns from the character before it to the one after, in the order in which they are read: those of the
    first row, then those of the second.
    """
    at = _cells(places)
    free = np.concatenate(([0.0], np.cumsum(-np.logaddexp(0.0, answers[0].ravel()))))
    edges = np.concatenate(([0.0], np.maximum.accumulate(at), [float(2 * COLUMNS)]))
    missing = -np.expm1(np.diff(np.interp(edges, np.arange(2 * COLUMNS + 1), free)))
    cells = np.clip(np.floor(at).astype(np.int64), 0, 2 * COLUMNS - 1)
    wrong, covered = (1.0 / (1.0 + np.exp(-answers[k].ravel()[cells])) for k in (1, 2))
    return Doubts(np.clip(missing, 0.0, 1.0), wrong, covered)


def _cells(places: Sequence[Place | None]) -> NDArray[np.float64]:
    """Return the cell of each character, row * COLUMNS + column; those of unknown place lie between their neighbours."""
    known = [(i, p.row * COLUMNS + column_of(p.x)) for i, p in enumerate(places) if p is not None]
    if not known:
        return np.linspace(0.2, 0.8, len(places)) * COLUMNS
    index, cells = np.array([i for i, _ in known], np.float64), np.array([c for _, c in known])
    return np.asarray(np.interp(np.arange(len(places)), index, cells), np.float64)


def reaches_edge(box: Box, image: Image) -> tuple[bool, bool]:
    """Return whether a box comes so near to the picture's left and right edge that the plate may go on behind it."""
    edge = max(EDGE_PX, EDGE_SHARE * (box[3] - box[1]))
    return box[0] < edge, box[2] > image.shape[1] - edge


def _beside_network(doubts: Doubts, one: Looked) -> Doubts:
    """Return the doubts with what the room between characters tells, and how the reader errs with each character."""
    room = lacking(one.read.text, places_of(one.log_posteriors, one.read.text))
    return Doubts(
        1.0 - (1.0 - doubts.missing) * (1.0 - room), doubted_characters(one.read.text, doubts.wrong), doubts.covered
    )


def _at_ends(doubts: Doubts, one: Looked) -> Doubts:
    missing = doubts.missing.copy()
    if one.is_whole:
        missing[0] = missing[-1] = 0.0
        return replace(doubts, missing=missing)
    for end, reaches in zip((0, -1), reaches_edge(one.read.detection.box_px, one.image), strict=True):
        if reaches:
            missing[end] = max(missing[end], BEYOND_EDGE)
    return replace(doubts, missing=missing)


def with_doubts(read: Read, doubts: Doubts) -> Read:
    """Return the read with its hidden places, its evidence no surer than the doubts allow, and a confidence that holds both.

    Characters that are probably wrong because something covers them leave the text: their place is hidden.
    """
    if not len(read.probabilities):
        return read
    rows = rows_of(read.text, read.probabilities)
    table = read.probabilities.astype(np.float64)
    confidence = read.confidence
    missing: list[float] = [float(doubts.missing[0])]
    kept: list[str] = []
    for i, character in enumerate(read.text):
        wrong = float(doubts.wrong[i])
        row = table[rows[i]]
        code = ALPHABET.index(character)
        if wrong >= COVERED and doubts.covered[i] >= COVERED:
            table[rows[i]] = row * (1.0 - wrong) / max(float(row.sum()), 1e-9)
            table[rows[i], NOTHING] += wrong
            confidence /= max(float(row[code]), 0.5)
            missing[-1] = 1.0 - (1.0 - missing[-1]) * (1.0 - wrong) * (1.0 - float(doubts.missing[i + 1]))
            continue
        before = max(float(row[code]), 1e-6)
        if before > 1.0 - wrong:
            table[rows[i]] = _lowered(row, code, 1.0 - wrong)
            confidence *= (1.0 - wrong) / before
        kept.append(character)
        missing.append(float(doubts.missing[i + 1]))
    hidden = tuple(Hidden(k, min(p, MOST_HIDDEN)) for k, p in enumerate(missing) if p >= WORTH_SAYING)
    confidence = min(confidence, 1.0) * whole(hidden)
    text = "".join(kept)
    if not text:
        return replace(read, text="", confidence=0.0, probabilities=np.zeros((0, NOTHING + 1), np.float32), hidden=())
    evidence: CharacterProbabilities = (table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    return replace(read, text=text, confidence=float(confidence), probabilities=evidence, hidden=hidden)


def whole(hidden: Sequence[Hidden]) -> float:
    """Return the probability that no character stands at any of the places."""
    return prod(1.0 - one.probability for one in hidden)


def _lowered(row: NDArray[np.float64], code: int, most: float) -> NDArray[np.float64]:
    """Return a row in which the character of `code` has the probability `most`.

    Half of what it loses goes where the doubt already was, most of the rest to what is misread so, and some to any character.
    """
    others = row.copy()
    others[code] = 0.0
    lost = 1.0 - most - float(others.sum())
    any_character = np.full(NOTHING + 1, 1.0 / (NOTHING + 1))
    shares = others / others.sum() if others.sum() > 0 else any_character
    known = 0.8 if code < len(MEANT) and MEANT[code].any() else 0.0
    misread = known * MEANT[code] + (1.0 - known) * any_character if known else any_character
    out = others + lost * (0.5 * shares + 0.5 * misread)
    out[code] = 0.0
    out *= (1.0 - most) / max(float(out.sum()), 1e-12)
    out[code] = most
    return np.asarray(out)


def rows_of(text: str, probabilities: CharacterProbabilities) -> list[int]:
    """Return which row of the evidence each character of a text is written in: the most probable way, in order.

    A text that is longer than the evidence has its last characters in the last row.
    """
    count, length = len(probabilities), len(text)
    if count <= length:
        return [min(i, count - 1) for i in range(length)]
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-12))
    best = np.full((count + 1, length + 1), -np.inf)
    best[0, 0] = 0.0
    took = np.zeros((count + 1, length + 1), np.bool_)
    for r in range(count):
        for k in range(min(r, length) + 1):
            empty = best[r, k] + logs[r, NOTHING]
            if empty > best[r + 1, k]:
                best[r + 1, k], took[r + 1, k] = empty, False
            if k < length:
                written = best[r, k] + logs[r, ALPHABET.index(text[k])]
                if written > best[r + 1, k + 1]:
                    best[r + 1, k + 1], took[r + 1, k + 1] = written, True
    rows, k = [], length
    for r in range(count, 0, -1):
        if took[r, k]:
            k -= 1
            rows.append(r - 1)
    return rows[::-1]
