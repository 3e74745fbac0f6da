import numpy as np
import pytest

from models.train.optics.camera import STROKE, motion_kernel, sensor


def test_motion_kernel_sums_to_one_and_is_as_long_as_told() -> None:
    kernel = motion_kernel(9.0, 0.0)
    assert kernel.sum() == pytest.approx(1.0)
    assert 8 <= (kernel > 0.02).any(axis=0).sum() <= 11
    assert (kernel > 0.02).any(axis=1).sum() <= 3


def test_blur_can_be_kept_below_a_stroke() -> None:
    height = 40.0
    edge = np.zeros((80, 160, 3), np.float32)
    edge[:, 80:] = 200
    widths = []
    for seed in range(60):
        picture = sensor(np.random.default_rng(seed), edge.copy(), height, 1.0, most_blur=1.0)
        row = picture[40].astype(float).mean(axis=1)
        low, high = np.percentile(row, 5), np.percentile(row, 95)
        if high - low > 60:
            inside = (row > low + 0.2 * (high - low)) & (row < low + 0.8 * (high - low))
            widths.append(int(inside[60:100].sum()))
    assert len(widths) > 20
    assert np.median(widths) < 1.5 * STROKE * height
