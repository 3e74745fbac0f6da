from collections.abc import Callable

import numpy as np
import pytest

from models.train.scenes.decoy_parts import Decoy
from models.train.scenes.decoys import KINDS, random_decoy


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS], ids=lambda kind: kind.__name__)
def test_every_decoy_shows_something(kind: Callable[[np.random.Generator], Decoy]) -> None:
    for seed in range(5):
        decoy = kind(np.random.default_rng(seed))
        assert decoy.image.shape[:2] == decoy.mask.shape
        assert decoy.mask.max() >= 127
        assert decoy.relative_width > 0


def test_decoys_are_of_several_kinds() -> None:
    rng = np.random.default_rng(0)
    assert len({random_decoy(rng).image.shape for _ in range(20)}) > 10
