from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.train.detector.data import NUMBERS, PLATES, ScenePool, augmented, labels_of, targets_of
from models.train.scenes.frames import Scene

pytestmark = pytest.mark.training

SIZE = (160, 96)


def scene_with(
    quad: Sequence[tuple[float, float]], *, ignored: bool = False, exact: bool = True, value: int = 0
) -> Scene:
    return Scene(
        np.full((96, 160, 3), value, np.uint8),
        np.array([quad], np.float32),
        np.array([exact]),
        np.array([ignored]),
        real=False,
    )


PLATE = ((40, 40), (90, 42), (90, 54), (40, 52))


def test_the_cell_of_the_centre_is_the_peak_and_knows_the_plate() -> None:
    targets = targets_of(labels_of(scene_with(PLATE))[None], SIZE)
    assert targets.heat.shape == (1, 12, 20)
    row, column = np.unravel_index(targets.heat[0].argmax(), (12, 20))
    assert (row, column) == (47 // 8, 65 // 8)
    assert targets.heat[0, row, column] == 1.0
    assert targets.boxes[0, :, row, column].tolist() == [40, 40, 90, 54]
    assert targets.corners[0, :, row, column].tolist() == [v for point in PLATE for v in point]
    assert targets.exact[0, row, column] == 1.0
    assert targets.heat[0, 0, 0] < 1e-3
    assert targets.background.min() == 1.0


def test_an_ignored_or_tiny_plate_is_neither_wanted_nor_punished() -> None:
    tiny = ((40, 40), (50, 40), (50, 43), (40, 43))
    for scene in (scene_with(PLATE, ignored=True), scene_with(tiny)):
        targets = targets_of(labels_of(scene)[None], SIZE)
        assert targets.heat.max() == 0
        assert targets.weight.max() == 0
        assert 0 < (targets.background == 0).sum() < 60


def test_a_plate_whose_centre_is_outside_has_no_cell() -> None:
    outside = ((-60, 40), (20, 40), (20, 60), (-60, 60))
    assert targets_of(labels_of(scene_with(outside))[None], SIZE).heat.max() == 0


def test_cuts_and_mirrors_move_the_corners_with_the_picture() -> None:
    rng = np.random.default_rng(0)
    images = np.zeros((30, 96, 160, 3), np.uint8)
    images[:, 40:54, 40:90] = 255
    box = ((40, 40), (90, 40), (90, 54), (40, 54))
    labels = np.stack([labels_of(scene_with(box))] * 30)
    cut, moved = augmented(rng, images, labels, (128, 64))
    assert cut.shape == (30, 64, 128, 3)
    checked = 0
    for image, label in zip(cut, moved, strict=True):
        if not label[0, 8] or label[0, 10]:
            continue
        (x0, y0), (x1, y1) = label[0, :2], label[0, 4:6]
        assert x0 < x1
        ys, xs = np.nonzero(image[..., 0])
        assert xs.min() == max(0, x0)
        assert xs.max() + 1 == min(128, x1)
        assert ys.min() == max(0, y0)
        assert ys.max() + 1 == min(64, y1)
        checked += 1
    assert checked > 10


def test_the_pool_keeps_what_is_written_and_draws_only_whole_scenes(tmp_path: Path) -> None:
    pool = ScenePool(tmp_path, capacity=4, size=SIZE)
    assert pool.filled() == 0
    pool.write(0, scene_with(PLATE, value=7))
    pool.write(2, scene_with(PLATE, value=9))
    pool.versions[2] += 1  # as while it is being written again
    again = ScenePool(tmp_path, capacity=4, size=SIZE)
    images, labels, real = again.draw(np.random.default_rng(0), 5)
    assert (images == 7).all()
    assert labels.shape == (5, PLATES, NUMBERS)
    assert not real.any()
    assert labels[0, 0, :2].tolist() == [40, 40]


def test_more_plates_than_fit_are_dropped() -> None:
    quads = np.array([PLATE] * (PLATES + 3), np.float32)
    many = Scene(
        np.zeros((96, 160, 3), np.uint8), quads, np.ones(len(quads), bool), np.zeros(len(quads), bool), real=True
    )
    assert labels_of(many)[:, 8].sum() == pytest.approx(PLATES)
