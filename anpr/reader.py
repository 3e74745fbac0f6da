"""Reading plates: cut out, turned flat, all plates of a frame in one run of the network, decoded with probabilities."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.ctc import Decoded, decode
from anpr.evidence import k_best
from anpr.layouts import apply_prior
from anpr.model_files import model_file
from anpr.rectification import box_matrix, by_matrix, cut_matrix
from anpr.values import Detection, Image, Read
from anpr.vrm import ALPHABET

Matrix = NDArray[np.float64]

INPUT_SIZE: Final = (160, 48)
"""Width and height in px of what the network reads; its input is uint8 (N, 48, 160, 3), BGR."""

LOOK_AGAIN_BELOW: Final = 0.9
"""A read that is less sure than this is tried again with other cuts."""

_READINGS: Final = 20


def other_looks(to_cut: Matrix) -> list[Matrix]:
    """Return other cuts of the same plate: closer, wider, and turned by 5 degrees either way about the middle."""
    w, h = INPUT_SIZE
    looks = []
    for zoom_x, zoom_y, turn_deg in ((1.06, 1.12, 0.0), (0.94, 0.88, 0.0), (1.0, 0.95, 5.0), (1.0, 0.95, -5.0)):
        # Turning acts on the plate's true proportions, about 4.6 : 1, not on those of the cut.
        slope = np.tan(np.radians(turn_deg)) * 4.0 * h / w
        around = np.array([[zoom_x, 0, 0], [zoom_y * slope, zoom_y, 0], [0, 0, 1]])
        middle = np.array([[1, 0, w / 2], [0, 1, h / 2], [0, 0, 1]])
        looks.append(middle @ around @ np.linalg.inv(middle) @ to_cut)
    return looks


def combine(looks: Sequence[Decoded]) -> Decoded:
    """Return one reading of several looks at the same plate: the mean of what each says (a mixture of opinions).

    The text is the one with the greatest mean probability. The evidence is the mean of that of the looks which gave
    this text, or as many positions.
    """
    mass: dict[str, float] = {}
    for look in looks:
        for text, probability in k_best(look.probabilities, _READINGS):
            mass[text] = mass.get(text, 0.0) + probability / len(looks)
    best = max(mass, key=lambda text: mass[text])
    positions = [look.probabilities for look in looks if look.text == best]
    if not positions:
        closest = max(looks, key=lambda look: dict(k_best(look.probabilities, _READINGS)).get(best, 0.0))
        positions = [closest.probabilities]
    size = len(positions[0])
    alike = [look.probabilities for look in looks if len(look.probabilities) == size and len(look.text) == len(best)]
    evidence = np.asarray(np.mean(alike or positions, axis=0), np.float32)
    return Decoded(best, mass[best], evidence)


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
        first = self._decode([by_matrix(i, m, INPUT_SIZE) for i, m in zip(images, matrices, strict=True)])
        reads = []
        for image, matrix, decoded, detection in zip(images, matrices, first, detections, strict=True):
            read = self._settle(decoded, detection)
            if look_again and read.confidence < LOOK_AGAIN_BELOW:
                more = self._decode([by_matrix(image, m, INPUT_SIZE) for m in other_looks(matrix)])
                read = self._settle(combine([decoded, *more]), detection)
            reads.append(read)
        return reads

    def _decode(self, cuts: list[Image]) -> list[Decoded]:
        posteriors = np.asarray(self._session.run({self._input: np.stack(cuts)})[0], np.float32)
        return [decode(steps, temperature=self._temperature) for steps in posteriors]

    def _settle(self, decoded: Decoded, detection: Detection) -> Read:
        """Choose the text, with or without the layouts' prior."""
        readings = k_best(decoded.probabilities, _READINGS)
        if self._prior:
            readings = apply_prior(readings)
        text, confidence = readings[0]
        return Read(detection, text, min(float(confidence), 1.0), decoded.probabilities)
