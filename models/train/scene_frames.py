"""The real frames that the detector may learn from, and which of them are held out."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from models.train.scene_optics import grey_world_gains

HELD_OUT_FROM: Final = {"d1": "d1_0748", "n1": "n1_0154"}
"""Frames of a video from this name on are never trained on; chosen where no vehicle is on both sides."""


@dataclass(frozen=True, slots=True, eq=False)
class RealFrame:
    """One drive frame at full and half size, its plate boxes (n, 4) xyxy px of the full size, and legible flags (n,)."""

    name: str
    image: Image
    half: Image
    boxes: NDArray[np.float32]
    legible: NDArray[np.bool_]
    gains: NDArray[np.float32]


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
        half = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        more = unlabelled_plates().get(label["file"], [])
        boxes = np.array([plate["box"] for plate in label["plates"]] + more, np.float32).reshape(-1, 4)
        legible = [plate["legibility"] != "unreadable" for plate in label["plates"]] + [False] * len(more)
        frames.append(
            RealFrame(label["file"], image, half, boxes, np.array(legible, np.bool_), grey_world_gains(image))
        )
    return frames
