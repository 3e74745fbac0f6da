"""Random marks are lawful ones, each layout about as often as its share says."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drives.marks import LAYOUTS, random_mark

LAWFUL = {
    "current": r"[A-HJ-PR-Y]{2}(0[2-9]|1[0-9]|2[0-6]|5[2-9]|6[0-9]|7[0-6]) [A-HJ-PR-Z]{3}",
    "prefix": r"[A-HJ-NPR-TV-Y][1-9][0-9]{0,2} [A-HJ-PR-Z]{3}",
    "suffix": r"[A-HJ-PR-Z]{3} [1-9][0-9]{0,2}[A-HJ-NPR-TV-Y]",
    "dateless": r"[A-HJ-PR-Z]{1,2} [1-9][0-9]{0,3}|[1-9][0-9]{0,3} [A-HJ-PR-Z]{1,2}"
    r"|[A-HJ-PR-Z]{3} [1-9][0-9]{0,2}|[1-9][0-9]{0,2} [A-HJ-PR-Z]{3}",
    "Northern Ireland": r"[A-HJ-PR-Z](I[A-HJ-PR-Z]|[A-HJ-PR-Z]Z) [1-9][0-9]{0,3}",
    "diplomatic": r"[1-9]{3} [DX] [0-9]{3}",
    "military": r"[A-HJ-PR-Y]{2} [0-9]{2} [A-HJ-PR-Z]{2}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@given(seed=st.integers(0, 2**32))
def test_a_mark_of_a_layout_is_lawful(layout: str, seed: int) -> None:
    mark = LAYOUTS[layout][1](np.random.default_rng(seed))
    assert re.fullmatch(LAWFUL[layout], mark), mark


def test_layouts_come_as_often_as_their_shares_say_and_are_named() -> None:
    rng = np.random.default_rng(1)
    drawn = [random_mark(rng) for _ in range(4000)]
    assert all(re.fullmatch(LAWFUL[layout], mark) for mark, layout in drawn)
    counted = Counter(layout for _, layout in drawn)
    for layout, (share, _) in LAYOUTS.items():
        assert counted[layout] / 4000 == pytest.approx(share, abs=0.03), layout
    assert random_mark(np.random.default_rng(2)) == random_mark(np.random.default_rng(2))
