"""Still pictures: what could be read, surest first, in the file's own pixels."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from anpr.perception.stills import Stills
from anpr.values import Detection, Hidden, Image, Read, Readings
from tests.builders.read import read_of

PICTURE = np.zeros((100, 200, 3), np.uint8)


class Found:
    """Finds these plates, and reads them as said."""

    def __init__(self, *reads: Read) -> None:
        self.reads = list(reads)

    def detect_multi_scale(self, image: Image) -> list[Detection]:
        return [read.detection for read in self.reads]

    def read(self, image: Image, detections: Sequence[Detection]) -> list[Read]:
        assert list(detections) == self.detect_multi_scale(image)
        return self.reads

    def read_crops(self, images: Sequence[Image]) -> list[Read]:
        assert len(images) == 1
        return self.reads[:1]


def test_plates_come_surest_first_and_what_cannot_be_read_not_at_all() -> None:
    weak, strong, empty = read_of("AB12CDE", certainty=0.7), read_of("KX63PLR"), read_of(np.zeros((0, 37), np.float32))
    found = Found(weak, empty, strong)
    plates = Stills(found, found).picture(PICTURE)
    assert [read.text for read, _ in plates] == ["KX63PLR", "AB12CDE"]
    assert plates[0][1][0] == ("KX63PLR", pytest.approx(plates[0][0].confidence))


def test_what_is_read_in_a_picture_is_as_probable_as_that_it_is_a_plate() -> None:
    plate, sign = (replace(read_of(text), detection=Detection((0, 0, 90, 20), 0.8)) for text in ("AB12CDE", "UM"))
    (first, _), (second, readings) = Stills(Found(sign, plate), Found(sign, plate)).picture(PICTURE)
    assert (first.text, first.confidence) == ("AB12CDE", pytest.approx(0.8 * plate.confidence))
    assert (second.text, readings[0][0]) == ("UM", "UM")
    assert second.confidence == pytest.approx(readings[0][1])
    assert second.confidence < 0.2
    ((whole, _),) = Stills(Found(sign), Found(sign)).crop(PICTURE)  # it is said to be a plate
    assert whole.confidence == sign.confidence


def test_alternatives_hold_the_doubt_of_a_hidden_place() -> None:
    read = replace(read_of("K64AGY"), hidden=(Hidden(0, 0.75),))
    ((plate, readings),) = Stills(Found(read), Found(read)).picture(PICTURE)
    assert readings[0] == ("K64AGY", pytest.approx(plate.confidence / 4))


def test_boxes_and_corners_are_in_the_pixels_of_the_file() -> None:
    corners = np.array([[10, 20], [50, 20], [50, 30], [10, 30]], np.float32)
    read = replace(read_of("AB12CDE"), detection=Detection((10, 20, 50, 30), 0.8, corners))
    found = Found(read)
    ((same, _),) = Stills(found, found).picture(PICTURE)
    assert (same.text, same.detection, same.probabilities is read.probabilities) == (read.text, read.detection, True)
    ((larger, _),) = Stills(found, found).picture(PICTURE, reduced_by=4)
    assert larger.detection.box_px == (40, 80, 200, 120)
    assert np.array_equal(larger.detection.corners_px, corners * 4)  # type: ignore[arg-type]
    assert (larger.text, larger.detection.confidence) == ("AB12CDE", 0.8)
    bare = Found(read_of("AB12CDE", box=(1, 2, 3, 4)))
    ((without, _),) = Stills(bare, bare).picture(PICTURE, reduced_by=2)
    assert (without.detection.box_px, without.detection.corners_px) == ((2, 4, 6, 8), None)


def test_a_picture_that_is_a_plate_is_one_or_none() -> None:
    one, none = Found(read_of("AB12CDE"), read_of("KX63PLR")), Found(read_of(np.zeros((0, 37), np.float32)))
    assert [read.text for read, _ in Stills(one, one).crop(PICTURE)] == ["AB12CDE"]
    assert Stills(none, none).crop(PICTURE) == []


def test_the_prior_weighs_the_readings() -> None:
    def prior(readings: Readings) -> Readings:
        return (("AB12CDE", 1.0), *readings[:1])

    found = Found(read_of("AB1ZCDE"))
    for plates in (Stills(found, found, prior).picture(PICTURE), Stills(found, found, prior).crop(PICTURE)):
        assert plates[0][1][0][0] == "AB12CDE"
