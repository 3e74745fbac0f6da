"""Reading plates: cut out, turned flat, all plates of a frame in one run of the network, decoded with probabilities."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.ctc import Decoded, decode
from anpr.evidence import k_best
from anpr.layouts import apply_prior
from anpr.model_files import model_file
from anpr.rectification import box_matrix, by_matrix, cut_matrix
from anpr.values import CharacterProbabilities, Detection, Image, Read, Readings
from anpr.vrm import ALPHABET, NOTHING

Matrix = NDArray[np.float64]

INPUT_SIZE: Final = (160, 48)
"""Width and height in px of what the network reads; its input is uint8 (N, 48, 160, 3), BGR."""

LOOK_AGAIN_BELOW: Final = 0.9
"""A read that is less sure than this is tried again with other cuts."""

ZOOMS: Final = ((1.06, 1.12, 0.0), (0.94, 0.88, 0.0))
TURNS: Final = ((1.0, 0.92, 4.0), (1.0, 0.92, -4.0), (0.97, 0.85, 8.0), (0.97, 0.85, -8.0))
"""Other cuts: zoom across, zoom upright, turn in degrees."""

PRIOR_STRENGTH: Final = 2.0
"""How much the layouts weigh, as a power: fitted on 500 rendered plates of all layouts, where 2 beat 1 and 3."""

_READINGS: Final = 20


def other_looks(to_cut: Matrix, *, flat: bool) -> list[Matrix]:
    """Return other cuts of the same plate: closer and wider; unless it is known to lie flat, also turned.

    Angles are those that the plate would have in its true proportions, about 4.6 : 1.
    """
    w, h = INPUT_SIZE
    middle = np.array([[1, 0, w / 2], [0, 1, h / 2], [0, 0, 1]])
    looks = []
    for zoom_x, zoom_y, turn_deg in ZOOMS if flat else ZOOMS + TURNS:
        slope = np.tan(np.radians(turn_deg)) * 4.0 * h / w
        around = np.array([[zoom_x, 0, 0], [zoom_y * slope, zoom_y, 0], [0, 0, 1]])
        looks.append(middle @ around @ np.linalg.inv(middle) @ to_cut)
    return looks


def combine(looks: Sequence[Decoded], sharpness: float = 1.0) -> tuple[Readings, CharacterProbabilities]:
    """Return the readings and the evidence of several looks at the same plate: the mean of what each says.

    A mean of opinions, because looks share the picture and its faults: a product would count one doubt many times.
    Such a mean is less sure than it is right; each probability to the power of `sharpness`, their sum kept, makes up
    for it. Evidence of positions follows from the readings, each laid over the most probable one.
    """
    mass: dict[str, float] = {}
    for look in looks:
        for text, probability in k_best(look.probabilities, _READINGS):
            mass[text] = mass.get(text, 0.0) + probability / len(looks)
    powers = {text: probability**sharpness for text, probability in mass.items()}
    scale = sum(mass.values()) / sum(powers.values())
    sharp = ((text, power * scale) for text, power in powers.items())
    readings = tuple(sorted(sharp, key=lambda item: (-item[1], item[0]))[: 2 * _READINGS])
    return readings, _positions(readings)


def _positions(readings: Readings) -> CharacterProbabilities:
    """Return the probability of each character at each position of the best reading, from all readings."""
    best = readings[0][0]
    table = np.zeros((len(best), NOTHING + 1))
    for text, probability in readings:
        for kind, a0, a1, b0, b1 in SequenceMatcher(None, best, text, autojunk=False).get_opcodes():
            for i in range(a0, a1):
                at = b0 + i - a0
                present = kind != "delete" and at < b1
                table[i, ALPHABET.index(text[at]) if present else NOTHING] += probability
    return np.asarray(table / table.sum(axis=1, keepdims=True), np.float32) if best else table.astype(np.float32)


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
        first = self._decode([by_matrix(i, m, INPUT_SIZE) for i, m in zip(images, matrices, strict=True)])
        reads = []
        for image, matrix, decoded, detection in zip(images, matrices, first, detections, strict=True):
            evidence = decoded.probabilities
            read = self._settle(k_best(evidence, _READINGS), evidence, detection)
            if look_again and read.confidence < LOOK_AGAIN_BELOW:
                looks = other_looks(matrix, flat=detection.corners_px is not None)
                more = self._decode([by_matrix(image, look, INPUT_SIZE) for look in looks])
                read = self._settle(*combine([decoded, *more], self._sharpness), detection)
            reads.append(read)
        return reads

    def _decode(self, cuts: list[Image]) -> list[Decoded]:
        posteriors = np.asarray(self._session.run({self._input: np.stack(cuts)})[0], np.float32)
        return [decode(steps, temperature=self._temperature) for steps in posteriors]

    def _settle(self, readings: Readings, evidence: CharacterProbabilities, detection: Detection) -> Read:
        """Choose the text, with or without the layouts' prior."""
        text, confidence = (apply_prior(readings, PRIOR_STRENGTH) if self._prior else readings)[0]
        return Read(detection, text, min(float(confidence), 1.0), evidence)
