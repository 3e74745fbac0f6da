"""Whole scenes seen aslant: turned by up to 50 degrees, or from the side and from above, as by a helicopter or from a lorry's cab.

The scene is taken for a flat wall that is turned around its middle; what lies beyond its ends is its mirror image or plain.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from models.train.scenes.pasting import Quad

MOST_ROLL: Final = 50.0
MOST_YAW: Final = 58.0
MOST_PITCH: Final = 34.0
"""Degrees either way; a little more than the detector promises, so that its promises are not at the edge of what it knows."""

ROOM: Final = 1.3
"""A scene that will be turned is composed so many times as large as what is shown of it."""

BORDERS: Final = (cv2.BORDER_REFLECT, cv2.BORDER_REFLECT, cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT)


@dataclass(frozen=True, slots=True)
class Slant:
    """How a scene is seen: angles in degrees, the distance in widths of the scene, and how much larger than it was drawn."""

    roll: float
    yaw: float = 0.0
    pitch: float = 0.0
    away: float = 3.0
    zoom: float = 1.0


def random_slant(rng: np.random.Generator) -> Slant:
    """Return how a scene is seen: half are turned alone, the others from the side and above, half of these turned as well."""
    away, zoom = float(rng.uniform(1.3, 6.0)), float(np.exp(rng.uniform(np.log(0.8), np.log(1.3))))
    if rng.random() < 0.5:
        return Slant(float(rng.uniform(-MOST_ROLL, MOST_ROLL)), 0.0, 0.0, away, zoom)
    yaw, pitch = float(rng.uniform(-MOST_YAW, MOST_YAW)), float(rng.uniform(-MOST_PITCH, MOST_PITCH))
    roll = float(rng.normal(0, 5)) if rng.random() < 0.5 else float(rng.uniform(-40, 40))
    return Slant(roll, yaw, pitch, away, zoom * (1.0 + 0.4 * abs(yaw) / MOST_YAW))


def slant_matrix(slant: Slant, size: tuple[int, int], shown: tuple[int, int]) -> NDArray[np.float64]:
    """Return the map (3, 3) from px of a scene of a `size` (width, height) to px of the picture that is `shown` of it."""
    roll, yaw, pitch = np.radians((slant.roll, slant.yaw, slant.pitch))
    turn = (
        np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        @ np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
        @ np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    )
    away = slant.away * size[0]
    to_middle = np.array([[1, 0, -size[0] / 2], [0, 1, -size[1] / 2], [0, 0, 1]])
    # a point (x, y) of the wall stands at turn @ (x, y, 0), `away` before the lens
    seen = turn.copy()
    seen[:2] *= away * slant.zoom
    seen[:, 2] = (0.0, 0.0, away)
    from_middle = np.array([[1, 0, shown[0] / 2], [0, 1, shown[1] / 2], [0, 0, 1]])
    return np.asarray(from_middle @ seen @ to_middle, np.float64)


def seen_aslant(
    image: Image, quads: Quad, matrix: NDArray[np.float64], shown: tuple[int, int], border: int
) -> tuple[Image, Quad, Quad]:
    """Return the picture (of the size `shown`) under the map, the corners (n, 4, 2) in it, and those of mirror images.

    Mirror images are what `border` shows of plates beyond the scene's ends: they are neither plates nor background.
    """
    # the corners are places, the picture's pixels lie half a pixel from them
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    grey = float(image[::16, ::16].mean())
    picture = cv2.warpPerspective(
        image, np.linalg.inv(half) @ matrix @ half, shown, flags=cv2.INTER_LINEAR, borderMode=border,
        borderValue=(grey, grey, grey),
    )  # fmt: skip
    mirrored = np.zeros((0, 4, 2), np.float32)
    if border == cv2.BORDER_REFLECT and len(quads):
        height, width = image.shape[:2]
        flips = [quads * (-1, 1), quads * (1, -1), (2 * width, 0) + quads * (-1, 1), (0, 2 * height) + quads * (1, -1)]
        mirrored = _mapped(np.concatenate(flips).astype(np.float32), matrix)
        mirrored = mirrored[((mirrored.max(axis=1) > 0) & (mirrored.min(axis=1) < shown)).all(axis=1)]
    return np.asarray(picture, np.uint8), _mapped(quads, matrix), mirrored


def _mapped(quads: Quad, matrix: NDArray[np.float64]) -> Quad:
    if not len(quads):
        return quads
    moved = cv2.perspectiveTransform(quads.reshape(-1, 1, 2).astype(np.float64), matrix)
    return np.asarray(moved.reshape(-1, 4, 2), np.float32)
