import numpy as np

from models.train.scenes.backgrounds import clutter, street, vehicle


def test_backgrounds_have_the_size_asked_for() -> None:
    rng = np.random.default_rng(4)
    for draw in (street, clutter):
        assert draw(rng, 200, 120).shape == (120, 200, 3)
    body, mask, centre = vehicle(rng, 60.0)
    assert body.shape[:2] == mask.shape
    assert 0 < centre[0] < body.shape[1]
    assert 0 < centre[1] < body.shape[0]
