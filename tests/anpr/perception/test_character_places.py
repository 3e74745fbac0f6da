"""Where characters were seen: in both rows, and where the text is another than the most probable path."""

import numpy as np
import pytest
from numpy.typing import NDArray

from anpr.perception.character_places import places_of
from anpr.vrm import ALPHABET, NOTHING


def steps(*written: tuple[int, str]) -> NDArray[np.float32]:
    logs = np.full((160, 37), -9.0, np.float32)
    logs[:, NOTHING] = -0.01
    for step, character in written:
        logs[step, NOTHING], logs[step, ALPHABET.index(character)] = -9.0, -0.01
    return logs


def test_places_of_both_rows() -> None:
    places = places_of(steps((8, "A"), (9, "A"), (40, "B"), (120, "C")), "ABC")
    assert [(p.x, p.row) for p in places if p is not None] == [
        (pytest.approx(9 / 80), 0), (pytest.approx(40.5 / 80), 0), (pytest.approx(40.5 / 80), 1),
    ]  # fmt: skip


def test_another_text_takes_the_places_of_as_many_characters() -> None:
    looked = steps((10, "0"), (20, "B"), (30, "1"))
    assert places_of(looked, "OBI") == places_of(looked, "0B1")
    assert places_of(looked, "0BX1")[2] is None
    assert places_of(looked, "") == ()
