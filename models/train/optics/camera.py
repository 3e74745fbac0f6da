"""Lens, sensor and compression: exposure, defocus, motion blur, sharpening, noise, bad resampling, JPEG blocks."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

_BANK = 1 << 20
LEAST_CONTRAST = 30.0
STROKE = 14 / 79
"""A British character's stroke as a share of its height (docs/DOMAIN.md)."""


@lru_cache(maxsize=1)
def _noise_bank() -> Floats:
    """A million normal deviates: drawing from them by offset costs nothing against making new ones."""
    return np.random.default_rng(7).standard_normal(_BANK).astype(np.float32)


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    count = int(np.prod(shape))
    bank = _noise_bank()
    if count >= _BANK:
        return rng.standard_normal(shape, np.float32)
    start = int(rng.integers(_BANK - count))
    return bank[start : start + count].reshape(shape)


def motion_kernel(length: float, angle: float) -> Floats:
    """Return the kernel of a movement of `length` px along `angle` (radians) during the exposure, sum 1."""
    reach = int(np.ceil(length / 2)) + 1
    size = 2 * reach + 1
    kernel = np.zeros((size, size), np.float32)
    d = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    a = np.round((reach - d) * 16).astype(int)
    b = np.round((reach + d) * 16).astype(int)
    cv2.line(kernel, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 1.0, 1, cv2.LINE_AA, 4)
    return kernel / max(float(kernel.sum()), 1e-6)


def _expose(rng: np.random.Generator, scene: Floats, plate: Floats, strength: float) -> tuple[Floats, float]:
    """Bring the scene to some level and contrast: dark, flat, partly saturated.

    `plate` is the part of the scene that holds the plate. Returns the scene and the contrast (grey levels between
    ink and paper) that is left: never so little that nobody could read it, or the pictures would teach nothing.
    """
    ink, paper = (float(v) for v in np.percentile(plate[::2, ::2].mean(axis=2), (8, 90)))
    level = float(scene.mean()) + 1.0
    wanted = float(np.exp(rng.normal(np.log(105), 0.45 * strength)))
    gain = (wanted / level) ** (0.8 * strength)
    if rng.random() < 0.12 * strength:
        gain *= float(rng.uniform(1.2, 2.2))
    gain = min(gain, 170 / max(ink, 1.0), 420 / max(paper, 1.0))
    gain = max(gain, 60 / max(paper, 1.0))
    contrast = max(min(paper * gain, 255.0) - ink * gain, 1.0)
    scene = scene * np.float32(gain)
    if rng.random() < 0.3:
        faded = max(1 - 0.75 * strength * float(rng.random()), min(1.0, LEAST_CONTRAST / contrast))
        scene = scene * np.float32(faded) + np.float32(rng.uniform(0, 255 * (1 - faded)))
        contrast *= faded
    if rng.random() < 0.4:
        np.clip(scene, 0, 255, out=scene)
        scene = 255 * (scene * np.float32(1 / 255)) ** np.float32(np.exp(rng.normal(0, 0.35 * strength)))
    return np.asarray(scene, np.float32), contrast


def _blur(rng: np.random.Generator, scene: Floats, height: float, strength: float, most: float) -> Floats:
    """Lens and motion; lengths go with the characters' height (px) because a stroke is STROKE of it.

    A Gaussian blur's width is taken as 2.355 deviations (full width at half maximum).
    """
    widest = most * STROKE * height / np.sqrt(2)
    hard = rng.random() < 0.2 * strength
    sigma = float(rng.uniform(0.25, 0.65)) + abs(float(rng.normal(0, 0.09 if hard else 0.035))) * height * strength
    if sigma > 0.3:
        deviation = min(sigma, 0.24 * height + 0.5, max(widest / 2.355, 0.3))
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), deviation), np.float32)
    if rng.random() < 0.35:
        length = min(min(float(rng.exponential(0.14)), 0.5) * height * strength, widest)
        if length > 1.0:
            angle = float(rng.normal(0, 0.35)) if rng.random() < 0.6 else float(rng.uniform(0, np.pi))
            kernel = motion_kernel(length, angle)
            scene = np.asarray(cv2.filter2D(scene, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)
    if rng.random() < 0.35:
        halo = cv2.GaussianBlur(scene, (0, 0), float(rng.uniform(0.7, 1.6)))
        scene = scene + (scene - halo) * float(rng.uniform(0.3, 1.6))
    return np.asarray(scene, np.float32)


def _grain(rng: np.random.Generator, scene: Floats, contrast: float, strength: float) -> Floats:
    sigma = min(float(rng.exponential(4.0)), 0.2 * contrast) * strength
    if sigma > 0.7:
        if rng.random() < 0.5:
            scene = scene + _noise(rng, scene.shape[:2])[:, :, None] * sigma
        else:
            scene = scene + _noise(rng, scene.shape) * sigma
        if rng.random() < 0.3:
            scene = np.asarray(cv2.GaussianBlur(scene, (3, 3), 0.6), np.float32)
    return scene


def sensor(
    rng: np.random.Generator,
    scene: Floats,
    height: float,
    strength: float,
    *,
    most_blur: float = np.inf,
    least_height: float = 8.0,
    corners: Floats | None = None,
) -> Image:
    """Return what the camera makes of the scene (h, w, 3).

    `height` is that of the characters in px, `most_blur` the widest blur of lens and motion together, in strokes;
    `least_height` is the height below which a bad resampling doesn't take the characters;
    `corners` (4, 2) those of the plate.
    """
    plate = scene
    if corners is not None:
        (x0, y0), (x1, y1) = np.maximum(corners.min(axis=0), 0).astype(int), corners.max(axis=0).astype(int) + 1
        plate = scene[y0:y1, x0:x1]
    scene, contrast = _expose(rng, scene, plate, strength)
    scene = _blur(rng, scene, height, strength, most_blur)
    np.clip(scene, 0, 255, out=scene)
    if rng.random() < 0.2 * strength and height > 11:
        h, w = scene.shape[:2]
        part = float(rng.uniform(max(0.45, min(least_height / height, 0.95)), 0.95))
        small = cv2.resize(scene, (max(8, int(w * part)), max(8, int(h * part))), interpolation=cv2.INTER_AREA)
        scene = np.asarray(cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)
    scene = _grain(rng, scene, contrast, strength)
    picture = np.clip(scene, 0, 255).astype(np.uint8)
    if rng.random() < 0.65:
        worst = 90 - 66 * strength
        quality = int(rng.uniform(worst, 96)) if height > 13 else int(rng.uniform(worst + 18 * strength, 96))
        ok, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if ok:
            picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return picture
