import numpy as np
import pytest

from models.train.optics.occluders import occlude

CORNERS = np.array([[60, 50], [220, 50], [220, 86], [60, 86]], np.float32)


def street(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(80, 160, (140, 280, 3)).astype(np.float32)


@pytest.mark.parametrize("with_frames", [False, True])
def test_what_is_covered_is_painted_over_and_what_is_not_stays_but_for_shadows(with_frames: bool) -> None:
    frames = [np.random.default_rng(0).integers(0, 256, (90, 160, 3)).astype(np.uint8)] if with_frames else []
    for seed in range(40):
        before = street(seed)
        scene = before.copy()
        covered = occlude(np.random.default_rng(seed), scene, CORNERS, frames)
        assert covered.shape == (140, 280)
        assert 0.0 <= covered.min() <= covered.max() <= 1.0
        assert np.isfinite(scene).all()
        free = covered == 0.0
        assert (scene[free] <= before[free] + 1e-3).all()


def test_many_things_hide_an_end_some_the_middle_and_some_nothing() -> None:
    left, middle, right, none = 0, 0, 0, 0
    for seed in range(150):
        covered = occlude(np.random.default_rng(seed), street(seed), CORNERS, [])[60:76].mean(axis=0)
        left += covered[62:76].mean() > 0.5
        middle += covered[100:180].max() > 0.5
        right += covered[204:218].mean() > 0.5
        none += covered[60:220].max() < 0.3
    assert min(left, right) > 15
    assert middle > 30
    assert none > 5


def test_the_same_generator_state_draws_the_same() -> None:
    scenes = [street(3), street(3)]
    for scene in scenes:
        occlude(np.random.default_rng(9), scene, CORNERS, [])
    assert (scenes[0] == scenes[1]).all()
