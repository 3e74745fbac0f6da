"""Drives of one vehicle with a character hidden: which character, by what, and that it is so in every frame."""

from itertools import pairwise

import numpy as np
import pytest

from anpr.errors import InputError
from benchmarks.drives.hidden import HIDERS, NOTHING, HiddenScene, character_spans, plan_pass
from benchmarks.drives.number_plate import make_plate


def test_a_pass_is_planned_by_its_seed_and_shortens_its_own_mark() -> None:
    for hider in (*HIDERS, NOTHING):
        for index in range(12):
            one = plan_pass(hider, index, 5)
            assert one == plan_pass(hider, index, 5)
            assert len(one.drive.movers) == 1
            assert len(one.shortened) == len(one.vrm) - 1
            assert one.shortened == one.vrm.replace(one.vrm[one.place], "", 1) or one.vrm.count(one.vrm[one.place]) > 1
            if hider == "cut":
                assert one.place in {0, len(one.vrm) - 1}
    assert plan_pass("post", 0, 5) != plan_pass("post", 0, 6)
    with pytest.raises(InputError, match="choose among post"):
        plan_pass("fog", 0, 1)


@pytest.mark.parametrize("words", ["AB12 CDE", "K1 ABC", "WW10 OII", "LIZ 1111"])
@pytest.mark.parametrize("band", ["", "UK"])
def test_every_character_of_a_plate_is_found(words: str, band: str) -> None:
    spans = character_spans(make_plate(words, "current", rear=True, band=band))
    assert len(spans) == len(words) - 1
    assert all(0.01 < a < b < 0.99 for a, b in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_things_change_the_hidden_character_and_leave_the_far_end() -> None:
    for hider in ("post", "tow bar", "dirt"):
        one = next(
            p
            for p in (plan_pass(hider, i, 2) for i in range(20))
            if p.place == 0 and "following" in p.drive.movers[0].lane
        )
        scene = HiddenScene(one)
        plain = HiddenScene(one)
        plain._thing = None  # the same drive with nothing before the plate
        number = scene.count // 2
        shown, whole = scene.frame(number).astype(float), plain.frame(number).astype(float)
        (x0, y0), (x1, _), _, (_, y1) = scene.vehicle().frames[-1].corners
        span = character_spans(scene.actors[0].plate)[0]
        left, right = round(x0 + span[0] * (x1 - x0)), round(x0 + span[1] * (x1 - x0))
        changed = np.abs(shown - whole).max(axis=2)
        assert changed[round(y0) + 4 : round(y1) - 3, left:right].mean() > 10
        assert changed[round(y0) + 4 : round(y1) - 3, round(x0 + 0.75 * (x1 - x0)) : round(x1) - 3].mean() < 3
        assert scene.header()["shortened"] == one.shortened


def test_the_picture_s_edge_runs_through_the_character() -> None:
    one = plan_pass("cut", 1, 3)
    scene = HiddenScene(one)
    frames = list(scene.frames())
    assert len(frames) == scene.count
    assert {frame.shape for frame in frames} == {(720, 1280, 3)}
    plain = HiddenScene(one)
    rows = scene.vehicle().frames
    row = rows[len(rows) // 2]
    span = character_spans(scene.actors[0].plate)[one.place]
    middle = row.corners[0][0] + (row.corners[1][0] - row.corners[0][0]) * (span[0] + span[1]) / 2
    along = round(-middle) if one.place == 0 else round(1280 - middle)
    expected = np.roll(plain.frame(row.frame), along, axis=1)
    top, bottom = round(row.box[1]), round(row.box[3])
    part = slice(20, 80) if one.place == 0 else slice(1200, 1260)
    assert np.abs(frames[row.frame][top:bottom, part].astype(float) - expected[top:bottom, part]).mean() < 6
