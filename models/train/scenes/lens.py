"""Light, lens and sensor for whole scenes: casts, night, infrared, glare, rain, blur, noise and compression.

Everything that acts on single pixels is folded into one table of 256 x 3 values, since scenes are made by the tens of
thousands while the network trains beside them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image


def grey_world_gains(image: Image) -> NDArray[np.float32]:
    """Return the three gains (B, G, R) that make the mean of a picture grey, limited to 0.4..2.5."""
    means = cv2.resize(image, (64, 36), interpolation=cv2.INTER_AREA).reshape(-1, 3).mean(axis=0) + 4.0
    return np.asarray(np.clip(means.mean() / means, 0.4, 2.5), np.float32)


def gain_table(gains: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the table (1, 256, 3) for cv2.LUT that multiplies the channels by three gains."""
    table: NDArray[np.uint8] = np.clip(np.arange(256)[:, None] * gains, 0, 255).astype(np.uint8)[None]
    return table


def _tone_table(rng: np.random.Generator, gains: NDArray[np.floating], mean: float) -> NDArray[np.uint8]:
    """Return a (1, 256, 3) table: white balance, cast, exposure, gamma and contrast drawn at random.

    `mean` is the mean grey level of the picture: what is dark already isn't darkened.
    """
    level = np.linspace(0.0, 1.0, 256)[:, None] * np.ones(3)
    if rng.random() < 0.6:
        gains = gains * np.exp(rng.normal(0.0, rng.choice([0.05, 0.15, 0.4]), 3))
    level = level * gains
    kind = rng.random()
    if kind < 0.25 and mean > 60:
        level = level * rng.uniform(0.2, 0.7)  # night, tunnel
    elif kind > 0.85:
        level = level * rng.uniform(1.2, 2.0)  # low sun, overexposed
    level = np.clip(level, 0.0, 1.0) ** rng.uniform(0.6, 1.5)
    if rng.random() < 0.3:  # veiling glare, haze: blacks lifted
        veil = rng.uniform(0.05, 0.35)
        level = veil * rng.uniform(0.6, 1.0, 3) + (1.0 - veil) * level
    return np.asarray(np.clip(level, 0.0, 1.0)[None] * 255.0, np.uint8)


def _glow(rng: np.random.Generator, image: Image) -> Image:
    """Add lamps with their halo."""
    height, width = image.shape[:2]
    small = np.zeros((height // 4, width // 4, 3), np.uint8)
    for _ in range(int(rng.integers(1, 7))):
        centre = (int(rng.integers(width // 4)), int(rng.integers(height // 4)))
        colour = [(255, 255, 255), (60, 60, 255), (90, 200, 255), (255, 120, 220)][int(rng.integers(4))]
        radius = int(rng.integers(1, 6))
        axes = (radius if rng.random() < 0.5 else int(radius * rng.uniform(1.5, 4.0)), radius)
        cv2.ellipse(small, centre, axes, float(rng.normal(0, 6)), 0, 360, colour, -1, cv2.LINE_AA)
    halo = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(1.5, 9.0)))
    both = cv2.addWeighted(small, 1.0, halo, float(rng.uniform(0.8, 2.5)), 0.0)
    return np.asarray(cv2.add(image, cv2.resize(both, (width, height))), np.uint8)


def _rain(rng: np.random.Generator, image: Image) -> Image:
    """Add streaks of rain and blurred drops on the windscreen."""
    height, width = image.shape[:2]
    layer = np.zeros((height, width), np.uint8)
    slant = float(rng.uniform(-0.4, 0.4))
    for _ in range(int(rng.integers(40, 250))):
        x, y, length = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(4, 22))
        cv2.line(layer, (x, y), (x + int(slant * length), y + length), int(rng.integers(20, 110)), 1)
    image = np.asarray(cv2.add(image, cv2.merge([layer] * 3)), np.uint8)
    for _ in range(int(rng.integers(0, 12))):
        x, y, r = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(4, 22))
        patch = image[max(0, y - r) : y + r, max(0, x - r) : x + r]
        patch[:] = cv2.addWeighted(cv2.GaussianBlur(patch, (0, 0), r / 2), 0.85, patch, 0.15, 0)
    return image


def _blur(rng: np.random.Generator, image: Image) -> Image:
    """Defocus or camera shake, up to about 2 px of the detector's input."""
    if rng.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, 1.5))), np.uint8)
    length = int(rng.integers(2, 7))
    kernel = np.zeros((7, 7), np.float32)
    angle = rng.uniform(0, np.pi)
    dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
    cv2.line(kernel, (round(3 - dx), round(3 - dy)), (round(3 + dx), round(3 + dy)), 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def _noise(rng: np.random.Generator, image: Image) -> Image:
    """Sensor noise, sometimes in blotches of 2 px as denoised night pictures have."""
    sigma = float(rng.choice([1.5, 4.0, 8.0]) * rng.uniform(0.5, 1.5))
    height, width = image.shape[:2]
    grain = (rng.standard_normal((height // 2, width // 2, 3), np.float32) * sigma).astype(np.int16)
    if rng.random() < 0.4:
        grain = np.asarray(cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR), np.int16)
    else:
        grain = np.tile(grain, (2, 2, 1))
    return np.asarray(cv2.add(image, grain, dtype=cv2.CV_8U), np.uint8)


def through_the_lens(rng: np.random.Generator, image: Image, gains: NDArray[np.floating] | None = None) -> Image:
    """Return the picture as a camera in a car might give it, at the same size.

    `gains` are the white balance (B, G, R) to begin with; None leaves the picture's own colours.
    """
    image = np.asarray(
        cv2.LUT(image, _tone_table(rng, np.ones(3) if gains is None else gains, float(image[::8, ::8].mean()))),
        np.uint8,
    )
    if rng.random() < 0.25:
        image = _glow(rng, image)
    if rng.random() < 0.1:
        image = _rain(rng, image)
    if rng.random() < 0.15:  # infrared, or a mono camera
        image = np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)
    if rng.random() < 0.45:
        image = _blur(rng, image)
    if rng.random() < 0.5:
        image = _noise(rng, image)
    if rng.random() < 0.4:
        _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))])
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return image
