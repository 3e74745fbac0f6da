import numpy as np

from models.train.optics.fixings import caps, fixings_on_characters

CORNERS = np.array([[60, 50], [220, 50], [220, 86], [60, 86]], np.float32)
BOXES = np.array([[[x, 56], [x + 16, 56], [x + 16, 80], [x, 80]] for x in range(66, 200, 21)], np.float64)


def street(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(80, 160, (140, 280, 3)).astype(np.float32)


def test_caps_are_small_and_lie_on_the_plate() -> None:
    for seed in range(30):
        before = street(seed)
        scene = before.copy()
        caps(np.random.default_rng(seed), scene, CORNERS)
        changed = (np.abs(scene - before) > 1).any(axis=2)
        assert 0 < changed.sum() < 0.12 * 160 * 36
        rows, columns = np.nonzero(changed)
        assert rows.min() > 40
        assert rows.max() < 96
        assert columns.min() > 45
        assert columns.max() < 235


def test_screws_on_characters_are_small_and_mostly_touch_one() -> None:
    touched = 0
    for seed in range(60):
        before = street(seed)
        scene = before.copy()
        fixings_on_characters(np.random.default_rng(seed), scene, BOXES, 36.0)
        changed = (np.abs(scene - before) > 1).any(axis=2)
        assert 0 < changed.sum() < 0.12 * 160 * 36
        assert np.isfinite(scene).all()
        touched += any(changed[56:80, int(box[0, 0]) : int(box[1, 0])].sum() > 8 for box in BOXES)
    assert touched > 50


def test_screws_at_the_picture_s_edge_and_without_characters_harm_nothing() -> None:
    scene = street(1)
    fixings_on_characters(np.random.default_rng(1), scene, BOXES[:0], 36.0)
    assert (scene == street(1)).all()
    for seed in range(20):
        fixings_on_characters(np.random.default_rng(seed), scene, BOXES - (70, 60), 36.0)
    assert scene.shape == (140, 280, 3)


def test_the_same_generator_state_draws_the_same() -> None:
    scenes = [street(3), street(3)]
    for scene in scenes:
        caps(np.random.default_rng(9), scene, CORNERS)
        fixings_on_characters(np.random.default_rng(9), scene, BOXES, 36.0)
    assert (scenes[0] == scenes[1]).all()
