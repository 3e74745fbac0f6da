"""Frames and scenes with the places of their plates; the real frames to learn from, and which are held out."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.tracker import intersection_over_union
from anpr.values import Box, Detection, Image
from models.train.scenes.lens import grey_world_gains
from models.train.scenes.pasting import box_quads

HELD_OUT_FROM: Final = {"d1": "d1_0748", "n1": "n1_0154"}
"""Frames of a video from this name on are never trained on; chosen where no vehicle is on both sides."""

LIKE: Final = 0.5
"""Intersection over union from which a detector's box and a labelled one are of the same plate."""


@dataclass(frozen=True, slots=True, eq=False)
class RealFrame:
    """One frame at full and half size with its plates.

    `boxes` (n, 4) xyxy and `quads` (n, 4, 2) are in px of the full size, `exact` says that the quads are the plates'
    corners and not those of their boxes, `legible` (n,) that a plate is to be found; `gains` (B, G, R) take away its cast.
    `corners` (n, 4, 2) are the best that is known of the corners, those of the boxes where not even a detector `known` (n,) them.
    """

    name: str
    image: Image
    half: Image
    boxes: NDArray[np.float32]
    quads: NDArray[np.float32]
    exact: bool
    legible: NDArray[np.bool_]
    gains: NDArray[np.float32]
    corners: NDArray[np.float32]
    known: NDArray[np.bool_]

    @classmethod
    def of(
        cls, name: str, image: Image, quads: NDArray[np.float32], legible: NDArray[np.bool_], *, exact: bool
    ) -> "RealFrame":
        """Return the frame of a picture (h, w, 3) and the corners (n, 4, 2) of its plates."""
        half = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        boxes = np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1).astype(np.float32)
        known = np.full(len(quads), exact)
        return cls(name, image, half, boxes, quads, exact, legible, grey_world_gains(image), quads, known)

    def with_corners(self, found: Sequence[Detection]) -> "RealFrame":
        """Return the frame with the corners that a detector found in it, of each plate those of the box most like its own."""
        corners, known = self.corners.copy(), self.known.copy()
        for i, box in enumerate(self.boxes):
            own: Box = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
            likest = max(found, key=lambda one: intersection_over_union(one.box_px, own), default=None)
            if likest is None or likest.corners_px is None or known[i]:
                continue
            if intersection_over_union(likest.box_px, own) >= LIKE:
                corners[i], known[i] = likest.corners_px, True
        return replace(self, corners=corners, known=known)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture with its plates.

    `quads` is (n, 4, 2) px; `exact` (n,) says that the four corners are known and not only the box around them;
    `ignored` (n,) marks plates that are neither to be found nor to be passed over; `real` a drive frame, in which
    far plates are not all labelled.
    """

    image: Image
    quads: NDArray[np.float32]
    exact: NDArray[np.bool_]
    ignored: NDArray[np.bool_]
    real: bool


def is_held_out(file: str) -> bool:
    """Say whether a drive frame belongs to the held-out part."""
    return Path(file).stem >= HELD_OUT_FROM[file[:2]]


@functools.cache
def unlabelled_plates() -> dict[str, list[list[float]]]:
    """Return the boxes of plates that are in the drive frames but not in their labels, by file.

    They were found by the detector and confirmed by eye; most are vehicles of the next lane. Treated as a plate they
    would be labels made by the model itself, treated as background they'd teach it to pass over plates: so neither.
    """
    text = Path(__file__).with_name("unlabelled_plates.json").read_text(encoding="utf-8")
    boxes: dict[str, list[list[float]]] = json.loads(text)
    return boxes


def load_frames(folder: Path, held_out: bool) -> list[RealFrame]:
    """Load the drive frames for training (`held_out` False) or the held-out rest, in order of time."""
    frames = []
    for label in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        if is_held_out(label["file"]) != held_out:
            continue
        image = np.asarray(cv2.imread(str(folder / "frames" / label["file"])), np.uint8)
        more = unlabelled_plates().get(label["file"], [])
        boxes = np.array([plate["box"] for plate in label["plates"]] + more, np.float32).reshape(-1, 4)
        legible = [plate["legibility"] != "unreadable" for plate in label["plates"]] + [False] * len(more)
        frames.append(RealFrame.of(label["file"], image, box_quads(boxes), np.array(legible, np.bool_), exact=False))
    return frames


def view_of(rng: np.random.Generator, frame: RealFrame, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return a random affine map (2, 3) from a frame to a scene of a size (width, height) in px."""
    scene_width, scene_height = size
    if rng.random() < 0.35 or not len(frame.boxes):  # as the program itself will see it
        angle, focus = 0.0, np.array([640.0, 360.0])
        if rng.random() < 0.3:  # the whole frame, its lower end padded
            scale, place = 0.5 * scene_width / 640, np.array([scene_width / 2, 180.0 * scene_width / 640])
        else:  # a part of the frame at the size of full effort
            scale = 0.75
            room = scale * focus
            place = rng.uniform((scene_width, scene_height) - room, room)
    else:
        box = frame.boxes[int(rng.integers(len(frame.boxes)))]
        width = np.exp(rng.uniform(np.log(18), np.log(260)))
        scale = float(np.clip(width / (box[2] - box[0]), 0.42, 1.6))
        angle = float(np.deg2rad(rng.normal(0, 3)))
        focus = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        place = rng.uniform(0.1, 0.9, 2) * (scene_width, scene_height)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn = turn @ np.diag([1.0 if rng.random() < 0.5 else -1.0, rng.uniform(0.9, 1.1)])
    return np.hstack([turn, (place - turn @ focus)[:, None]])
