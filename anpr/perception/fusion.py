"""Combines the reads of one track into evidence for one text.

Log probabilities of the reads are summed position by position. Frames of one track share most of their errors
(the same dirt, the same shadow, nearly the same blur), so n reads count as fewer looks: the effective number of
correlated, unequally weighted samples (Kish, Survey Sampling, 1965), where a read weighs by how sure it is beside
the surest, and two reads are the more correlated the closer in time. A small share of every read is taken to be of
something else altogether, so that no single read can veto the others. And weights being relative, the sum is held to what the surest read allows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anpr.evidence import k_best
from anpr.perception.alignment import Alignment, align
from anpr.perception.hidden_characters import whole
from anpr.perception.hidden_places import HiddenPlaces, lacking, seen_confidence
from anpr.values import CharacterProbabilities, Hidden, Read, Readings
from anpr.vrm import NOTHING

Prior = Callable[[Readings], Readings]
"""Re-weighs readings by knowledge of layouts."""


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """How reads of one track depend on each other.

    `outlier`: share of reads that are of something else. The correlation of the errors of two reads is 1 for the same
    moment and decays to `lasting_correlation` with the time constant `correlation_time_s`. `unseen`: probability
    that a character which a read lacks is indeed absent. `kept_reads`: the surest reads that are combined.
    `most_gain`: the reads together are at most so many times as sure as the surest of them: hopeless reads, however many and
    however much alike, bear out nothing. (On made drives, tracks whose surest read had 0.1 to 0.2 ended at 0.52 at most.)
    """

    outlier: float = 0.002
    lasting_correlation: float = 0.3
    correlation_time_s: float = 0.4
    unseen: float = 0.8
    kept_reads: int = 16
    most_gain: float = 4.0
    readings: int = 24


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """Evidence of a track: shape (positions, 37), and the readings that follow, most probable first.

    Both speak of the characters that were seen; `hidden` are the places of the text where one may stand that never was.
    """

    probabilities: CharacterProbabilities
    readings: Readings
    hidden: tuple[Hidden, ...] = ()

    @property
    def text(self) -> str:
        """The most probable text; empty when there is none."""
        return self.readings[0][0] if self.readings else ""

    @property
    def confidence(self) -> float:
        """Probability that the text is right in every character that was seen."""
        return self.readings[0][1] if self.readings else 0.0

    @property
    def whole_confidence(self) -> float:
        """Probability that the text is right in every character, and that no further one is hidden."""
        return self.confidence * whole(self.hidden)


@dataclass(slots=True)
class EvidenceFuser:
    """Keeps the clearest reads of one track and combines them; one for each track."""

    settings: FusionSettings = field(default_factory=FusionSettings)
    prior: Prior | None = None
    _reads: list[Read] = field(default_factory=list)
    _placed: dict[int, dict[tuple[int, int], int]] = field(default_factory=dict)
    _fused: Fused | None = None
    _places: HiddenPlaces = field(default_factory=HiddenPlaces)

    def add(self, read: Read) -> None:
        """Take in a read; one without text carries no evidence and changes nothing."""
        if not read.text:
            return
        self._places.add(read)
        reference = self._reads[0] if self._reads else None
        self._reads.append(read)
        self._reads.sort(key=lambda r: (-r.confidence, r.captured_ns))
        del self._reads[self.settings.kept_reads :]
        if reference is not self._reads[0]:
            self._placed.clear()
        kept = {id(r) for r in self._reads}
        self._placed = {key: value for key, value in self._placed.items() if key in kept}
        self._fused = None

    @property
    def has_evidence(self) -> bool:
        """Whether any read with text was taken in."""
        return bool(self._reads)

    def fused(self) -> Fused:
        """Return the combined evidence of all reads so far (empty when there are none)."""
        if self._fused is None:
            self._fused = self._combine()
        return self._fused

    def _combine(self) -> Fused:
        if not self._reads:
            return Fused(np.zeros((0, NOTHING + 1), np.float32), ())
        tables = self._columns()
        weights = self._weights()
        share = self.settings.outlier
        logs = np.log((1.0 - share) * tables + share / (NOTHING + 1))
        total = np.tensordot(weights, logs, axes=1)
        total -= total.max(axis=1, keepdims=True)
        probabilities = np.exp(total)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        probabilities = probabilities[probabilities[:, NOTHING] < 0.999]
        evidence = self._no_surer_than_the_reads(probabilities).astype(np.float32)
        readings = k_best(evidence, self.settings.readings)
        if self.prior is not None:
            readings = self.prior(readings)
        return Fused(evidence, readings, self._places.of(readings[0][0] if readings else ""))

    def _no_surer_than_the_reads(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return evidence (positions, 37) whose likeliest text is not surer than the reads allow; what is taken off goes to all."""
        most = self.settings.most_gain * max(seen_confidence(read) for read in self._reads)
        said = float(probabilities.max(axis=1).prod())
        if not len(probabilities) or said <= most:
            return probabilities
        kept = (most / said) ** (1.0 / len(probabilities))
        told: NDArray[np.float64] = kept * probabilities + (1.0 - kept) / (NOTHING + 1)
        return told

    def _columns(self) -> NDArray[np.float64]:
        """Return the reads on common positions, shape (reads, positions, 37)."""
        reference = self._reads[0].probabilities
        for read in self._reads:
            if id(read) not in self._placed:
                self._placed[id(read)] = _places(align(reference, read.probabilities))
        placed = [self._placed[id(read)] for read in self._reads]
        columns = sorted(set().union(*placed) | {(i, 0) for i in range(len(reference))})
        unseen = np.full(NOTHING + 1, (1.0 - self.settings.unseen) / NOTHING)
        unseen[NOTHING] = self.settings.unseen
        tables = np.empty((len(self._reads), len(columns), NOTHING + 1))
        for row, (read, places) in enumerate(zip(self._reads, placed, strict=True)):
            at = [places.get(key, -1) for key in columns]
            tables[row] = np.concatenate((read.probabilities, unseen[None, :]))[at]
            before = 0
            for column, place in enumerate(at):
                if place >= 0:
                    before = place + 1
                elif read.hidden:
                    tables[row, column] = lacking(read, before, unseen)
        return tables

    def _weights(self) -> NDArray[np.float64]:
        """Return the weight of each read's log probabilities; they sum to the effective number of looks."""
        sureness = np.array([read.confidence for read in self._reads])
        sureness = np.maximum(sureness / sureness[0], 1e-6)
        seconds = np.array([read.captured_ns for read in self._reads], np.float64) * 1e-9
        apart_s = np.abs(seconds[:, None] - seconds[None, :])
        s = self.settings
        correlation = s.lasting_correlation + (1.0 - s.lasting_correlation) * np.exp(-apart_s / s.correlation_time_s)
        np.fill_diagonal(correlation, 1.0)
        looks = sureness.sum() ** 2 / (sureness @ correlation @ sureness)
        weights: NDArray[np.float64] = sureness * looks / sureness.sum()
        return weights


def _places(alignment: Alignment) -> dict[tuple[int, int], int]:
    """Return for each common position the read's position: (i, 0) is the reference's i-th character.

    Characters that the reference lacks stand before its next one: (i, -n), …, (i, -1) for n of them.
    """
    places: dict[tuple[int, int], int] = {}
    extra: list[int] = []
    next_reference = 0
    for in_reference, in_read in alignment.pairs:
        if in_reference is None:
            if in_read is not None:
                extra.append(in_read)
            continue
        for back, position in enumerate(reversed(extra), start=1):
            places[in_reference, -back] = position
        extra.clear()
        if in_read is not None:
            places[in_reference, 0] = in_read
        next_reference = in_reference + 1
    for back, position in enumerate(reversed(extra), start=1):
        places[next_reference, -back] = position
    return places
