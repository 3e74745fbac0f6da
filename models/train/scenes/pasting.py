"""Flat pictures set into a scene in perspective and in its light."""

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image

Quad = NDArray[np.float32]
"""Corners (4, 2) in px: top left, top right, bottom right, bottom left."""


def box_quads(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the corners (n, 4, 2) of boxes (n, 4)."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2).astype(np.float32)


def set_into(
    canvas: Image,
    flat: Image,
    mask: NDArray[np.uint8],
    quad: Quad,
    tone: NDArray[np.float64],
    blur: NDArray[np.float32] | None = None,
) -> None:
    """Warp a flat picture into the quad of the canvas, in place, free of aliasing.

    `tone` is (2, 3): what black and white of the flat picture become, by channel; `blur` a kernel (n, n), n odd, with
    which the thing alone is smeared.
    """
    height, width = canvas.shape[:2]
    pad = 0 if blur is None else len(blur) // 2
    low = np.floor(quad.min(axis=0)).astype(int) - 1 - pad
    high = np.ceil(quad.max(axis=0)).astype(int) + 2 + pad
    x0, y0, x1, y1 = max(0, low[0]), max(0, low[1]), min(width, high[0]), min(height, high[1])
    if x1 <= x0 or y1 <= y0:
        return
    across = max(np.hypot(*(quad[1] - quad[0])), np.hypot(*(quad[2] - quad[3])), 4.0)
    shrink = min(1.0, 1.15 * across / flat.shape[1])
    size = (max(2, round(flat.shape[1] * shrink)), max(2, round(flat.shape[0] * shrink)))
    layers = np.dstack([flat, mask])
    layers = np.asarray(cv2.resize(layers, size, interpolation=cv2.INTER_AREA), np.uint8)
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(corners, (quad - (x0, y0) - 0.5).astype(np.float32))
    warped = np.asarray(cv2.warpPerspective(layers, matrix, (int(x1 - x0), int(y1 - y0))), np.float32)
    alpha = warped[..., 3:] / 255.0
    colour = np.clip(tone[0] + warped[..., :3] / 255.0 * (tone[1] - tone[0]), 0, 255) * alpha
    if blur is not None:
        alpha = np.asarray(cv2.filter2D(alpha, -1, blur), np.float32)[..., None]
        colour = np.asarray(cv2.filter2D(colour, -1, blur), np.float64)
    region = canvas[y0:y1, x0:x1]
    region[:] = np.clip(region * (1.0 - alpha) + colour, 0, 255).astype(np.uint8)


def own_blur(rng: np.random.Generator, width: float) -> NDArray[np.float32]:
    """Return a kernel that smears one vehicle's plate of a width in px: it moves, or the lens is focused elsewhere."""
    if rng.random() < 0.4:
        sigma = float(width * rng.uniform(0.005, 0.03))
        line = cv2.getGaussianKernel(2 * int(np.ceil(2.5 * sigma)) + 1, max(sigma, 0.3))
        return np.asarray(line @ line.T, np.float32)
    half = float(width * rng.uniform(0.01, 0.07))
    size = 2 * int(np.ceil(half)) + 1
    kernel = np.zeros((size, size), np.float32)
    angle = rng.normal(0, 0.4) if rng.random() < 0.6 else rng.uniform(0, np.pi)
    x, y = np.cos(angle) * half, np.sin(angle) * half
    middle = size // 2
    ends = [round(middle - x), round(middle - y)], [round(middle + x), round(middle + y)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    return np.asarray(kernel / kernel.sum(), np.float32)


def faded(rng: np.random.Generator, tone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a plate's black and white (2, 3), now and then washed out, burnt out by lamps or tinted."""
    kind = rng.random()
    black, white = tone[0], tone[1]
    if kind < 0.12:
        black = black + (white - black) * rng.uniform(0.25, 0.75)
    elif kind < 0.22:
        black, white = black * rng.uniform(1.0, 3.0), white * rng.uniform(1.2, 2.5)
    elif kind < 0.32:
        tint = np.exp(rng.normal(0, 0.25, 3))
        black, white = black * tint, white * tint
    return np.stack([black, white])


def turned_quad(
    rng: np.random.Generator, centre: tuple[float, float], width: float, aspect: float, wild: float
) -> Quad:
    """Return the corners of a plate seen in perspective: yaw to 55, pitch to 25, roll to 12 degrees at `wild` = 1.

    `width` is that of the plate seen from the front, `aspect` its height over width.
    """
    yaw, pitch, roll = np.deg2rad(np.clip(rng.normal(0, 1, 3) * (24, 9, 5) * wild, (-55, -25, -12), (55, 25, 12)))
    x = np.array([-0.5, 0.5, 0.5, -0.5])
    y = np.array([-0.5, -0.5, 0.5, 0.5]) * aspect
    depth = 1.0 + (x * np.sin(yaw) + y * np.sin(pitch)) * rng.uniform(0.05, 0.4)
    x, y = x * np.cos(yaw) / depth, y * np.cos(pitch) / depth + 0.25 * x * np.sin(yaw) * np.sin(pitch)
    c, s = np.cos(roll), np.sin(roll)
    return np.asarray(np.stack([x * c - y * s, x * s + y * c], axis=1) * width + np.asarray(centre), np.float32)


def light_at(rng: np.random.Generator, canvas: Image, quad: Quad) -> NDArray[np.float64]:
    """Return what black and white look like (2, 3), by channel, on the bright-and-dark thing that fills the quad now."""
    height, width = canvas.shape[:2]
    x0, y0 = np.clip(quad.min(axis=0), 0, (width - 2, height - 2)).astype(int)
    x1, y1 = np.clip(quad.max(axis=0) + 1, (x0 + 2, y0 + 2), (width, height)).astype(int)
    low, high = np.percentile(canvas[y0:y1, x0:x1].reshape(-1, 3), (8, 92), axis=0)
    return np.stack([low, np.maximum(high, low + 25) * rng.uniform(0.85, 1.25)])


def light_around(rng: np.random.Generator, canvas: Image, quad: Quad) -> NDArray[np.float64]:
    """Return what black and white (2, 3) may look like for a thing set where the quad is, from the light around it."""
    height, width = canvas.shape[:2]
    reach = np.ptp(quad, axis=0).max()
    x0, y0 = np.clip(quad.min(axis=0) - reach, 0, (width - 2, height - 2)).astype(int)
    x1, y1 = np.clip(quad.max(axis=0) + reach, (x0 + 2, y0 + 2), (width, height)).astype(int)
    around = canvas[y0:y1:3, x0:x1:3].reshape(-1, 3).astype(np.float64)
    mean = around.mean(axis=0) + 8.0
    white = mean * rng.uniform(1.0, 2.6) if rng.random() < 0.7 else np.full(3, rng.uniform(70, 255))
    white = np.clip(white * np.exp(rng.normal(0, 0.06, 3)), 40, 290)
    return np.stack([white * rng.uniform(0.02, 0.3), white])


def apart(quad: Quad, quads: Quad) -> bool:
    """Say whether a quad is at least 3 px away from each of the others."""
    low, high = quad.min(axis=0) - 3, quad.max(axis=0) + 3
    return bool(((quads.max(axis=1) < low).any(axis=1) | (quads.min(axis=1) > high).any(axis=1)).all())


def paint_around(
    rng: np.random.Generator, canvas: Image, quad: Quad, others: Quad, tone: NDArray[np.float64], darkest: int
) -> None:
    """Put plain paint or shadow around a place, as on a bumper, unless it would cover one of the others.

    Its grey level is `darkest` or more, before the light of `tone`.
    """
    grown = (quad.mean(axis=0) + (quad - quad.mean(axis=0)) * rng.uniform(1.1, 3.0, 2)).astype(np.float32)
    if apart(grown, others):
        patch = np.full((8, 8, 3), int(rng.integers(darkest, darkest + 190)), np.uint8)
        set_into(canvas, patch, np.full((8, 8), 255, np.uint8), grown, tone)


def usual_width(quads: Quad) -> float:
    """Return the width in px that plates have in a scene with these (n, 4, 2): their median, 45 where there are none."""
    return float(np.clip(np.median(np.ptp(quads[..., 0], axis=1)), 16, 200)) if len(quads) else 45.0
