"""Reading plates: cut out, turned flat, all plates of a frame in one run of the network, decoded with probabilities."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.ctc import decode
from anpr.evidence import k_best
from anpr.layouts import apply_prior
from anpr.looks import INPUT_SIZE, combine, other_looks, positions_of
from anpr.model_files import model_file
from anpr.rectification import box_matrix, by_matrix, cut_matrix
from anpr.values import Detection, Image, Read, Readings
from anpr.vrm import ALPHABET

Matrix = NDArray[np.float64]
Posteriors = NDArray[np.float32]

LOOK_AGAIN_BELOW: Final = 0.8
"""A read that is less sure than this is tried again with other cuts."""

PRIOR_STRENGTH: Final = 2.0
"""How much the layouts weigh, as a power: fitted on 500 rendered plates of all layouts, where 2 beat 1 and 3."""

_READINGS: Final = 20


class PlateReader:
    """Reads plates with the shipped network.

    `threads` is the number of threads within one run of the network. `layout_prior` weighs texts by the layouts that
    exist; it orders them and never removes one, and the evidence (`Read.probabilities`) is always free of it.
    `look_again` allows further cuts for reads that are unsure. `models` is the folder of model and manifest, the
    shipped one by default. Raises ModelError when the model file is missing, altered or not for this alphabet.
    """

    def __init__(
        self, *, threads: int = 1, layout_prior: bool = True, look_again: bool = True, models: Path | None = None
    ) -> None:
        described = model_file("reader", models)
        self._session = described.open(threads=threads, alphabet=ALPHABET)
        self._input = described.input.name
        self._temperature = described.calibration.get("temperature", 1.0)
        self._sharpness = described.calibration.get("sharpness", 1.0)
        self._prior = layout_prior
        self._look_again = look_again

    def read(
        self, frame_image: Image, detections: Sequence[Detection], *, look_again: bool | None = None
    ) -> list[Read]:
        """Return one read for each detection in a frame (H, W, 3) BGR, in the same order.

        `look_again` overrides that of the constructor: where the next frame comes soon, it is the better second look.
        """
        matrices = [cut_matrix(detection, INPUT_SIZE) for detection in detections]
        again = self._look_again if look_again is None else look_again
        return self._read([frame_image] * len(matrices), matrices, detections, again)

    def read_crops(self, images: Sequence[Image]) -> list[Read]:
        """Return one read for each picture of a plate already cut out, with unknown margins; (H, W, 3) BGR."""
        boxes = [(0.0, 0.0, float(image.shape[1]), float(image.shape[0])) for image in images]
        matrices = [box_matrix(box, INPUT_SIZE, (0.0, 0.0)) for box in boxes]
        return self._read(list(images), matrices, [Detection(box, 1.0) for box in boxes], self._look_again)

    def _read(
        self, images: list[Image], matrices: list[Matrix], detections: Sequence[Detection], look_again: bool
    ) -> list[Read]:
        if not matrices:
            return []
        first = self._posteriors([by_matrix(i, m, INPUT_SIZE) for i, m in zip(images, matrices, strict=True)])
        reads = []
        for image, matrix, posteriors, detection in zip(images, matrices, first, detections, strict=True):
            evidence = decode(posteriors, temperature=self._temperature).probabilities
            readings = k_best(evidence, _READINGS)
            text, confidence = self._weighed(readings)[0]
            read = Read(detection, text, confidence, evidence)
            if look_again and confidence < LOOK_AGAIN_BELOW:
                read = self._looked_again(image, matrix, posteriors, readings, detection)
            reads.append(read)
        return reads

    def _looked_again(
        self, image: Image, matrix: Matrix, first: Posteriors, readings: Readings, detection: Detection
    ) -> Read:
        """Return the read by further cuts as well: first closer and wider, then, if that doesn't settle it, turned."""
        looks = [first]
        for others in other_looks(matrix, flat=detection.corners_px is not None):
            looks.extend(self._posteriors([by_matrix(image, other, INPUT_SIZE) for other in others]))
            told = combine(looks, [text for text, _ in readings], self._temperature, self._sharpness)
            text, confidence = self._weighed(told)[0]
            if confidence >= LOOK_AGAIN_BELOW:
                break
        return Read(detection, text, confidence, positions_of(told))

    def _posteriors(self, cuts: list[Image]) -> Posteriors:
        return np.asarray(self._session.run({self._input: np.stack(cuts)})[0], np.float32)

    def _weighed(self, readings: Readings) -> Readings:
        """Return the readings with or without the layouts' prior, best first, none above 1."""
        weighed = apply_prior(readings, PRIOR_STRENGTH) if self._prior else readings
        return tuple((text, min(float(probability), 1.0)) for text, probability in weighed)
