"""Frames that tell which they are, and clips that are kept."""

import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.shift import pictures
from benchmarks.shift.script import shortest_script


@pytest.mark.parametrize(("clip", "frame"), [(0, 0), (1023, 29), (44, 511), (682, 341)])
def test_a_frame_tells_its_place_after_jpeg(clip: int, frame: int) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (720, 1280, 3)).astype(np.uint8)
    coded = cv2.imencode(".jpg", pictures.marked(noise, clip, frame), [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert pictures.place_of(np.asarray(decoded, np.uint8)) == (clip, frame)


def test_what_is_kept_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = shortest_script()
    rows = [{"frame": 1, "vrm": "EX46CDG", "box": [1, 2, 3, 4], "legible": True}]
    for number, drive in pictures._drives(script):
        with zipfile.ZipFile(pictures._kept(tmp_path, number, drive), "w") as kept:
            kept.writestr("plates.json", json.dumps(rows))
            kept.writestr("0000.jpg", b"first")
            kept.writestr("0001.jpg", b"second")
    monkeypatch.setattr(pictures, "ProcessPoolExecutor", None)  # drawing would fail
    clips = pictures.drawn(script, tmp_path)
    assert sorted(clips) == [0, 1, pictures.ROAD_MOVING, pictures.ROAD_STANDING]
    assert clips[0].jpegs == (b"first", b"second")
    assert clips[0].plates == ((), (pictures.PlateSeen("EX46CDG", (1, 2, 3, 4), legible=True),))


def test_each_pass_is_kept_under_its_own_name(tmp_path: Path) -> None:
    names = [pictures._kept(tmp_path, number, drive).name for number, drive in pictures._drives(shortest_script())]
    assert len(set(names)) == len(names)
