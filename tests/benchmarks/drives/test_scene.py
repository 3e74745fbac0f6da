"""The truth is right: plates cut out by their truth corners are the plates that were drawn."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr.values import Image
from benchmarks.drives.generate import generate, truth_path
from benchmarks.drives.number_plate import PX_PER_MM, NumberPlate
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.scene import Scene, instants
from benchmarks.drives.truth import PlateInFrame
from tests.benchmarks.drives.conftest import CLOSE
from tests.benchmarks.drives.cutting import cut_out


def likeness(one: Image, other: Image) -> float:
    """Correlation of two plates, both taken down to about 12 px characters."""
    small = [
        np.asarray(cv2.resize(p, (96, 24), interpolation=cv2.INTER_AREA)).mean(axis=2).ravel() for p in (one, other)
    ]
    return float(np.corrcoef(small)[0, 1])


def offset_px(cut: Image, row: PlateInFrame, plate: NumberPlate) -> float:
    """How far the plate lies from where its corners say, in px of the frame."""
    soft = [cv2.GaussianBlur(p.mean(axis=2).astype(np.float32), (0, 0), 6) for p in (cut, plate.flat)]
    (x, y), _ = cv2.phaseCorrelate(soft[0], soft[1], cv2.createHanningWindow(soft[0].shape[::-1], cv2.CV_32F))
    return float(np.hypot(x, y)) * row.character_px / (plate.character_m * 1000 * PX_PER_MM)


def test_cut_out_plates_are_the_right_ones_to_a_fraction_of_a_pixel(close: tuple[Scene, list[Image]]) -> None:
    scene, pictures = close
    checked = 0
    for actor in scene.actors:
        for row in actor.truth.frames:
            if row.visible < 1.0 or row.character_px < 8 or row.blur_px > 2:
                continue
            cut = cut_out(pictures[row.frame], row, actor.plate)
            right = likeness(cut, actor.plate.flat)
            others = [
                likeness(cut, np.asarray(cv2.resize(a.plate.flat, cut.shape[1::-1]), np.uint8))
                for a in scene.actors
                if a is not actor
            ]
            assert right > max(0.85, 0.05 + max(others)), (actor.truth.vrm, row)
            assert offset_px(cut, row, actor.plate) < 0.35, (actor.truth.vrm, row)
            checked += 1
    assert checked >= 15


def test_the_same_seed_gives_the_same_clip_and_truth(tmp_path: Path) -> None:
    short = replace(CLOSE, seconds=0.2)
    clips = [generate(short, tmp_path / name, codec="mjpeg") for name in ("one", "two")]
    assert clips[0].read_bytes() == clips[1].read_bytes()
    truths = [json.loads(truth_path(clip).read_text(encoding="utf-8")) for clip in clips]
    assert truths[0] == truths[1]
    assert truths[0]["frames"] == 6
    assert {vehicle["vrm"] for vehicle in truths[0]["vehicles"]} == {"AB46CDE", "KX95LMN", "P123RST"}
    decoded = cv2.VideoCapture(str(clips[0]))
    assert sum(1 for _ in iter(lambda: decoded.read()[0], False)) == 6


@pytest.mark.parametrize("light", ["night", "infrared", "low_sun", "dusk"])
def test_every_light_shows_the_plate_against_its_surroundings(light: str) -> None:
    mover = Mover("AB46 CDE", "current", "following", 0, 0.0, 12.0, paint="GREY")
    scene = Scene(Drive(light, 1, (mover,), light=light, own_mph=10, seconds=0.05))
    picture = next(iter(scene.frames()))
    row = scene.actors[0].truth.frames[0]
    cut = cut_out(picture, row, scene.actors[0].plate).mean(axis=2)
    assert cut.max() - cut.min() > 25
    assert likeness(cut_out(picture, row, scene.actors[0].plate), scene.actors[0].plate.flat) > 0.75
    assert not np.isnan(picture).any()


def test_instants_are_spread_evenly_one_for_every_six_tenths_of_a_pixel_and_not_too_many() -> None:
    first = np.zeros((4, 2))
    spread = instants(first, first + np.array([3.0, 0.0]), 12)
    assert [quad[0, 0] for quad in spread] == pytest.approx([0.3, 0.9, 1.5, 2.1, 2.7])
    assert len(instants(first, first, 12)) == 1
    assert len(instants(first, first + np.array([0.0, 500.0]), 12)) == 12
    assert np.mean([quad[0, 1] for quad in instants(first, first + np.array([0.0, 500.0]), 12)]) == pytest.approx(250.0)


def test_light_changes_over_the_clip() -> None:
    scene = Scene(Drive("evening", 1, (), light="day", later_light="night", seconds=10.0))
    assert scene.conditions_at(-1.0).ambient == scene.conditions_at(0.0).ambient == 0.95
    assert scene.conditions_at(5.0).ambient == pytest.approx((0.95 + 0.085) / 2)
    assert scene.conditions_at(99.0).light == "night"
    assert scene.count == 300
