"""Plates to the millimetre: the Road Vehicles (Display of Registration Marks) Regulations 2001, schedule 3."""

import itertools

import numpy as np
import pytest

from benchmarks.drives.number_plate import BLACK, PX_PER_MM, WHITE, YELLOW, NumberPlate, make_plate


def ink_columns(plate: NumberPlate, rows: slice = slice(None)) -> list[tuple[float, float]]:
    """From where to where the plate is inked, in mm: one pair for each character."""
    dark = (plate.flat[rows].max(axis=2) < 128).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], dark.astype(int), [0]])))
    return [(a / PX_PER_MM, b / PX_PER_MM) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def test_a_plate_is_520_by_111_with_characters_of_79_mm() -> None:
    plate = make_plate("AB46 CDE", "current", rear=False)
    assert plate.size_m == pytest.approx((0.520, 0.111))
    assert (plate.character_m, plate.stroke_m) == (0.079, 0.014)
    inked = np.flatnonzero((plate.flat.max(axis=2) < 128).any(axis=1))
    assert (inked[-1] - inked[0] + 1) / PX_PER_MM == pytest.approx(79.0, abs=2.0)
    assert plate.vrm == "AB46CDE"


def test_characters_are_50_wide_11_apart_and_groups_33() -> None:
    spans = ink_columns(make_plate("HH88 HHH", "current", rear=False))
    assert len(spans) == 7
    assert [b - a for a, b in spans] == pytest.approx([50.0] * 7, abs=2.0)
    gaps = [right[0] - left[1] for left, right in itertools.pairwise(spans)]
    assert gaps == pytest.approx([11.0, 11.0, 11.0, 33.0, 11.0, 11.0], abs=2.0)
    assert spans[0][0] == pytest.approx(520 - spans[-1][1], abs=2.0)  # in the middle


def test_old_marks_are_57_wide_and_one_is_as_narrow_as_its_stroke() -> None:
    old, new = (ink_columns(make_plate("H 1", kind, rear=False)) for kind in ("suffix", "current"))
    assert [b - a for a, b in old] == pytest.approx([57.0, 14.0], abs=2.0)
    assert [b - a for a, b in new] == pytest.approx([50.0, 14.0], abs=2.0)


def test_o_is_0_and_i_is_1() -> None:
    assert np.array_equal(make_plate("OI", "dateless", rear=True).flat, make_plate("01", "dateless", rear=True).flat)


def test_front_is_white_rear_yellow_and_ink_black() -> None:
    for rear, ground in ((False, WHITE), (True, YELLOW)):
        plate = make_plate("AB46 CDE", "current", rear=rear)
        assert plate.flat[3, 3].tolist() == list(ground)
        assert np.abs(plate.flat.reshape(-1, 3).min(axis=0).astype(int) - BLACK).max() <= 2


def test_a_band_is_blue_44_mm_wide_and_moves_the_mark_beside_it() -> None:
    plain, banded = (make_plate("AB46 CDE", "current", rear=False, band=band) for band in ("", "UK"))
    blue = (banded.flat[2].astype(int) - (150, 60, 10) == 0).all(axis=1)
    assert blue.sum() / PX_PER_MM == pytest.approx(44.0, abs=1.0)
    assert ink_columns(plain)[0][0] < ink_columns(banded)[-7][0]


def test_two_lines_are_285_by_209_and_stand_one_above_the_other() -> None:
    plate = make_plate("AB46 CDE", "current", rear=True, two_lines=True)
    assert plate.size_m == pytest.approx((0.285, 0.209))
    middle = plate.flat.shape[0] // 2
    assert len(ink_columns(plate, slice(0, middle))) == 4
    assert len(ink_columns(plate, slice(middle, None))) == 3
    assert make_plate("AB46CDE", "current", rear=True, two_lines=True).size_m[1] == pytest.approx(0.111)


def test_a_long_mark_widens_its_plate() -> None:
    width_m = make_plate("WWWW WWWW", "suffix", rear=False).size_m[0]
    assert width_m > 0.52
    spans = ink_columns(make_plate("HHHH HHHH", "suffix", rear=False))
    assert spans[0][0] >= 15.0


def test_corners_are_round_and_see_through() -> None:
    opacity = make_plate("AB46 CDE", "current", rear=False).picture.levels[0][..., 3]
    assert [int(opacity[y, x]) for y in (0, -1) for x in (0, -1)] == [0, 0, 0, 0]
    assert opacity[opacity.shape[0] // 2, 0] == 255
    assert opacity[0, opacity.shape[1] // 2] == 255
