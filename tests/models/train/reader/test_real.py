import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.train.reader.real import RealSource, fold_of, load_real


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """Two frames of three vehicles, one of them without a text."""
    (tmp_path / "frames").mkdir()
    rng = np.random.default_rng(0)
    labels = []
    for i in range(2):
        cv2.imwrite(str(tmp_path / "frames" / f"{i}.jpg"), rng.integers(0, 256, (200, 300, 3)).astype(np.uint8))
        plates = [
            {"box": [100, 80, 180, 100], "text": "B11WOB", "legibility": "clear"},
            {"box": [5, 2, 60, 15], "text": "TR05RBG", "legibility": "hard"},
            {"box": [200, 150, 240, 160], "text": None, "legibility": "unreadable"},
        ]
        labels.append({"file": f"{i}.jpg", "video": "d1", "second": i, "plates": plates})
    (tmp_path / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return tmp_path


def test_only_plates_with_a_text_are_loaded(drive: Path) -> None:
    assert sorted(plate.text for plate in load_real(drive)) == ["B11WOB", "B11WOB", "TR05RBG", "TR05RBG"]


def test_folds_part_the_vehicles(drive: Path) -> None:
    folds = [{plate.text for plate in load_real(drive, fold)} for fold in (0, 1)]
    assert not folds[0] & folds[1]
    assert folds[0] | folds[1] == {"B11WOB", "TR05RBG"}
    assert all(fold_of(text) == fold for fold in (0, 1) for text in folds[fold])


def test_box_lies_in_its_piece_of_the_frame(drive: Path) -> None:
    for plate in load_real(drive):
        height, width = plate.picture.shape[:2]
        assert (plate.corners >= 0).all()
        assert (plate.corners <= (width, height)).all()


def test_samples_have_text_but_no_places(drive: Path) -> None:
    source = RealSource(load_real(drive), np.random.default_rng(1))
    taken = [source.photograph() for _ in range(20)]
    assert {sample.text for sample in taken} == {"B11WOB", "TR05RBG"}
    assert all(sample.image.shape == (48, 160, 3) and len(sample.places) == 0 for sample in taken)
