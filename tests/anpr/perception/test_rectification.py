import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.perception.rectification import box_matrix, by_matrix, corner_matrix, cut_matrix
from anpr.values import Detection

SIZE = (160, 48)


def mapped(matrix: np.ndarray, point: tuple[float, float]) -> tuple[float, float]:
    x, y, w = matrix @ np.array([*point, 1.0])
    return float(x / w), float(y / w)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5))
def test_corners_become_a_rectangle_with_margins(dx: float, dy: float, ex: float) -> None:
    corners = np.array([[100 + dx, 50 + dy], [200 + ex, 60], [198, 90 + dx], [102, 80]], np.float32)
    matrix = corner_matrix(corners, SIZE)
    assert mapped(matrix, tuple(corners[0])) == pytest.approx((8, 4.8), abs=1e-2)
    assert mapped(matrix, tuple(corners[2])) == pytest.approx((152, 43.2), abs=1e-2)


def test_box_is_cut_with_its_margin() -> None:
    matrix = box_matrix((100, 50, 200, 80), SIZE, (0.05, 0.1))
    assert mapped(matrix, (95, 47)) == pytest.approx((0, 0), abs=1e-6)
    assert mapped(matrix, (205, 83)) == pytest.approx(SIZE, abs=1e-6)


def test_crossed_corners_fall_back_to_the_box() -> None:
    crossed = np.array([[100, 50], [200, 80], [200, 50], [100, 80]], np.float32)
    box = (100.0, 50.0, 200.0, 80.0)
    assert np.allclose(cut_matrix(Detection(box, 0.9, crossed), SIZE), box_matrix(box, SIZE))


def test_slanted_plate_is_turned_flat() -> None:
    frame = np.zeros((200, 300, 3), np.uint8)
    corners = np.array([[60, 40], [220, 90], [215, 130], [55, 80]], np.float32)
    cv2.fillConvexPoly(frame, corners.astype(np.int32), (200, 200, 200))
    cut = by_matrix(frame, cut_matrix(Detection((55, 40, 220, 130), 0.9, corners), SIZE), SIZE)
    assert cut.shape == (48, 160, 3)
    assert cut[8:40, 14:146].min() > 190
    assert cut[:3].max() < 60


def test_large_plate_is_averaged_not_sampled() -> None:
    stripes = np.zeros((480, 1600, 3), np.uint8)
    stripes[:, ::2] = 255
    cut = by_matrix(stripes, box_matrix((0, 0, 1600, 480), SIZE, (0, 0)), SIZE)
    assert np.abs(cut[5:-5, 5:-5].astype(int) - 127).max() < 40


def test_box_partly_outside_the_frame_is_filled_from_its_edge() -> None:
    frame = np.full((50, 100, 3), 90, np.uint8)
    assert (by_matrix(frame, box_matrix((-20, 10, 60, 40), SIZE), SIZE) == 90).all()
