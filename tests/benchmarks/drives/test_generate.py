"""Clips that cannot be made say why, and backgrounds replace the scenery."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr.errors import InputError
from benchmarks.drives.camera import Camera
from benchmarks.drives.generate import generate, sha256, truth_path
from benchmarks.drives.plan import Drive, Mover

SMALL = Drive(
    "small", 2, (Mover("AB46 CDE", "current", "following", 0, 0.0, 8.0),), own_mph=10, seconds=0.2,
    camera=Camera(width_px=640, height_px=360, focal_px=700.0),
)  # fmt: skip


def test_backgrounds_replace_the_scenery(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    green = np.zeros((200, 300, 3), np.uint8)
    green[:] = (0, 200, 0)
    (folder / "a.png").write_bytes(cv2.imencode(".png", green)[1].tobytes())
    clip = generate(SMALL, tmp_path, codec="mjpeg", backgrounds=folder)
    _, first = cv2.VideoCapture(str(clip)).read()
    assert first[5:40, 5:40, 1].mean() > 180
    assert first[5:40, 5:40, 2].mean() < 20
    assert json.loads(truth_path(clip).read_text())["clip_sha256"] == sha256(clip)


def test_a_folder_without_pictures_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(InputError, match=str(tmp_path.name)):
        generate(SMALL, tmp_path / "out", codec="mjpeg", backgrounds=tmp_path)


def test_h264_is_the_same_twice_and_decodes(tmp_path: Path) -> None:
    clips = [generate(SMALL, tmp_path / name, codec="h264") for name in ("one", "two")]
    assert sha256(clips[0]) == sha256(clips[1])
    clip = cv2.VideoCapture(str(clips[0]))
    ok, picture = clip.read()
    assert ok
    assert picture.shape == (360, 640, 3)
    assert clip.get(cv2.CAP_PROP_FPS) == pytest.approx(SMALL.camera.fps)
    assert clip.get(cv2.CAP_PROP_FRAME_COUNT) == 6
