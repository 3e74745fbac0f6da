import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.train.scenes.backgrounds import clutter, street, vehicle
from models.train.scenes.decoy_parts import Decoy
from models.train.scenes.decoys import KINDS, random_decoy
from models.train.scenes.drives import made_drive_frames
from models.train.scenes.frames import is_held_out, load_frames
from models.train.scenes.lens import grey_world_gains, through_the_lens
from models.train.scenes.pasting import box_quads, faded, own_blur, paint_around, set_into, turned_quad
from models.train.scenes.scene_maker import SMALLEST_PX, SceneMaker

WHITE = np.array([[0.0] * 3, [255.0] * 3])


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like the drive frames, with one frame on each side of the split."""
    folder = tmp_path_factory.mktemp("drive")
    (folder / "frames").mkdir()
    maker = SceneMaker(np.random.default_rng(5), [], size=(1280, 720), bank=8)
    labels = []
    for name in ("d1_0003.jpg", "d1_0900.jpg"):
        cv2.imwrite(str(folder / "frames" / name), street(maker.rng, 1280, 720))
        labels.append(
            {"file": name, "plates": [{"box": [600, 400, 700, 425], "text": "B10ABC", "legibility": "clear"}]}
        )
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder


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


def test_the_same_seed_makes_the_same_scenes() -> None:
    first, second = (SceneMaker(np.random.default_rng(3), [], size=(320, 192), bank=6) for _ in range(2))
    for _ in range(4):
        a, b = first.scene(), second.scene()
        assert np.array_equal(a.image, b.image)
        assert np.array_equal(a.quads, b.quads)


def test_scenes_hold_plates_where_they_say(drive: Path) -> None:
    frames = load_frames(drive, held_out=False)
    maker = SceneMaker(np.random.default_rng(1), frames, size=(320, 192), bank=12)
    counts, real = [], 0
    for _ in range(60):
        scene = maker.scene()
        assert scene.image.shape == (192, 320, 3)
        assert scene.image.dtype == np.uint8
        assert scene.quads.shape == (len(scene.exact), 4, 2)
        counts.append(len(scene.quads))
        real += scene.real
        for quad, ignored in zip(scene.quads, scene.ignored, strict=True):
            assert ignored or np.ptp(quad[:, 0]) >= SMALLEST_PX
            low, high = np.clip(quad.min(axis=0), 0, None), np.minimum(quad.max(axis=0), (320, 192))
            assert (high > low).all()
    assert min(counts) == 0
    assert max(counts) >= 2
    assert 10 < real < 50


def test_a_covered_plate_lies_over_the_real_one(drive: Path) -> None:
    maker = SceneMaker(np.random.default_rng(2), load_frames(drive, held_out=False), size=(640, 384), bank=12)
    canvas = np.full((384, 640, 3), 90, np.uint8)
    canvas[100:125, 200:300] = 200
    place = box_quads(np.array([[200, 100, 300, 125]], np.float32))[0]
    quad = maker._cover(canvas, place)
    assert np.abs(quad.mean(axis=0) - (250, 112.5)).max() < 4
    assert np.ptp(quad[:, 0]) == pytest.approx(104, abs=10)


def test_frames_are_split_by_time(drive: Path) -> None:
    assert [frame.name for frame in load_frames(drive, held_out=False)] == ["d1_0003.jpg"]
    assert [frame.name for frame in load_frames(drive, held_out=True)] == ["d1_0900.jpg"]
    assert is_held_out("n1_0353.jpg")
    assert not is_held_out("n1_0001.jpg")


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS], ids=lambda kind: kind.__name__)
def test_every_decoy_shows_something(kind: Callable[[np.random.Generator], Decoy]) -> None:
    for seed in range(5):
        decoy = kind(np.random.default_rng(seed))
        assert decoy.image.shape[:2] == decoy.mask.shape
        assert decoy.mask.max() >= 127
        assert decoy.relative_width > 0


def test_decoys_are_of_several_kinds() -> None:
    rng = np.random.default_rng(0)
    assert len({random_decoy(rng).image.shape for _ in range(20)}) > 10


def test_backgrounds_have_the_size_asked_for() -> None:
    rng = np.random.default_rng(4)
    for draw in (street, clutter):
        assert draw(rng, 200, 120).shape == (120, 200, 3)
    body, mask, centre = vehicle(rng, 60.0)
    assert body.shape[:2] == mask.shape
    assert 0 < centre[0] < body.shape[1]
    assert 0 < centre[1] < body.shape[0]


def test_grey_world_takes_a_cast_away() -> None:
    image = np.empty((90, 160, 3), np.uint8)
    image[:] = (120, 60, 110)
    balanced = image * grey_world_gains(image)
    assert np.ptp(balanced.mean(axis=(0, 1))) < 8


def test_the_lens_keeps_size_and_type_and_darkens_no_night() -> None:
    rng = np.random.default_rng(6)
    day, night = np.full((96, 160, 3), 140, np.uint8), np.full((96, 160, 3), 30, np.uint8)
    for _ in range(40):
        seen = through_the_lens(rng, day)
        assert seen.shape == day.shape
        assert seen.dtype == np.uint8
        assert through_the_lens(rng, night).mean() > 3


def test_frames_of_made_drives_have_plates_at_their_corners() -> None:
    frames = list(made_drive_frames(3, seed=0, each=3))
    assert [frame.image.shape for frame in frames] == [(720, 1280, 3)] * 3
    contrasts = []
    for frame in frames:
        for quad, legible in zip(frame.quads, frame.legible, strict=True):
            if legible and np.ptp(quad[:, 0]) > 60:
                x0, y0, x1, y1 = (int(v) for v in (*quad.min(axis=0), *quad.max(axis=0)))
                contrasts.append(np.ptp(frame.image[max(0, y0) : y1, max(0, x0) : x1].astype(int).mean(axis=2)))
    assert contrasts
    assert min(contrasts) > 60
    maker = SceneMaker(np.random.default_rng(1), [], size=(320, 192), bank=6, drives=frames)
    scenes = [maker.scene() for _ in range(40)]
    assert any(scene.real and scene.exact.any() for scene in scenes)
