import numpy as np
import pytest

from models.plates.countries import COUNTRIES
from models.plates.emblems import VARIANTS, emblem, flag_picture


@pytest.mark.parametrize("name", sorted({c.emblem for c in COUNTRIES} | {"UK", "SCO", "ENG", "CYM", "unknown"}))
def test_every_flag_has_the_width_asked_for_and_shows(name: str) -> None:
    for width_px in (4, 17, 60):
        picture = flag_picture(name, width_px)
        assert picture.dtype == np.uint8
        assert picture.shape[1:] == (width_px, 4)
        assert picture.shape[0] >= 3
        assert picture[..., 3].max() > 60


def test_stripes_stand_as_in_the_flag() -> None:
    romania, poland = flag_picture("RO", 60).astype(int), flag_picture("PL", 60).astype(int)
    blue, yellow, red = (romania[10, x, :3] for x in (8, 30, 52))
    assert blue.argmax() == 0
    assert min(yellow[1:]) > 150 > yellow[0]
    assert red.argmax() == 2
    assert poland[5, 30, :3].min() > 200
    assert poland[-5, 30, :3].argmax() == 2


@pytest.mark.parametrize("kind", ["seal", "crest", "sticker"])
def test_variants_differ_and_are_the_same_every_time(kind: str) -> None:
    pictures = [emblem(kind, variant, 30) for variant in (0, 1, 2, 3, VARIANTS - 1)]
    assert len({picture.tobytes() for picture in pictures}) == 5
    assert {picture.shape[0] for picture in pictures} == {30}
    assert {picture.shape[2] for picture in pictures} == {4}
    emblem.cache_clear()
    assert np.array_equal(emblem(kind, 3, 30), pictures[3])
