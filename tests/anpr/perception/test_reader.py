"""The shipped reader on plates drawn here with plain lines: no picture of a real plate is needed."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from anpr.errors import ModelError
from anpr.perception.ctc import Floats
from anpr.perception.reader import PlateReader
from anpr.perception.second_looks import WIDE_BELOW
from anpr.values import Detection, Image
from anpr.vrm import NOTHING
from models.plates.random_plate import random_plate


def plate(seed: int, style: str = "GB current", lines: int = 1) -> tuple[str, Image]:
    """A rendered plate of the style, 100 px high at most, on grey."""
    rng = np.random.default_rng(seed)
    while True:
        drawn = random_plate(rng, styles=(style,))
        if drawn.lines == lines:
            picture = np.where(drawn.coverage[:, :, None] > 127, drawn.image, 110).astype(np.uint8)
            return drawn.text, np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8)


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader()


def test_clean_plates_of_one_and_two_lines_are_read(reader: PlateReader) -> None:
    plates = [plate(seed) for seed in range(8)] + [plate(seed, lines=2) for seed in range(4)]
    reads = reader.read_crops([picture for _, picture in plates])
    right = [read.text == text for read, (text, _) in zip(reads, plates, strict=True)]
    assert sum(right[:8]) >= 7
    assert sum(right[8:]) >= 3


def test_reads_come_in_the_order_of_the_detections(reader: PlateReader) -> None:
    frame = np.full((400, 700, 3), 90, np.uint8)
    texts, detections = [], []
    for i in range(3):
        text, picture = plate(20 + i)
        small = cv2.resize(picture, (200, 44), interpolation=cv2.INTER_AREA)
        x, y = 40 + 210 * i, 50 + 110 * i
        frame[y : y + 44, x : x + 200] = small
        texts.append(text)
        corners = np.array([[x, y], [x + 200, y], [x + 200, y + 44], [x, y + 44]], np.float32)
        detections.append(Detection((x, y, x + 200, y + 44), 0.9, corners if i else None))
    reads = reader.read(frame, detections)
    assert [read.detection for read in reads] == detections
    assert sum(read.text == text for read, text in zip(reads, texts, strict=True)) >= 2


def test_evidence_rows_are_probabilities(reader: PlateReader) -> None:
    for look_again in (True, False):
        read = reader.read(plate(3)[1], [Detection((0, 0, 300, 60), 0.5)], look_again=look_again)[0]
        assert read.probabilities.shape[1] == NOTHING + 1
        assert read.probabilities.dtype == np.float32
        assert read.probabilities.sum(axis=1) == pytest.approx(np.ones(len(read.probabilities)), abs=1e-4)
        assert 0 <= read.confidence <= 1


def test_no_detections_no_reads(reader: PlateReader) -> None:
    assert reader.read(np.zeros((20, 20, 3), np.uint8), []) == []
    assert reader.read_crops([]) == []


def test_unreadable_noise_is_not_trusted(reader: PlateReader) -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        noise = rng.integers(0, 256, (40, 130, 3)).astype(np.uint8)
        read = reader.read_crops([noise])[0]
        assert not read.text or read.confidence < 0.9


def test_the_wide_network_is_asked_about_unsure_plates_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = PlateReader()
    asked: list[int] = []
    steps = reader._wide.steps

    def counted(cuts: Sequence[Image]) -> list[Floats]:
        asked.append(len(cuts))
        return steps(cuts)

    monkeypatch.setattr(reader._wide, "steps", counted)
    clear = reader.read_crops([plate(1)[1]])[0]
    assert clear.confidence >= WIDE_BELOW
    assert asked == []
    small = (cv2.resize(plate(seed)[1], (24, 6), interpolation=cv2.INTER_AREA) for seed in range(6))
    blurred = [np.asarray(cv2.resize(picture, (160, 40)), np.uint8) for picture in small]
    for picture in blurred:
        reader.read(picture, [Detection((0, 0, 160, 40), 0.5)], look_again=False)
    assert asked == []
    for picture in blurred:
        reader.read(picture, [Detection((0, 0, 160, 40), 0.5)])
    assert asked[0] == 1  # the same cut first
    assert 2 in asked  # and further ones of plates that stay unsure


def test_layout_prior_orders_look_alikes_and_leaves_the_evidence_alone() -> None:
    with_prior, without = PlateReader(), PlateReader(layout_prior=False)
    text, picture = plate(1)
    first = with_prior.read_crops([picture])[0]
    second = without.read_crops([picture])[0]
    assert first.text == text
    assert second.probabilities.shape == first.probabilities.shape


def test_missing_model_is_a_model_error(tmp_path: object) -> None:
    with pytest.raises(ModelError, match="manifest"):
        PlateReader(models=tmp_path)  # type: ignore[arg-type]
