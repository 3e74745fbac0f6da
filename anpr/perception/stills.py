"""Still pictures: time does not matter, so each plate is looked for and read as well as possible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from anpr.evidence import k_best
from anpr.perception.fusion import Prior
from anpr.perception.hidden_places import with_places
from anpr.perception.plate_probability import plate_probability
from anpr.values import Detection, Image, Read, Readings

ReadPlate = tuple[Read, Readings]
"""A read with its most probable texts, after the layout prior."""


class StillFinder(Protocol):
    """Finds plates in a picture of any size."""

    def detect_multi_scale(self, image: Image) -> list[Detection]:
        """Return the plates found at several scales."""


class StillReader(Protocol):
    """Reads plates that were found, and pictures that are one plate."""

    def read(self, image: Image, detections: Sequence[Detection]) -> list[Read]:
        """Return one read for each detection."""

    def read_crops(self, images: Sequence[Image]) -> list[Read]:
        """Return one read for each picture of a plate already cut out, with unknown margins."""


@dataclass(slots=True)
class Stills:
    """Reads still pictures."""

    detector: StillFinder
    reader: StillReader
    prior: Prior | None = None

    def picture(self, image: Image, reduced_by: int = 1) -> list[ReadPlate]:
        """Return the plates of a picture that could be read, surest first.

        The confidence is, as that of a sighting, also that of its being a plate at all. Each pixel of `image` is `reduced_by` x `reduced_by` pixels of the file, in whose pixels the boxes are given.
        """
        reads = self.reader.read(image, self.detector.detect_multi_scale(image))
        plates = (_as_plate(self._settled(_enlarged(read, reduced_by))) for read in reads if read.text)
        return sorted(plates, key=lambda plate: -plate[0].confidence)

    def crop(self, image: Image) -> list[ReadPlate]:
        """Return the one plate that the picture is, or nothing when it cannot be read."""
        return [self._settled(read) for read in self.reader.read_crops([image]) if read.text]

    def _settled(self, read: Read) -> ReadPlate:
        readings = k_best(read.probabilities)
        weighed = self.prior(readings) if self.prior is not None else readings
        return read, with_places(weighed, read.hidden)


def _as_plate(plate: ReadPlate) -> ReadPlate:
    """Return what was read in a picture as probable as it is that there is a plate."""
    read, readings = plate
    is_one = plate_probability([read], read.text)
    settled = replace(read, confidence=read.confidence * is_one)
    return settled, tuple((text, probability * is_one) for text, probability in readings)


def _enlarged(read: Read, by: int) -> Read:
    if by == 1:
        return read
    x0, y0, x1, y1 = read.detection.box_px
    corners = read.detection.corners_px
    larger = Detection(
        (x0 * by, y0 * by, x1 * by, y1 * by), read.detection.confidence, None if corners is None else corners * by
    )
    return replace(read, detection=larger)
