import cv2
import numpy as np
import pytest

from anpr.perception.sighting_images import (
    OVERVIEW_LIMIT,
    PLATE_LIMIT,
    PLATE_WIDTH,
    cut_overview,
    cut_plate,
    encode_within,
)
from anpr.values import Detection


def test_a_slanted_plate_is_straightened() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    corners = np.array([[100, 60], [300, 100], [300, 150], [100, 110]], np.float32)
    cv2.fillConvexPoly(image, corners.astype(np.int32), (255, 255, 255))
    cut = cut_plate(image, Detection((100, 60, 300, 150), 0.9, corners))
    assert cut.shape[1] == PLATE_WIDTH
    inner = cut[cut.shape[0] // 5 : -cut.shape[0] // 5, 15:-15]
    assert inner.min() > 200


def test_what_stands_beside_a_plate_is_shown_where_it_may_hide_something() -> None:
    image = np.zeros((200, 400, 3), np.uint8)
    image[:, 60:95] = (0, 0, 255)
    image[80:120, 100:300] = 255
    found = Detection((100, 80, 300, 120), 0.9)
    narrow, wide = cut_plate(image, found), cut_plate(image, found, beside=0.18)
    assert not (narrow == (0, 0, 255)).all(axis=2).any()
    red = np.flatnonzero((wide[wide.shape[0] // 2] == (0, 0, 255)).all(axis=1))
    assert 15 < len(red) < 45
    assert red.max() < wide.shape[1] / 4
    assert wide.shape[1] == PLATE_WIDTH
    assert narrow.shape[0] <= wide.shape[0] < 2 * narrow.shape[0]


def test_a_plate_at_the_pictures_edge_is_cut_without_failing() -> None:
    image = np.full((90, 160, 3), 90, np.uint8)
    assert cut_plate(image, Detection((-20, -5, 30, 8), 0.9)).shape[1] == PLATE_WIDTH


@pytest.mark.parametrize("shape", [(720, 1280), (1, 1), (50, 2000), (2160, 3840)])
def test_overview_stays_inside_the_picture_and_its_limits(shape: tuple[int, int]) -> None:
    image = np.zeros((*shape, 3), np.uint8)
    overview = cut_overview(image, (shape[1] * 0.9, shape[0] * 0.9, shape[1] * 1.0, shape[0] * 0.93))
    assert 0 < overview.shape[1] <= OVERVIEW_LIMIT[0]
    assert 0 < overview.shape[0] <= OVERVIEW_LIMIT[1]


@pytest.mark.parametrize("limit", [PLATE_LIMIT, OVERVIEW_LIMIT])
def test_the_noisiest_picture_fits_its_limit(limit: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (270, 480, 3), dtype=np.uint8)
    data = encode_within(noise, limit)
    assert len(data) <= limit[2]
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape[1] <= limit[0]
    assert decoded.shape[0] <= limit[1]
