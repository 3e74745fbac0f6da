"""What holds a plate: screws and caps of any colour or rust, at the places where plates are fixed or on a character, which they alter.

A dark cap at the lower right makes an O a Q, one in the middle of an M a different letter, one beside a 5 a 6. Plates are lawfully
fixed so that characters stay as they are, and are often fixed otherwise.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_BITS: Final = 4


def caps(rng: np.random.Generator, scene: Floats, corners: Floats) -> None:
    """Draw screws or caps of any colour or rust onto the plate in place, mostly at the places where plates are fixed."""
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    usual = (0.04, 0.18, 0.5, 0.82, 0.96)
    places = [usual[int(i)] for i in rng.choice(len(usual), int(rng.integers(1, 4)), replace=False)]
    if rng.random() < 0.5:
        places = [p for p in places for p in (p, 1 - p)]
    shade = float(rng.uniform(5, 250))
    colour = np.full(3, shade) + rng.normal(0, 8, 3) if rng.random() < 0.8 else rng.uniform(0, 255, 3)
    radius = float(rng.uniform(0.045, 0.11)) * tall
    height = float(rng.choice([0.5, 0.5, 0.5, 0.12, 0.88]))
    for share in places:
        across = share + float(rng.normal(0, 0.02))
        top = corners[0] + (corners[1] - corners[0]) * across
        bottom = corners[3] + (corners[2] - corners[3]) * across
        middle = top + (bottom - top) * (height + float(rng.normal(0, 0.05)))
        x0, y0 = (max(int(v - radius - 1), 0) for v in middle)
        patch = scene[y0 : max(int(middle[1] + radius + 2), 0), x0 : max(int(middle[0] + radius + 2), 0)]
        y, x = np.mgrid[y0 : y0 + patch.shape[0], x0 : x0 + patch.shape[1]].astype(np.float32)
        away = np.hypot(x - middle[0], y - middle[1])
        cover = np.clip(radius - away + 0.5, 0, 1)[:, :, None]
        lit = np.clip(1 - away / radius, 0, 1)[:, :, None] * float(rng.uniform(0, 60))
        patch += (colour.astype(np.float32) + lit - patch) * cover


def fixings_on_characters(rng: np.random.Generator, scene: Floats, boxes: NDArray[np.float64], tall: float) -> None:
    """Draw one to three screws or caps onto or beside characters of the plate, in place.

    `scene` (h, w, 3); `boxes` (n, 4, 2) are the corners of the characters and `tall` is the plate's height, in its px. Most of them are of
    one kind, as a plate is fixed with what is in one bag: a cap, a hexagon, a slotted or crossed head, a washer with a screw in it;
    some have a lip of light or a streak of rust.
    """
    if not len(boxes):
        return
    shape = int(rng.integers(4))
    radius = float(rng.uniform(0.05, 0.12)) * tall
    dark = float(rng.uniform(5, 90)) if rng.random() < 0.6 else float(rng.uniform(60, 250))
    colour = np.full(3, dark) + rng.normal(0, 6, 3)
    if rng.random() < 0.25:
        colour = (
            np.array([40.0, 70.0, 120.0]) * float(rng.uniform(0.4, 1.3))
            if rng.random() < 0.5
            else rng.uniform(0, 255, 3)
        )
    for _ in range(int(rng.integers(1, 4))):
        box = boxes[int(rng.integers(len(boxes)))]
        across, down = float(rng.uniform(-0.25, 1.25)), float(np.clip(rng.normal(0.55, 0.3), 0, 1))
        top, bottom = box[0] + (box[1] - box[0]) * across, box[3] + (box[2] - box[3]) * across
        middle = top + (bottom - top) * down
        if rng.random() < 0.15:
            _streak(rng, scene, middle, radius)
        _head(rng, scene, middle, radius * float(rng.uniform(0.9, 1.1)), colour, shape)


def _head(
    rng: np.random.Generator,
    scene: Floats,
    middle: NDArray[np.float64],
    radius: float,
    colour: NDArray[np.float64],
    shape: int,
) -> None:
    turn = float(rng.uniform(0, 3.14))
    sides = 6 if shape == 1 else 24
    angles = turn + np.arange(sides) * (2 * np.pi / sides)
    squeezed = float(rng.uniform(0.8, 1.0))
    rim = middle + radius * np.column_stack((np.cos(angles) * squeezed, np.sin(angles)))
    _laid(scene, rim, colour)
    lip = float(rng.uniform(-50, 70))
    if shape == 3:
        _laid(
            scene,
            middle + (rim - middle) * float(rng.uniform(0.4, 0.7)),
            255 - colour if rng.random() < 0.3 else colour + lip,
        )
    elif radius > 2:
        _laid(scene, middle + (rim - middle) * 0.55 - radius * 0.15, colour + lip)
    if shape == 2 and radius > 1.5:
        for way in (turn, turn + np.pi / 2)[: int(rng.integers(1, 3))]:
            along = radius * 0.8 * np.array([np.cos(way), np.sin(way)])
            aside = radius * 0.14 * np.array([-np.sin(way), np.cos(way)])
            slot = middle + np.stack((along + aside, along - aside, -along - aside, -along + aside))
            _laid(scene, slot, colour * 0.4)


def _streak(rng: np.random.Generator, scene: Floats, middle: NDArray[np.float64], radius: float) -> None:
    """Draw rust that ran down from a screw."""
    down = float(rng.uniform(2, 7)) * radius
    wide = radius * float(rng.uniform(0.3, 0.9))
    end = middle + np.array([rng.normal(0, 0.2) * down, down])
    aside = np.array([wide, 0.0])
    points = np.stack((middle - aside, middle + aside, end + aside * 0.3, end - aside * 0.3))
    _laid(scene, points, np.array([35.0, 65.0, 120.0]) * float(rng.uniform(0.6, 1.2)), float(rng.uniform(0.2, 0.8)))


def _laid(scene: Floats, points: NDArray[np.float64], colour: NDArray[np.float64], most: float = 1.0) -> None:
    """Lay a polygon of one colour over a piece of the scene."""
    low = np.maximum(np.floor(points.min(axis=0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0)) + 2, np.array(scene.shape[1::-1])).astype(int)
    if (high <= low).any():
        return
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(mask, [np.round((points - low) * 2**_BITS).astype(np.int32)], 255, cv2.LINE_AA, _BITS)
    cover = mask.astype(np.float32)[:, :, None] * np.float32(most / 255)
    part = scene[low[1] : high[1], low[0] : high[0]]
    part += (np.clip(colour, 0, 255).astype(np.float32) - part) * cover
