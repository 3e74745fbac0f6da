from pathlib import Path

import numpy as np

from anpr.values import Detection
from models.train.scenes.frames import is_held_out, load_frames


def test_frames_are_split_by_time(drive: Path) -> None:
    assert [frame.name for frame in load_frames(drive, held_out=False)] == ["d1_0003.jpg"]
    assert [frame.name for frame in load_frames(drive, held_out=True)] == ["d1_0900.jpg"]
    assert is_held_out("n1_0353.jpg")
    assert not is_held_out("n1_0001.jpg")


def test_corners_are_those_of_the_box_most_like_the_labelled_one(drive: Path) -> None:
    frame = load_frames(drive, held_out=False)[0]
    assert not frame.known.any()
    assert np.array_equal(frame.corners, frame.quads)
    corners = np.array([[602, 402], [698, 405], [697, 424], [601, 421]], np.float32)
    near = Detection((600.0, 401.0, 699.0, 425.0), 0.9, corners)
    far = Detection((300.0, 401.0, 399.0, 425.0), 0.99, corners - (300, 0))
    known = frame.with_corners([far, near])
    assert known.known.all()
    assert np.array_equal(known.corners[0], corners)
    assert np.array_equal(known.quads, frame.quads)
    assert not frame.with_corners([far]).known.any()
    assert not frame.with_corners([]).known.any()
