import numpy as np
import pytest

from benchmarks.accuracy.stress_stuck import PLACES, STUFFS, stuck

BOX = (40.0, 30.0, 200.0, 66.0)
MIDDLES = tuple(54.0 + 22 * i for i in range(7))


def street() -> np.ndarray:
    picture = np.full((100, 240, 3), 90, np.uint8)
    picture[30:66, 40:200] = 240
    for x in MIDDLES:
        picture[37:59, round(x) - 6 : round(x) + 6] = 15
    return picture


@pytest.mark.parametrize("stuff", STUFFS)
def test_the_same_generator_state_sticks_the_same_and_the_picture_given_stays(stuff: str) -> None:
    before = street()
    pictures = [stuck(before, BOX, MIDDLES, stuff, "inner", np.random.default_rng(3)) for _ in range(2)]
    assert (pictures[0] == pictures[1]).all()
    assert (before == street()).all()
    assert (pictures[0] != before).any()


def test_the_plate_s_own_colour_leaves_no_ink_at_its_place() -> None:
    picture = stuck(street(), BOX, MIDDLES, "plate's own colour", "first", np.random.default_rng(1))
    assert picture[42:54, 50:58].min() > 150


@pytest.mark.parametrize("place", PLACES)
def test_of_two_known_characters_one_is_hidden(place: str) -> None:
    picture = stuck(street(), BOX, MIDDLES[::6], "tape", place, np.random.default_rng(2))
    changed = (picture != street()).any(axis=2)[48]
    assert changed[50:58].all() != changed[182:190].all()
