import numpy as np
import pytest

from models.train.optics.light import _blob, _ramp, cast, lighten

CORNERS = np.array([[20, 10], [100, 10], [100, 30], [20, 30]], np.float32)


def test_shadow_s_edge_lies_where_it_is_put() -> None:
    edge = _ramp((40, 60), 0.0, 10.0, 4.0)
    assert edge.shape == (40, 60)
    assert edge[0, 40] == pytest.approx(0.5)
    assert edge[0, 37] == 0.0
    assert edge[0, 43] == 1.0
    assert (edge == edge[:1]).all()
    assert (np.diff(_ramp((40, 60), np.pi, 0.0, 4.0)[0]) <= 0).all()


def test_lamp_is_brightest_at_its_middle() -> None:
    light = _blob((40, 60), (45.0, 12.0), (6.0, 3.0))
    assert np.unravel_index(light.argmax(), light.shape) == (12, 45)
    assert light.max() == pytest.approx(1.0)
    assert light[12, 51] == pytest.approx(np.exp(-0.5), rel=1e-5)
    assert light[15, 45] == pytest.approx(np.exp(-0.5), rel=1e-5)


def test_cast_leaves_a_picture_readable() -> None:
    gains = np.array([cast(np.random.default_rng(seed), 1.0) for seed in range(200)])
    assert gains.shape == (200, 3)
    assert (gains > 0.0).all()
    assert gains.max(axis=1).min() > 0.3
    # at no strength the violent casts are gone
    assert all(np.ptp(cast(np.random.default_rng(seed), 0.0)) < 0.7 for seed in range(200))


def test_light_keeps_the_shape_and_invents_no_number() -> None:
    for seed in range(60):
        scene = np.full((48, 160, 3), 120, np.float32)
        lit = lighten(np.random.default_rng(seed), scene, CORNERS, 1.0)
        assert lit.shape == (48, 160, 3)
        assert lit.dtype == np.float32
        assert np.isfinite(lit).all()
        assert lit.max() > 5
