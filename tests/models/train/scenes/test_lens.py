import numpy as np

from models.train.scenes.lens import grey_world_gains, through_the_lens


def test_grey_world_takes_a_cast_away() -> None:
    image = np.empty((90, 160, 3), np.uint8)
    image[:] = (120, 60, 110)
    balanced = image * grey_world_gains(image)
    assert np.ptp(balanced.mean(axis=(0, 1))) < 8


def test_the_lens_keeps_size_and_type_and_darkens_no_night() -> None:
    rng = np.random.default_rng(6)
    day, night = np.full((96, 160, 3), 140, np.uint8), np.full((96, 160, 3), 30, np.uint8)
    for _ in range(40):
        seen = through_the_lens(rng, day)
        assert seen.shape == day.shape
        assert seen.dtype == np.uint8
        assert through_the_lens(rng, night).mean() > 3
