"""Painted panels: measures, paint, symmetry; the same for the same seed."""

import numpy as np
import pytest

from benchmarks.drives.bodywork import PAINTS, PX_PER_M, area, blank, box_rear, front, mirrored, rear, shade


def test_shades_stay_colours() -> None:
    assert shade((100, 200, 50), 0.5) == (50, 100, 25)
    assert shade((100, 200, 50), 2.0) == (200, 255, 100)
    assert shade((100, 200, 50), 0.0) == (0, 0, 0)


def test_a_blank_panel_has_its_measures_and_is_see_through_or_painted() -> None:
    clear, painted = blank(1.5, 0.5), blank(1.5, 0.5, (100, 100, 100))
    assert clear.shape == painted.shape == (0.5 * PX_PER_M, 1.5 * PX_PER_M, 4)
    assert clear.max() == 0
    assert (painted[..., 3] == 255).all()
    assert painted[0, 0, 0] > 100 > painted[-1, 0, 0]  # a sheen from above
    assert min(blank(0.001, 0.001).shape[:2]) == 4


def test_areas_are_in_shares_of_the_panel_and_mirrored_ones_on_both_sides() -> None:
    panel = blank(1.0, 0.5)
    area(panel, [(0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)], (1, 2, 3))
    assert panel[25, 50].tolist() == [1, 2, 3, 255]
    assert panel[25, 150, 3] == panel[75, 50, 3] == 0
    both = blank(1.0, 0.5)
    mirrored(both, [(0.1, 0.2), (0.3, 0.2), (0.3, 0.8), (0.1, 0.8)], (9, 9, 9))
    assert np.abs(both[:, 2:-2].astype(int) - both[:, ::-1][:, 2:-2]).mean() < 3


@pytest.mark.parametrize("paint", PAINTS)
def test_most_of_a_rear_is_its_paint(paint: str) -> None:
    panel = rear(1.8, 1.0, PAINTS[paint], True, np.random.default_rng(1))
    like = np.abs(panel[..., :3].astype(int) - PAINTS[paint]).max(axis=2) < 8
    assert like[panel[..., 3] > 0].mean() > 0.4


def test_cars_differ_by_seed_and_are_the_same_for_the_same() -> None:
    def make(seed: int) -> np.ndarray:
        return front(1.8, 0.8, PAINTS["RED"], np.random.default_rng(seed))

    assert np.array_equal(make(1), make(1))
    assert not np.array_equal(make(1), make(2))


def test_a_lorry_has_chevrons_and_a_van_windows() -> None:
    lorry, van = (box_rear(2.4, 3.0, PAINTS["WHITE"], chevrons) for chevrons in (True, False))
    assert not np.array_equal(lorry, van)
    assert van[int(0.25 * van.shape[0]), int(0.25 * van.shape[1]), :3].tolist() == [52, 44, 38]
