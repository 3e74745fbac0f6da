"""Real plates of the drive frames (MIT) as samples: cut anew each time, and put through a mild second camera.

A vehicle appears in many neighbouring frames, so folds are made by the plate's text and never by picture.
"""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.vrm import MAX_LENGTH
from models.train.optics.camera import sensor
from models.train.optics.light import cast
from models.train.optics.photograph import INPUT_SIZE, Image, Photograph, random_cut

AROUND: Final = 0.35
"""Share of the box's width kept around each plate, and of its height twice that, for cuts that miss."""


@dataclass(frozen=True, slots=True, eq=False)
class RealPlate:
    """A piece of a frame with the corners of the labelled box in it, and the text."""

    picture: Image
    corners: NDArray[np.float32]
    text: str


def fold_of(text: str) -> int:
    """Return the fold, 0 or 1, of a vehicle."""
    return zlib.crc32(text.encode("ascii")) & 1


def load_real(folder: Path, fold: int | None = None) -> list[RealPlate]:
    """Return the labelled plates of `folder` (frames/, labels.json) that have a text; of one fold, or all."""
    plates = []
    for entry in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        wanted = [
            p
            for p in entry["plates"]
            if p["text"] and len(p["text"]) <= MAX_LENGTH and (fold is None or fold_of(p["text"]) == fold)
        ]
        if not wanted:
            continue
        frame = np.asarray(cv2.imread(str(folder / "frames" / entry["file"])), np.uint8)
        for plate in wanted:
            x0, y0, x1, y1 = (float(v) for v in plate["box"])
            mx, my = (x1 - x0) * AROUND, (y1 - y0) * 2 * AROUND
            left, top = max(0, int(x0 - mx)), max(0, int(y0 - my))
            piece = frame[top : int(y1 + my), left : int(x1 + mx)].copy()
            box = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32) - np.array([left, top], np.float32)
            plates.append(RealPlate(piece, np.asarray(box, np.float32), plate["text"]))
    return plates


class RealSource:
    """An endless source of real plates; every vehicle comes equally often, whatever the number of its frames."""

    def __init__(self, plates: list[RealPlate], rng: np.random.Generator) -> None:
        self._rng = rng
        self._by_vehicle: dict[str, list[RealPlate]] = {}
        for plate in plates:
            self._by_vehicle.setdefault(plate.text, []).append(plate)
        self._vehicles = sorted(self._by_vehicle)

    def photograph(self) -> Photograph:
        """Return a new cut of some real plate; the places of its characters are not known."""
        rng = self._rng
        frames = self._by_vehicle[self._vehicles[int(rng.integers(len(self._vehicles)))]]
        plate = frames[int(rng.integers(len(frames)))]
        scene = plate.picture.astype(np.float32)
        if rng.random() < 0.5:
            scene *= cast(rng, 0.5)
        if rng.random() < 0.3:
            part = float(rng.uniform(0.6, 1.0))
            small = cv2.resize(scene, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
            scene = np.asarray(cv2.resize(small, (scene.shape[1], scene.shape[0])), np.float32)
        tall = float(plate.corners[3, 1] - plate.corners[0, 1])
        if rng.random() < 0.5:
            picture = sensor(rng, scene, 0.6 * tall, 0.35, corners=plate.corners)
        else:
            picture = np.clip(scene, 0, 255).astype(np.uint8)
        middle = plate.corners.mean(axis=0)
        angle = float(np.radians(rng.normal(0, 2.0)))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
        corners = np.asarray((plate.corners - middle) @ turn.T + middle, np.float32)
        cut = random_cut(rng, corners, 0.7)
        smooth = cv2.INTER_CUBIC if rng.random() < 0.3 else cv2.INTER_LINEAR
        image = cv2.warpPerspective(picture, cut, INPUT_SIZE, flags=smooth, borderMode=cv2.BORDER_REPLICATE)
        return Photograph(np.asarray(image, np.uint8), plate.text, np.zeros((0, 3), np.float32))
