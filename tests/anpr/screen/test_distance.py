"""Rough distances from the width of the plate."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.screen.distance import ONE_LINE_M, TWO_LINES_M, rough_distance_m
from anpr.values import Sighting
from tests.builders.read import read_of
from tests.builders.sighting import sighting

WIDTH_PX = 1280
VIEW_DEG = 31.0
FOCAL_PX = WIDTH_PX / 2 / math.tan(math.radians(VIEW_DEG / 2))


def seen(width_px: float, height_px: float, frame_width_px: int = WIDTH_PX) -> Sighting:
    read = read_of("AB12CDE", box=(100.0, 100.0, 100.0 + width_px, 100.0 + height_px))
    return replace(sighting("AB12CDE"), reads=(read,), frame_width_px=frame_width_px)


@given(st.floats(4, 120))
def test_a_plate_is_as_far_as_its_width_says_within_half_a_step(metres: float) -> None:
    width_px = ONE_LINE_M * FOCAL_PX / metres
    told = rough_distance_m(seen(width_px, width_px * 111 / 520), VIEW_DEG)
    assert told is not None
    assert abs(told - metres) <= (2.6 if metres <= 30 else 5.1)
    assert told % 5 == 0


def test_a_plate_of_two_lines_is_narrower() -> None:
    width_px = TWO_LINES_M * FOCAL_PX / 20
    assert rough_distance_m(seen(width_px, width_px * 203 / 285), VIEW_DEG) == 20


def test_it_is_never_nearer_than_5_m() -> None:
    assert rough_distance_m(seen(900, 192), VIEW_DEG) == 5


def test_a_wider_lens_makes_the_same_box_nearer() -> None:
    box = seen(60, 13)
    near, far = rough_distance_m(box, 60), rough_distance_m(box, 31)
    assert near is not None
    assert far is not None
    assert near < far


@pytest.mark.parametrize(
    ("passing", "view_deg"),
    [
        (replace(seen(60, 13), reads=()), VIEW_DEG),
        (seen(60, 13, frame_width_px=0), VIEW_DEG),
        (seen(60, 13), 0.0),
        (seen(60, 25), VIEW_DEG),  # one line from the side, or two lines: not told
        (seen(0, 13), VIEW_DEG),
    ],
)
def test_what_is_not_known_is_not_said(passing: Sighting, view_deg: float) -> None:
    assert rough_distance_m(passing, view_deg) is None
