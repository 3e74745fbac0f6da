"""Reading plates: cut out, turned flat, all plates of a frame in one run of the network, decoded with probabilities."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.evidence import k_best, level_box, small_by
from anpr.perception.ctc import Floats, active_steps, soften
from anpr.perception.decoding import decode_steps
from anpr.perception.far_reads import doubted
from anpr.perception.hidden_characters import HiddenCharacters, Looked
from anpr.perception.layouts import apply_prior
from anpr.perception.model_files import model_file
from anpr.perception.rectification import box_matrix, by_matrix, cut_matrix
from anpr.perception.second_looks import INPUT_SIZE, WIDE_BELOW, combine, other_looks, positions_of
from anpr.values import Detection, Image, Read, Readings
from anpr.vrm import ALPHABET

Matrix = NDArray[np.float64]

PRIOR_STRENGTH: Final = 2.0
"""How much the layouts weigh, as a power: fitted on 500 rendered plates of all layouts, where 2 beat 1 and 3."""

_READINGS: Final = 20


class _Network:
    """One of the shipped networks and its calibration: pictures (N, 48, 160, 3) to the active steps of each."""

    def __init__(self, name: str, threads: int, models: Path | None) -> None:
        described = model_file(name, models)
        self._session = described.open(threads=threads, alphabet=ALPHABET)
        self._input = described.input.name
        self._temperature = described.calibration.get("temperature", 1.0)
        self.sharpness = described.calibration.get("sharpness", 1.0)

    def log_posteriors(self, cuts: Sequence[Image]) -> NDArray[np.float32]:
        """Return what the network gives for each cut, (N, 160, 37)."""
        return np.asarray(self._session.run({self._input: np.stack(cuts)})[0], np.float32)

    def active(self, log_posteriors: NDArray[np.float32]) -> Floats:
        """Return the active steps of one cut: probabilities (T, 37)."""
        return soften(active_steps(log_posteriors), self._temperature)

    def steps(self, cuts: Sequence[Image]) -> list[Floats]:
        """Return the active steps of each cut."""
        return [self.active(each) for each in self.log_posteriors(cuts)]


class PlateReader:
    """Reads plates with the shipped networks: a fast one reads all, a wide one again those of which it is unsure.

    `threads` is the number of threads within one run of a network. `layout_prior` weighs texts by the layouts that
    exist; it orders them and never removes one, and the evidence (`Read.probabilities`) is always free of it.
    `home` is the country whose rules settle which of two look-alikes is meant (`anpr.perception.layouts.HOMES`).
    `hidden` False leaves out what may be hidden: for making the network that says so, and for measuring without it.
    `models` is the folder of models and manifest, the shipped one by default. Raises ModelError when a model file is
    missing, altered or not for this alphabet.
    """

    def __init__(
        self,
        *,
        threads: int = 1,
        layout_prior: bool = True,
        home: str = "none",
        hidden: bool = True,
        models: Path | None = None,
    ) -> None:
        self._fast = _Network("reader", threads, models)
        self._wide = _Network("reader_wide", threads, models)
        self._prior = layout_prior
        self._home = home
        self._hidden = HiddenCharacters(threads, models) if hidden else None

    def read(
        self, frame_image: Image, detections: Sequence[Detection], *, look_again: bool | None = None
    ) -> list[Read]:
        """Return one read for each detection in a frame (H, W, 3) BGR, in the same order.

        `look_again` False leaves it at the fast network's: where the next frame comes soon, it is the better second look.
        """
        matrices = [cut_matrix(detection, INPUT_SIZE) for detection in detections]
        return self._read([frame_image] * len(matrices), matrices, detections, look_again is not False, False)

    def read_crops(self, images: Sequence[Image], *, look_again: bool | None = None) -> list[Read]:
        """Return one read for each picture of a plate already cut out, with unknown margins; (H, W, 3) BGR.

        `look_again` as in `read`. The picture is taken to be the whole plate: nothing is hidden beyond its ends.
        """
        boxes = [(0.0, 0.0, float(image.shape[1]), float(image.shape[0])) for image in images]
        matrices = [box_matrix(box, INPUT_SIZE, (0.0, 0.0)) for box in boxes]
        return self._read(list(images), matrices, [Detection(box, 1.0) for box in boxes], look_again is not False, True)

    def look(self, cut: Image, detection: Detection, *, wide: bool = False) -> tuple[NDArray[np.float32], Read]:
        """Return one network's log posteriors (160, 37) of a plate already cut, (48, 160, 3), and what it reads in it."""
        network = self._wide if wide else self._fast
        seen = network.log_posteriors([cut])[0]
        return seen, self._read_of(network.active(seen), detection)[0]

    def _read(
        self,
        images: list[Image],
        matrices: list[Matrix],
        detections: Sequence[Detection],
        look_again: bool,
        are_whole: bool,
    ) -> list[Read]:
        if not matrices:
            return []
        cuts = [by_matrix(i, m, INPUT_SIZE) for i, m in zip(images, matrices, strict=True)]
        looked = []
        for k, (seen, detection) in enumerate(zip(self._fast.log_posteriors(cuts), detections, strict=True)):
            read, _ = self._read_of(self._fast.active(seen), detection)
            look = Looked(images[k], matrices[k], seen, read, are_whole)
            if look_again and read.confidence < WIDE_BELOW:
                again, read = self._looked_again(images[k], matrices[k], cuts[k], detection)
                look = Looked(images[k], matrices[k], again, read, are_whole)
            looked.append(look)
        return [one.read for one in looked] if self._hidden is None else self._hidden.doubted(looked)

    def _looked_again(
        self, image: Image, matrix: Matrix, cut: Image, detection: Detection
    ) -> tuple[NDArray[np.float32], Read]:
        """Return the wide network's log posteriors of the cut, and its read of it and, if that is unsure, of further cuts."""
        seen = self._wide.log_posteriors([cut])[0]
        looks = [self._wide.active(seen)]
        read, readings = self._read_of(looks[0], detection)
        for worth_below, others in other_looks(matrix, flat=detection.corners_px is not None):
            if read.confidence >= worth_below:
                break
            looks.extend(self._wide.steps([by_matrix(image, other, INPUT_SIZE) for other in others]))
            told = combine(looks, readings, self._wide.sharpness)
            evidence = doubted(positions_of(told), level_box(detection))
            small = small_by(level_box(detection)) > 0.0
            text, confidence = self._weighed(k_best(evidence, _READINGS) if small else told)[0]
            read = Read(detection, text, confidence, evidence)
        return seen, read

    def _read_of(self, steps: Floats, detection: Detection) -> tuple[Read, Readings]:
        """Return the read of one look, and its readings without the layouts."""
        evidence = doubted(decode_steps(steps).probabilities, level_box(detection))
        readings = k_best(evidence, _READINGS)
        text, confidence = self._weighed(readings)[0]
        return Read(detection, text, confidence, evidence), readings

    def _weighed(self, readings: Readings) -> Readings:
        """Return the readings with or without the layouts' prior, best first, none above 1."""
        weighed = apply_prior(readings, PRIOR_STRENGTH, self._home) if self._prior else readings
        return tuple((text, min(float(probability), 1.0)) for text, probability in weighed)
