"""Reading plates: cut out, turned flat, all plates of a frame in one run of the network, decoded with probabilities."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.ctc import Floats, active_steps, decode_steps, soften
from anpr.evidence import k_best
from anpr.layouts import apply_prior
from anpr.looks import INPUT_SIZE, LOOK_AGAIN_BELOW, combine, other_looks, positions_of
from anpr.model_files import model_file
from anpr.rectification import box_matrix, by_matrix, cut_matrix
from anpr.values import Detection, Image, Read, Readings
from anpr.vrm import ALPHABET

Matrix = NDArray[np.float64]

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
        first = self._steps([by_matrix(i, m, INPUT_SIZE) for i, m in zip(images, matrices, strict=True)])
        reads = []
        for image, matrix, steps, detection in zip(images, matrices, first, detections, strict=True):
            evidence = decode_steps(steps).probabilities
            readings = k_best(evidence, _READINGS)
            text, confidence = self._weighed(readings)[0]
            read = Read(detection, text, confidence, evidence)
            if look_again and confidence < LOOK_AGAIN_BELOW:
                read = self._looked_again(image, matrix, steps, readings, read)
            reads.append(read)
        return reads

    def _looked_again(self, image: Image, matrix: Matrix, steps: Floats, readings: Readings, read: Read) -> Read:
        """Return the read by further cuts as well, for as long as what was read stays unsure; `steps` are the first cut's."""
        looks, told = [steps], readings
        text, confidence = read.text, read.confidence
        for worth_below, others in other_looks(matrix, flat=read.detection.corners_px is not None):
            if confidence >= worth_below:
                break
            looks.extend(self._steps([by_matrix(image, other, INPUT_SIZE) for other in others]))
            told = combine(looks, readings, self._sharpness)
            text, confidence = self._weighed(told)[0]
        return Read(read.detection, text, confidence, positions_of(told))

    def _steps(self, cuts: list[Image]) -> list[Floats]:
        """Return the active steps of each cut: probabilities (T, 37)."""
        posteriors = np.asarray(self._session.run({self._input: np.stack(cuts)})[0], np.float32)
        return [active_steps(soften(each, self._temperature)) for each in posteriors]

    def _weighed(self, readings: Readings) -> Readings:
        """Return the readings with or without the layouts' prior, best first, none above 1."""
        weighed = apply_prior(readings, PRIOR_STRENGTH) if self._prior else readings
        return tuple((text, min(float(probability), 1.0)) for text, probability in weighed)
