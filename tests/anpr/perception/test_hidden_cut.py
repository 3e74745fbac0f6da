"""What the network of hidden characters sees: the reader's cut in its middle, what is beyond the frame, the reader's steps."""

import numpy as np
import pytest

from anpr.perception.hidden_cut import (
    BEYOND,
    COLUMNS,
    HIDDEN_SIZE,
    column_of,
    hidden_cut,
    hidden_matrix,
    said_at_columns,
)
from anpr.perception.rectification import box_matrix
from anpr.perception.second_looks import INPUT_SIZE
from anpr.vrm import NOTHING


def test_the_readers_cut_lies_in_the_middle() -> None:
    to_cut = box_matrix((100.0, 50.0, 300.0, 100.0), INPUT_SIZE)
    matrix = hidden_matrix(to_cut)
    centre = np.array([200.0, 75.0, 1.0])
    assert (matrix @ centre)[:2] == pytest.approx((HIDDEN_SIZE[0] / 2, HIDDEN_SIZE[1] / 2))
    left, right = ((matrix @ (x, 75.0, 1.0))[0] / HIDDEN_SIZE[0] * COLUMNS for x in (100.0, 300.0))
    share = [(to_cut @ (x, 75.0, 1.0))[0] / INPUT_SIZE[0] for x in (100.0, 300.0)]
    assert [left, right] == pytest.approx([column_of(x) for x in share])


def test_beyond_the_frame_is_a_colour_that_no_street_has() -> None:
    frame = np.full((200, 400, 3), 90, np.uint8)
    cut = hidden_cut(frame, box_matrix((0.0, 80.0, 120.0, 110.0), INPUT_SIZE))
    assert (cut[24, 2] == BEYOND).all()
    assert (cut[24, 100] == 90).all()
    assert cut.shape == (HIDDEN_SIZE[1], HIDDEN_SIZE[0], 3)
    large = hidden_cut(np.full((900, 2000, 3), 90, np.uint8), box_matrix((300.0, 300.0, 1500.0, 560.0), INPUT_SIZE))
    assert (large == 90).all()


def test_what_was_said_is_gathered_by_columns_and_nothing_is_lost() -> None:
    steps = np.full((160, NOTHING + 1), -30.0, np.float32)
    steps[:, NOTHING] = 0.0
    steps[10, 3], steps[10, NOTHING] = 0.0, -30.0
    said = said_at_columns(steps)
    assert said.shape == (COLUMNS, 2 * (NOTHING + 1))
    assert said[:, 3].sum() == pytest.approx(1.0, abs=1e-4)
    assert said[:, 3].argmax() == int(column_of(10.5 / 80))
    assert said[:, : NOTHING + 1].sum() == pytest.approx(80.0, abs=1e-3)
