from pathlib import Path

import numpy as np
import pytest

from models.train.scenes.frames import load_frames
from models.train.scenes.pasting import box_quads
from models.train.scenes.scene_maker import SMALLEST_PX, SceneMaker


def test_the_same_seed_makes_the_same_scenes() -> None:
    first, second = (SceneMaker(np.random.default_rng(3), [], size=(320, 192), bank=6) for _ in range(2))
    for _ in range(4):
        a, b = first.scene(), second.scene()
        assert np.array_equal(a.image, b.image)
        assert np.array_equal(a.quads, b.quads)


def test_scenes_hold_plates_where_they_say(drive: Path) -> None:
    frames = load_frames(drive, held_out=False)
    maker = SceneMaker(np.random.default_rng(1), frames, size=(320, 192), bank=12)
    counts, real = [], 0
    for _ in range(60):
        scene = maker.scene()
        assert scene.image.shape == (192, 320, 3)
        assert scene.image.dtype == np.uint8
        assert scene.quads.shape == (len(scene.exact), 4, 2)
        counts.append(len(scene.quads))
        real += scene.real
        for quad, ignored in zip(scene.quads, scene.ignored, strict=True):
            assert ignored or np.ptp(quad[:, 0]) >= SMALLEST_PX
            low, high = np.clip(quad.min(axis=0), 0, None), np.minimum(quad.max(axis=0), (320, 192))
            assert (high > low).all()
    assert min(counts) == 0
    assert max(counts) >= 2
    assert 10 < real < 50


def test_a_covered_plate_lies_over_the_real_one(drive: Path) -> None:
    maker = SceneMaker(np.random.default_rng(2), load_frames(drive, held_out=False), size=(640, 384), bank=12)
    canvas = np.full((384, 640, 3), 90, np.uint8)
    canvas[100:125, 200:300] = 200
    place = box_quads(np.array([[200, 100, 300, 125]], np.float32))[0]
    quad = maker._cover(canvas, place)
    assert np.abs(quad.mean(axis=0) - (250, 112.5)).max() < 4
    assert np.ptp(quad[:, 0]) == pytest.approx(104, abs=10)


def test_scenes_seen_aslant_hold_turned_plates(drive: Path) -> None:
    frames = [frame.with_corners([]) for frame in load_frames(drive, held_out=False)]
    maker = SceneMaker(np.random.default_rng(4), frames, size=(320, 192), bank=12, slanted=1.0)
    angles = []
    for _ in range(40):
        scene = maker.scene()
        assert scene.image.shape == (192, 320, 3)
        assert scene.quads.shape == (len(scene.exact), 4, 2)
        assert len(scene.ignored) == len(scene.exact)
        for quad, exact, ignored in zip(scene.quads, scene.exact, scene.ignored, strict=True):
            if exact and not ignored:
                across = quad[1] + quad[2] - quad[0] - quad[3]
                angles.append(abs(np.degrees(np.arctan2(across[1], across[0]))))
    assert len(angles) > 15
    assert max(angles) < 90
    assert np.mean(np.array(angles) > 15) > 0.3
