import numpy as np
import pytest

from anpr.perception.picture_edge import is_cut, is_cut_at_side, is_readable_in_part
from anpr.values import Box

IMAGE = np.zeros((720, 1280, 3), np.uint8)


@pytest.mark.parametrize(
    ("box", "cut", "at_side", "readable"),
    [
        ((400.0, 300.0, 500.0, 325.0), False, False, False),
        ((0.0, 300.0, 80.0, 325.0), True, True, True),
        ((1200.0, 300.0, 1280.0, 325.0), True, True, True),
        ((1197.0, 300.0, 1277.0, 325.0), True, True, True),
        ((0.0, 300.0, 40.0, 325.0), True, True, False),
        ((400.0, 0.0, 500.0, 25.0), True, False, False),
        ((400.0, 695.0, 500.0, 720.0), True, False, False),
        ((0.0, 0.0, 80.0, 25.0), True, True, False),
        ((0.0, 300.0, 1280.0, 600.0), True, True, False),
    ],
)
def test_what_the_edge_cuts_at_one_side_is_readable_while_half_of_it_is_left(
    box: Box, cut: bool, at_side: bool, readable: bool
) -> None:
    assert (is_cut(box, IMAGE), is_cut_at_side(box, IMAGE), is_readable_in_part(box, IMAGE)) == (cut, at_side, readable)
