import numpy as np

from models.train.optics.surroundings import neighbour


def test_what_stands_beside_a_plate_may_be_taken_for_its_end() -> None:
    corners = np.array([[100, 20], [200, 20], [200, 44], [100, 44]], np.float32)
    grown = 0
    for seed in range(40):
        scene = np.zeros((64, 300, 3), np.uint8)
        taken = neighbour(np.random.default_rng(seed), scene, corners, 0.5)
        assert scene.max() > 0
        moved = np.flatnonzero((taken != corners).any(axis=1))
        assert moved.tolist() in ([], [0, 3], [1, 2])
        assert (taken[[0, 3], 0] <= 100).all()
        assert (taken[[1, 2], 0] >= 200).all()
        grown += len(moved) > 0
    assert 10 <= grown <= 30
