"""Stressed scenes: each change touches what it says and moves the plate to where it says."""

import numpy as np
import pytest

from benchmarks.accuracy.stress_scenes import (
    LEVELS,
    Scene,
    cut_edge,
    dirt,
    over_a_character,
    post,
    scene_around,
    screws,
    small,
    turned,
)

RNG = np.random.default_rng(0)


@pytest.fixture
def scene() -> Scene:
    frame = np.full((480, 640, 3), 100, np.uint8)
    frame[200:240, 240:400] = 250
    return scene_around(frame, (240.0, 200.0, 400.0, 240.0), "AB12CDE", (0.1, 0.9))


def test_every_level_gives_a_picture_that_holds_the_plates_middle(scene: Scene) -> None:
    x0, y0, x1, y1 = scene.box_px
    for levels in LEVELS.values():
        for change in levels.values():
            picture, moved = change(scene, np.random.default_rng(1))
            x, y, w = moved @ ((x0 + x1) / 2, (y0 + y1) / 2, 1.0)
            assert picture.dtype == np.uint8
            assert 0 <= x / w < picture.shape[1]
            assert 0 <= y / w < picture.shape[0]


@pytest.mark.parametrize("share", [0.06, 0.12])
def test_a_post_is_as_wide_as_it_says_and_stands_over_the_letter(scene: Scene, share: float) -> None:
    picture, _ = post(share, "first")(scene, np.random.default_rng(2))
    changed = np.flatnonzero((picture != scene.image).any(axis=2)[int(scene.box_px[1]) + 5])
    assert changed.mean() == pytest.approx(scene.first_px, abs=3)
    assert len(changed) == pytest.approx(share * scene.width_px, abs=3)


def test_the_edge_goes_through_the_letter(scene: Scene) -> None:
    picture, moved = cut_edge("first")(scene, RNG)
    assert (moved @ (scene.first_px, 0, 1))[0] == pytest.approx(0, abs=1)
    assert picture.shape[1] == scene.image.shape[1] - round(scene.first_px)
    picture, _ = cut_edge("last")(scene, RNG)
    assert picture.shape[1] == round(scene.last_px)


def test_dirt_covers_its_share_of_the_plate_and_nothing_else(scene: Scene) -> None:
    picture, _ = dirt(0.2)(scene, np.random.default_rng(3))
    changed = (picture != scene.image).any(axis=2)
    x0, y0, x1, y1 = (int(v) for v in scene.box_px)
    assert changed[y0:y1, x0:x1].mean() == pytest.approx(0.2, abs=0.08)
    changed[y0:y1, x0:x1] = False
    assert not changed.any()


def test_sizes_and_turns(scene: Scene) -> None:
    picture, moved = small(36)(scene, RNG)
    assert picture.shape[1] == pytest.approx(scene.image.shape[1] * 36 / 160, abs=1)
    assert moved[0, 0] == pytest.approx(36 / 160)
    assert screws(scene, np.random.default_rng(1))[0].shape[1] == round(scene.image.shape[1] * 130 / 160)
    _, turn = turned(roll=90)(scene, RNG)
    x0, y0, x1, y1 = scene.box_px
    a, b = (turn @ (x, (y0 + y1) / 2, 1.0) for x in (x0, x1))
    assert abs(a[0] / a[2] - b[0] / b[2]) < 1
    assert abs(a[1] / a[2] - b[1] / b[2]) == pytest.approx(160, rel=0.01)


@pytest.mark.parametrize("place", ["first", "inner", "last"])
@pytest.mark.parametrize("stuff", ["mud", "snow", "leaf", "tape", "plate's own colour"])
def test_what_sticks_hides_one_character_and_leaves_the_others(stuff: str, place: str) -> None:
    frame = np.full((480, 640, 3), 100, np.uint8)
    frame[200:240, 240:400] = 250
    middles = tuple((14 + 22 * i) / 160 for i in range(7))
    for share in middles:
        x = round(240 + share * 160)
        frame[207:233, x - 6 : x + 6] = 20
    scene = scene_around(frame, (240.0, 200.0, 400.0, 240.0), "AB12CDE", middles)
    picture, _ = over_a_character(stuff, place)(scene, np.random.default_rng(5))
    changed = [
        (picture != scene.image).any(axis=2)[
            int(scene.box_px[1]) + 9 : int(scene.box_px[1]) + 31, int(x) - 5 : int(x) + 5
        ]
        for x in scene.middles_px
    ]
    hidden = [i for i, one in enumerate(changed) if one.mean() > 0.7]
    assert len(hidden) == 1
    assert hidden[0] in {"first": {0}, "inner": set(range(1, 6)), "last": {6}}[place]
    assert all(one.mean() < 0.5 for i, one in enumerate(changed) if i != hidden[0])


@pytest.mark.parametrize(("yaw", "above", "lean"), [(50, 20, 22.2), (-45, 30, -26.6), (50, 0, 0.0)])
def test_a_turned_plate_seen_from_above_leans(scene: Scene, yaw: float, above: float, lean: float) -> None:
    _, moved = turned(yaw=yaw, above=above)(scene, RNG)
    middle = np.array([320.0, 220.0])
    ends = np.array([moved @ (middle[0] + side * 10.0, middle[1], 1.0) for side in (-1, 1)])
    x, y = np.diff(ends[:, :2] / ends[:, 2:], axis=0)[0]
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(lean, abs=1.0)
