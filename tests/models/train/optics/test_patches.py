import numpy as np

from models.train.optics.patches import stick

CORNERS = np.array([[60, 50], [220, 50], [220, 86], [60, 86]], np.float32)
BOXES = np.array([[[x, 56], [x + 16, 56], [x + 16, 80], [x, 80]] for x in range(66, 200, 21)], np.float64)


def street(seed: int) -> np.ndarray:
    scene = np.random.default_rng(seed).uniform(80, 160, (140, 280, 3)).astype(np.float32)
    scene[50:86, 60:220] = 230
    return scene


def hidden_share(covered: np.ndarray) -> np.ndarray:
    return np.array([(covered[56:80, int(b[0, 0]) : int(b[1, 0])] > 0.5).mean() for b in BOXES])


def test_most_of_what_sticks_hides_a_character_whole_now_and_then_several_and_now_and_then_none() -> None:
    hidden = []
    for seed in range(150):
        scene = street(seed)
        covered = stick(np.random.default_rng(seed), scene, CORNERS, BOXES)
        assert 0.0 <= covered.min() <= covered.max() <= 1.0
        assert np.isfinite(scene).all()
        assert (scene[covered == 0.0] == street(seed)[covered == 0.0]).all()
        hidden.append((hidden_share(covered) > 0.7).sum())
    counts = np.bincount(hidden)
    assert counts[1] > 50
    assert counts[2:].sum() > 10
    assert 10 < counts[0] < 75


def test_what_has_the_plate_s_own_colour_leaves_its_ground() -> None:
    grounds = 0
    for seed in range(60):
        scene = street(seed)
        scene[56:80, 66:82] = 20
        covered = stick(np.random.default_rng(seed), scene, CORNERS, BOXES)
        there = covered > 0.95
        grounds += bool(there.any() and np.abs(scene[there] - 230).mean() < 15)
    assert grounds > 3


def test_at_the_picture_s_edge_and_without_characters_nothing_is_harmed() -> None:
    scene = street(1)
    assert not stick(np.random.default_rng(1), scene, CORNERS, BOXES[:0]).any()
    assert (scene == street(1)).all()
    for seed in range(30):
        stick(np.random.default_rng(seed), scene, CORNERS - (70, 60), BOXES - (70, 60))
    assert scene.shape == (140, 280, 3)


def test_the_same_generator_state_sticks_the_same() -> None:
    scenes = [street(3), street(3)]
    for scene in scenes:
        stick(np.random.default_rng(9), scene, CORNERS, BOXES)
    assert (scenes[0] == scenes[1]).all()
