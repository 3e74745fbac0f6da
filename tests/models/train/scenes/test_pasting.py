import cv2
import numpy as np
import pytest

from models.train.scenes.pasting import faded, own_blur, paint_around, set_into, turned_quad

WHITE = np.array([[0.0] * 3, [255.0] * 3])


def test_a_pasted_picture_fills_its_quad_and_nothing_else() -> None:
    canvas = np.zeros((60, 100, 3), np.uint8)
    quad = np.array([[20, 10], [80, 20], [80, 40], [20, 50]], np.float32)
    set_into(canvas, np.full((30, 90, 3), 255, np.uint8), np.full((30, 90), 255, np.uint8), quad, WHITE)
    inside = np.zeros((60, 100), np.uint8)
    cv2.fillConvexPoly(inside, quad.astype(np.int32), 1)
    core = cv2.erode(inside, np.ones((5, 5), np.uint8)) > 0
    around = cv2.dilate(inside, np.ones((5, 5), np.uint8)) == 0
    assert canvas[core].min() > 250
    assert canvas[around].max() == 0


def test_a_things_own_blur_smears_it_alone() -> None:
    rng = np.random.default_rng(4)
    quad = np.array([[20, 20], [80, 20], [80, 40], [20, 40]], np.float32)
    flat = np.zeros((20, 60, 3), np.uint8)
    flat[:, 28:32] = 255
    covered = np.full((20, 60), 255, np.uint8)
    for _ in range(20):
        kernel = own_blur(rng, 60.0)
        assert kernel.sum() == pytest.approx(1.0, abs=1e-5)
        assert kernel.shape[0] % 2 == 1
        sharp, smeared = (np.full((60, 100, 3), 100, np.uint8) for _ in range(2))
        set_into(sharp, flat, covered, quad, WHITE)
        set_into(smeared, flat, covered, quad, WHITE, np.pad(kernel, 2))
        assert smeared[30, 45:55].max() <= sharp[30, 45:55].max()
        assert (smeared[:5] == 100).all()
        assert (smeared[55:] == 100).all()


def test_faded_plates_keep_white_above_black() -> None:
    rng = np.random.default_rng(0)
    tones = [faded(rng, np.array([[20.0] * 3, [200.0] * 3])) for _ in range(300)]
    assert all((tone[1] > tone[0]).all() for tone in tones)
    assert len({round(float(tone[0, 0]), 3) for tone in tones}) > 50


def test_paint_is_put_around_a_place_but_never_over_another_plate() -> None:
    rng = np.random.default_rng(1)
    quad = np.array([[40, 25], [60, 25], [60, 30], [40, 30]], np.float32)
    canvas = np.full((60, 100, 3), 7, np.uint8)
    paint_around(rng, canvas, quad, np.zeros((0, 4, 2), np.float32), WHITE, 60)
    assert canvas[26:29, 42:58].min() >= 59
    untouched = np.full((60, 100, 3), 7, np.uint8)
    paint_around(rng, untouched, quad, quad[None] + 1.0, WHITE, 60)
    assert (untouched == 7).all()


def test_pasting_outside_the_canvas_changes_nothing() -> None:
    canvas = np.full((20, 20, 3), 7, np.uint8)
    quad = np.array([[50, 50], [60, 50], [60, 55], [50, 55]], np.float32)
    set_into(canvas, np.full((5, 9, 3), 255, np.uint8), np.full((5, 9), 255, np.uint8), quad, WHITE)
    assert (canvas == 7).all()


def test_turned_quads_keep_order_and_width_when_seen_from_the_front() -> None:
    rng = np.random.default_rng(0)
    quad = turned_quad(rng, (100.0, 50.0), 80.0, 0.25, 0.0)
    assert np.allclose(quad, [[60, 40], [140, 40], [140, 60], [60, 60]], atol=1e-3)
    for _ in range(200):
        quad = turned_quad(rng, (100.0, 50.0), 80.0, 0.25, 1.0)
        assert cv2.isContourConvex(quad)
        assert quad[0, 0] < quad[1, 0]
        assert quad[3, 0] < quad[2, 0]
        assert quad[0, 1] < quad[3, 1]
