from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from anpr.perception.detector import SIZE_MULTIPLE, PlateDetector, _decoded, _fitted, _merged
from anpr.perception.reader import PlateReader
from anpr.values import Detection, Image
from anpr.vrm import fold
from models.plates.random_plate import random_plate
from models.train.scenes.backgrounds import street
from models.train.scenes.pasting import set_into, turned_quad
from models.train.scenes.slant import Slant, seen_aslant, slant_matrix


@pytest.fixture(scope="module")
def detector() -> PlateDetector:
    return PlateDetector()


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader()


def street_with_plate(
    seed: int, width: int, size: tuple[int, int] = (1280, 720), wild: float = 0.3
) -> tuple[Image, NDArray[np.float32]]:
    """A made-up street with one plate on a dark car-like patch; returns the picture and the plate's corners."""
    return street_with_text(seed, width, size, wild)[:2]


def street_with_text(
    seed: int, width: int, size: tuple[int, int] = (1280, 720), wild: float = 0.3
) -> tuple[Image, NDArray[np.float32], str]:
    """The same, and what the plate says."""
    rng = np.random.default_rng(seed)
    image = street(rng, *size)
    plate = random_plate(rng, styles=["GB current", "D"])
    aspect = plate.image.shape[0] / plate.image.shape[1]
    quad = turned_quad(rng, (size[0] * 0.5, size[1] * 0.6), width, aspect, wild)
    patch = (quad.mean(axis=0) + (quad - quad.mean(axis=0)) * (2.5, 4.0)).astype(np.float32)
    flat = np.full((8, 8, 3), 60, np.uint8)
    tone = np.array([[10.0] * 3, [225.0] * 3])
    set_into(image, flat, np.full((8, 8), 255, np.uint8), patch, tone)
    set_into(image, plate.image, plate.coverage, quad, tone)
    return image, quad, plate.text


def corners_of(match: Detection | None) -> NDArray[np.float32]:
    assert match is not None
    assert match.corners_px is not None
    return match.corners_px


def best_match(detections: Sequence[Detection], quad: NDArray[np.float32]) -> Detection | None:
    """The detection whose centre is nearest to the quad's, or None when none lies on it."""
    centre, reach = quad.mean(axis=0), np.ptp(quad[:, 0]) / 2
    near = [d for d in detections if np.abs(corners_of(d).mean(axis=0) - centre).max() < reach]
    return max(near, key=lambda d: d.confidence, default=None)


def test_plates_are_found_with_their_corners(detector: PlateDetector) -> None:
    found, errors = 0, []
    for seed in range(16):
        image, quad = street_with_plate(seed, 60 + 20 * seed)
        match = best_match(detector.detect(image), quad)
        if match is None:
            continue
        found += 1
        errors.append(np.abs(corners_of(match) - quad).mean() / np.ptp(quad[:, 0]))
        x0, y0, x1, y1 = match.box_px
        assert x0 < x1
        assert y0 < y1
        assert corners_of(match).shape == (4, 2)
        assert corners_of(match).dtype == np.float32
    assert found >= 15
    assert np.median(errors) < 0.05


@pytest.mark.parametrize(
    "slant",
    [Slant(30.0), Slant(-30.0), Slant(0.0, -50.0, 20.0), Slant(20.0, 40.0, -15.0)],
    ids=["roll 30", "roll -30", "yaw -50, pitch 20", "all three"],
)
def test_plates_seen_aslant_are_found_and_read(detector: PlateDetector, reader: PlateReader, slant: Slant) -> None:
    size = (960, 540)
    errors, read = [], 0
    for seed in range(8):
        image, quad, text = street_with_text(100 + seed, 100 + 12 * seed, size)
        picture, quads, _ = seen_aslant(image, quad[None], slant_matrix(slant, size, size), size, cv2.BORDER_REPLICATE)
        match = best_match(detector.detect(picture), quads[0])
        if match is not None:
            errors.append(np.abs(corners_of(match) - quads[0]).mean() / np.hypot(*(quads[0, 1] - quads[0, 0])))
            read += fold(reader.read(picture, [match])[0].text) == fold(text)
    assert len(errors) >= 7
    assert np.median(errors) < 0.04
    assert read >= 6


def test_a_leaning_plate_is_looked_at_again_and_a_level_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = PlateDetector()
    looked: list[tuple[int, ...]] = []
    inner = detector._candidates

    def seen(canvas: Image) -> object:
        looked.append(canvas.shape)
        return inner(canvas)

    monkeypatch.setattr(detector, "_candidates", seen)
    image, quad = street_with_plate(4, 160, (960, 540), wild=0.0)
    assert best_match(detector.detect(image), quad) is not None
    level = len(looked)
    size, slant = (960, 540), Slant(40.0)
    picture, quads, _ = seen_aslant(image, quad[None], slant_matrix(slant, size, size), size, cv2.BORDER_REPLICATE)
    match = best_match(detector.detect(picture), quads[0])
    assert np.abs(corners_of(match) - quads[0]).mean() < 0.03 * 160
    assert level == 1
    assert looked[level + 1 :]
    assert set(looked[level + 1 :]) == {(192, 320, 3)}


def test_an_empty_picture_holds_no_plate(detector: PlateDetector) -> None:
    assert detector.detect(np.full((720, 1280, 3), 90, np.uint8)) == []
    assert detector.detect_multi_scale(np.zeros((300, 400, 3), np.uint8)) == []


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 4000), (4000, 1), (3, 7), (33, 31), (1280, 720), (480, 640), (721, 1281)]
)
def test_pictures_of_any_shape_are_searched(detector: PlateDetector, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    for detection in detector.detect(noise) + detector.detect_multi_scale(noise):
        assert 0.0 <= detection.confidence <= 1.0


def test_a_hundred_megapixels_are_searched(detector: PlateDetector) -> None:
    image, quad = street_with_plate(3, 160)
    huge = cv2.resize(image, (13328, 7497), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    match = best_match(detector.detect(huge), quad * (13328 / 1280))
    assert match is not None


def test_a_portrait_picture_keeps_its_geometry(detector: PlateDetector) -> None:
    image, quad = street_with_plate(4, 200, size=(720, 1280))
    match = best_match(detector.detect(image), quad)
    assert match is not None
    assert np.abs(corners_of(match) - quad).mean() < 0.06 * np.ptp(quad[:, 0])


@pytest.mark.parametrize("seed", range(4))
def test_a_plate_that_fills_a_small_picture_is_found(detector: PlateDetector, seed: int) -> None:
    plate = random_plate(np.random.default_rng(seed), styles=["GB current"])
    height = round(240 * plate.image.shape[0] / plate.image.shape[1])
    picture = np.asarray(cv2.resize(plate.image, (240, height), interpolation=cv2.INTER_AREA), np.uint8)
    quad = np.array([[0, 0], [240, 0], [240, height], [0, height]], np.float32)
    assert best_match(detector.detect_multi_scale(picture), quad) is not None


def test_far_and_near_plates_need_several_scales(detector: PlateDetector) -> None:
    image, quad = street_with_plate(6, 1300, size=(2560, 1440), wild=0.1)
    assert best_match(detector.detect_multi_scale(image), quad) is not None


def test_the_same_picture_gives_the_same_answer(detector: PlateDetector) -> None:
    image, _ = street_with_plate(8, 150)
    first, second = detector.detect(image), detector.detect(image)
    assert [d.box_px for d in first] == [d.box_px for d in second]
    assert [d.confidence for d in first] == [d.confidence for d in second]


def test_the_floor_leaves_out_the_less_confident(detector: PlateDetector) -> None:
    image, _ = street_with_plate(2, 150)
    every = PlateDetector(confidence_floor=0.01).detect(image)
    sure = PlateDetector(confidence_floor=0.5).detect(image)
    assert [d.box_px for d in sure] == [d.box_px for d in every if d.confidence > 0.5]
    assert len(every) > len(sure)


def test_smaller_inputs_work_for_the_governor() -> None:
    image, quad = street_with_plate(5, 220)
    for width in (512, 320, 960):
        assert best_match(PlateDetector(input_width=width).detect(image), quad) is not None


@pytest.mark.parametrize("width", [0, 16, 333])
def test_widths_that_do_not_fit_the_network_are_refused(width: int) -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        PlateDetector(input_width=width)


@pytest.mark.parametrize(
    "image", [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 3), np.float32), np.zeros((0, 10, 3), np.uint8)]
)
def test_what_is_no_picture_is_refused(detector: PlateDetector, image: Image) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        detector.detect(image)


def test_the_picture_is_fitted_without_enlarging() -> None:
    canvas, scale, left, top = _fitted(np.full((720, 1280, 3), 5, np.uint8), 640)
    assert (canvas.shape, scale, left, top) == ((384, 640, 3), 0.5, 0, 0)
    assert canvas[359, 639].tolist() == [5, 5, 5]
    assert canvas[360, 0].tolist() == [114, 114, 114]
    canvas, scale, left, top = _fitted(np.full((20, 100, 3), 5, np.uint8), 640)
    assert scale == 1.0
    assert (canvas[top : top + 20, left : left + 100] == 5).all()
    assert (canvas == 5).sum() == 20 * 100 * 3
    assert canvas.shape[0] % SIZE_MULTIPLE == 0


def test_cells_are_decoded_into_box_and_corners() -> None:
    maps = np.full((13, 4, 6), -9.0, np.float32)
    maps[:, 2, 3] = [2.0, 0.25, -0.5, np.log(5.0), np.log(1.0), *[0.0] * 8]
    maps[5:7, 2, 3] = [0.1, -0.2]
    logits, (corners, boxes) = _decoded(maps, 0.0)
    assert logits.tolist() == [2.0]
    assert np.allclose(boxes[0], [30 - 20, 16 - 4, 30 + 20, 16 + 4])
    assert np.allclose(corners[0], np.array([[12, 11.2], [50, 12], [50, 20], [10, 20]], np.float32))


def test_boxes_of_one_plate_are_merged_and_those_of_two_are_not() -> None:
    boxes = np.array([[0, 0, 100, 25], [2, 0, 102, 25], [40, 5, 60, 20], [200, 0, 300, 25]], np.float32)
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    confidences = np.array([0.9, 0.9, 0.5, 0.3], np.float32)
    merged = _merged(boxes, corners, confidences)
    assert np.allclose(merged.boxes, [[1, 0, 101, 25], [200, 0, 300, 25]])
    assert np.allclose(merged.corners[0, 0], [1, 0])
    assert merged.confidences.tolist() == pytest.approx([0.9, 0.3])
    none = _merged(boxes[:0], corners[:0], confidences[:0])
    assert none.boxes.shape == (0, 4)
    assert none.corners.shape == (0, 4, 2)
