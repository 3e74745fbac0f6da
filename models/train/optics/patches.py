"""What sticks to a plate and hides characters whole: mud, stickers, snow, leaves, tape, blobs, plates' own colour, fly posts.

Other than the things of `occluders.py` these begin and end on the plate, are placed at its characters, and may have the colour of the
plate itself, so that nothing but the empty place tells of the character.
"""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LARGEST_PX: Final = 96
"""Shapes are drawn at most so high and then resized: they are soft or plain."""


def stick(rng: np.random.Generator, scene: Floats, corners: Floats, boxes: NDArray[np.float64]) -> Floats:
    """Stick something over one or more neighbouring characters of the plate with `corners` (4, 2) in the scene (h, w, 3), in place.

    `boxes` (n, 4, 2) are the corners of its characters, in their order. Now and then it lies between or beside them, and hides none. Returns how
    far each pixel is covered, (h, w), 0 to 1.
    """
    covered = np.zeros(scene.shape[:2], np.float32)
    if not len(boxes):
        return covered
    for _ in range(2 if rng.random() < 0.12 else 1):
        quad = _where(rng, boxes)
        kind = _SHAPES[int(rng.choice(len(_SHAPES), p=_SHARES))]
        high = float(np.linalg.norm(quad[3] - quad[0]))
        aspect = float(np.linalg.norm(quad[1] - quad[0])) / max(high, 1e-3)
        tall = int(np.clip(1.5 * high, 24, LARGEST_PX))
        shape = kind(rng, tall, int(np.clip(tall * aspect, 8, 6 * LARGEST_PX)))
        if rng.random() < 0.4:
            shape = np.asarray(cv2.GaussianBlur(shape, (0, 0), float(np.exp(rng.uniform(-1, 2)))), np.float32)
        target = (
            quad if kind is not _bar else _stretched(quad, float(rng.uniform(0.9, 5.0)), float(rng.uniform(0.9, 5.0)))
        )
        cover = _laid(shape, target, scene.shape[:2])
        paint = _paint(rng, scene, corners, boxes)
        if rng.random() < 0.35:
            cover = np.maximum(cover, _splashes(rng, scene.shape[:2], corners))
        cover *= float(rng.uniform(0.9, 1.0)) if rng.random() < 0.4 else 1.0
        scene += (paint - scene) * cover[:, :, None]
        np.maximum(covered, cover, out=covered)
    return covered


def _where(rng: np.random.Generator, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners (4, 2) of what is hidden: a character or a few, with some room, or a place where there is none."""
    count = len(boxes)
    ends = rng.random()
    first = 0 if ends < 0.25 else count - 1 if ends < 0.5 else int(rng.integers(count))
    several = 1 if rng.random() < 0.8 else int(rng.integers(2, 4))
    first = max(0, min(first, count - several))
    last = min(first + several, count) - 1
    quad = np.array([boxes[first][0], boxes[last][1], boxes[last][2], boxes[first][3]])
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    wide = across / several
    beside = rng.random() < 0.15
    shift = float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.3)) if beside else float(rng.normal(0, 0.1))
    room = float(rng.uniform(0.0, 0.35)) if not beside else float(rng.uniform(-0.2, 0.1))
    above, below = (
        float(rng.uniform(-0.05, 0.35)) if rng.random() < 0.8 else float(rng.uniform(-0.4, 0)) for _ in "ab"
    )
    move = wide * shift
    left, right, up, under = -room * wide, room * wide, -above * down, below * down
    out = quad + np.stack((left + up, right + up, right + under, left + under)) + move
    if rng.random() < 0.3:
        middle, angle = out.mean(axis=0), float(rng.normal(0, 0.25))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        out = (out - middle) @ turn.T + middle
    return np.asarray(out)


def _stretched(quad: NDArray[np.float64], up: float, down: float) -> NDArray[np.float64]:
    """Return the quad made longer, up and down each by so many of its heights."""
    left, right = quad[3] - quad[0], quad[2] - quad[1]
    return np.stack((quad[0] - left * up, quad[1] - right * up, quad[2] + right * down, quad[3] + left * down))


def _grid(tall: int, wide: int) -> tuple[Floats, Floats]:
    y, x = np.mgrid[:tall, :wide].astype(np.float32)
    return (x + 0.5) / wide * 2 - 1, (y + 0.5) / tall * 2 - 1


def _clouds(rng: np.random.Generator, tall: int, wide: int, grain: float) -> Floats:
    rows, columns = max(3, round(tall / grain)), max(3, round(wide / grain))
    seeds = rng.standard_normal((rows, columns), np.float32)
    return np.asarray(cv2.resize(seeds, (wide, tall), interpolation=cv2.INTER_CUBIC), np.float32)


def _block(rng: np.random.Generator, tall: int, wide: int) -> Floats:
    """A block or a round blob, or between both, with an edge from even to torn: a sticker, tape, mud, snow."""
    x, y = _grid(tall, wide)
    power = float(rng.choice([2.0, 3.0, 6.0, 40.0]))
    away = (np.abs(x) ** power + np.abs(y) ** power) ** (1 / power)
    torn = float(rng.uniform(0, 0.35)) if rng.random() < 0.6 else 0.0
    away = away + torn * _clouds(rng, tall, wide, float(rng.uniform(0.08, 0.4)) * tall)
    return np.asarray(np.clip((0.98 - away) * float(np.exp(rng.uniform(1.2, 3.4))) + 0.5, 0, 1), np.float32)


def _many_cornered(rng: np.random.Generator, tall: int, wide: int) -> Floats:
    """A scrap with three to eight corners."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 9))))
    reach = rng.uniform(0.75, 1.3, len(angles))
    points = np.column_stack(((1 + reach * np.cos(angles)) * wide / 2, (1 + reach * np.sin(angles)) * tall / 2))
    mask = np.zeros((tall, wide), np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask / 255, np.float32)


def _leaf(rng: np.random.Generator, tall: int, wide: int) -> Floats:
    """A leaf: pointed at both ends, one on another now and then."""
    shape = np.zeros((tall, wide), np.float32)
    x, y = _grid(tall, wide)
    for _ in range(int(rng.integers(1, 4))):
        angle, size = float(rng.uniform(0, 3.14)), float(rng.uniform(0.8, 1.3))
        along = (x * np.cos(angle) + y * np.sin(angle)) / size
        across = (-x * np.sin(angle) + y * np.cos(angle)) / size
        half = float(rng.uniform(0.5, 0.9)) * np.clip(1 - along**2, 0, 1)
        np.maximum(shape, np.clip((half - np.abs(across)) * tall / 4 + 0.5, 0, 1), out=shape)
    return shape


def _blots(rng: np.random.Generator, tall: int, wide: int) -> Floats:
    """Blots that run into one another: thrown mud, bird droppings, wet snow."""
    x, y = _grid(tall, wide)
    field = np.zeros((tall, wide), np.float32)
    for _ in range(int(rng.integers(3, 9))):
        at = rng.normal(0, 0.4, 2)
        radius = float(rng.uniform(0.3, 0.8))
        field += np.exp(-(((x - at[0]) / radius) ** 2 + ((y - at[1]) / radius) ** 2) * 1.5).astype(np.float32)
    return np.asarray(
        np.clip((field - float(rng.uniform(0.3, 0.7))) * float(rng.uniform(3, 14)) + 0.5, 0, 1), np.float32
    )


def _bar(rng: np.random.Generator, tall: int, wide: int) -> Floats:
    """An even bar, to be stretched beyond the plate: a strap, a fly post, a rail's upright."""
    x, _ = _grid(tall, wide)
    lean = float(rng.uniform(0.75, 1.0))
    return np.asarray(np.clip((lean - np.abs(x)) * wide / 4 + 0.5, 0, 1), np.float32)


_Shape = Callable[[np.random.Generator, int, int], Floats]
_SHAPES: Final[tuple[_Shape, ...]] = (_block, _many_cornered, _leaf, _blots, _bar)
_SHARES: Final = (0.5, 0.14, 0.1, 0.14, 0.12)


def _laid(shape: Floats, quad: NDArray[np.float64], size: tuple[int, ...]) -> Floats:
    """Return a shape laid onto a quad, as coverage (h, w)."""
    tall, wide = shape.shape
    source = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    if abs(cv2.contourArea(quad.astype(np.float32))) < 4:
        return np.zeros(size[:2], np.float32)
    matrix = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    return np.asarray(
        np.clip(cv2.warpPerspective(shape, matrix, (size[1], size[0]), flags=cv2.INTER_AREA), 0, 1), np.float32
    )


def _splashes(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """Return splashes of the same stuff over the plate and around it, most of them too small to hide anything."""
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    clouds = _clouds(rng, size[0], size[1], max(float(rng.uniform(0.1, 0.35)) * tall, 2.0))
    return np.asarray(np.clip((clouds - float(rng.uniform(1.8, 2.6))) * 4, 0, 1), np.float32)


def _paint(rng: np.random.Generator, scene: Floats, corners: Floats, boxes: NDArray[np.float64]) -> Floats:
    """Return what it looks like, (h, w, 3): mud, snow, ink, leaf, paint, or the plate's own or the vehicle's colour, plain or grained."""
    h, w = scene.shape[:2]
    light = float(np.clip(np.percentile(_piece(scene, corners), 80) / 210, 0.25, 1.3))
    kind = rng.random()
    if kind < 0.34:
        base = rng.uniform((20, 35, 45), (110, 135, 165)) * light
    elif kind < 0.42:
        base = np.full(3, rng.uniform(190, 255)) * light
    elif kind < 0.62:
        base = _plate_colour(scene, boxes) + rng.normal(0, 6, 3)
    elif kind < 0.7:
        base = np.full(3, rng.uniform(5, 60)) + rng.normal(0, 5, 3)
    elif kind < 0.8:
        base = _beside(rng, scene, corners)
    elif kind < 0.86:
        base = rng.uniform((10, 50, 20), (70, 150, 160)) * light
    elif kind < 0.94:
        base = np.full(3, float(rng.uniform(5, 250))) + rng.normal(0, 8, 3)
    else:
        base = rng.uniform(0, 250, 3)
    paint = np.broadcast_to(np.asarray(base, np.float32), (h, w, 3)).copy()
    if rng.random() < 0.7:
        grain = _clouds(rng, h, w, float(np.exp(rng.uniform(0.5, 3))))
        paint += grain[:, :, None] * float(np.exp(rng.uniform(0, 3.3)))
    if rng.random() < 0.4:
        paint *= (1 + float(rng.uniform(-0.3, 0.3)) * np.linspace(-1, 1, h, dtype=np.float32))[:, None, None]
    return np.asarray(np.clip(paint, 0, 255), np.float32)


def _piece(scene: Floats, corners: Floats) -> Floats:
    h, w = scene.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)), 0, (w - 2, h - 2)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)), low + 1, (w, h)).astype(int)
    return scene[low[1] : high[1], low[0] : high[0]]


def _plate_colour(scene: Floats, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colour of the plate's ground around some of its characters: the lighter half's middle."""
    piece = _piece(scene, boxes.reshape(-1, 2).astype(np.float32)).reshape(-1, 3)
    bright = piece.sum(axis=1)
    return np.asarray(np.median(piece[bright >= np.median(bright)], axis=0), np.float64)


def _beside(rng: np.random.Generator, scene: Floats, corners: Floats) -> NDArray[np.float64]:
    """Return the colour of the vehicle just above or below the plate."""
    h, w = scene.shape[:2]
    across = corners[0] + (corners[1] - corners[0]) * float(rng.uniform(0.1, 0.9))
    down = (corners[3] - corners[0]) * float(rng.choice([-0.3, 1.3]))
    x, y = np.clip(across + down, 0, (w - 1, h - 1)).astype(int)
    return np.asarray(scene[y, x], np.float64)
