import numpy as np
import pytest

from camera.picture_measures import measure


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (2000, 3, 3), (7, 95, 3), (89, 161, 3)])
def test_pictures_of_any_size_are_measured(shape: tuple[int, int, int]) -> None:
    seen = measure(np.full(shape, 128, np.uint8))
    assert seen.spread == 0
    assert seen.sharpness is None
