"""Drawing textured quadrilaterals onto a picture: right in perspective, area-filtered, blended."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from benchmarks.drives.camera import Points

Texture = NDArray[np.uint8]
"""Shape (h, w, 4), BGR premultiplied by the fourth channel, opacity."""


@dataclass(frozen=True, slots=True)
class Pyramid:
    """A texture at full, half, quarter … size, each the area mean of the one before."""

    levels: tuple[Texture, ...]

    @classmethod
    def of(cls, picture: NDArray[np.uint8]) -> Self:
        """Return the pyramid of a BGR or BGR + opacity picture (not yet premultiplied)."""
        if picture.shape[2] == 3:
            level: NDArray[np.uint8] = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        else:
            opacity = picture[:, :, 3:].astype(np.uint16)
            level = np.dstack([(picture[:, :, :3] * opacity // 255).astype(np.uint8), picture[:, :, 3]])
        levels = [level]
        while min(level.shape[:2]) >= 8:
            size = (max(level.shape[1] // 2, 1), max(level.shape[0] // 2, 1))
            level = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA), np.uint8)
            levels.append(level)
        return cls(tuple(levels))

    def for_size(self, width_px: float, height_px: float) -> Texture:
        """Return the smallest level that still has the detail for that size on the picture."""
        for level in reversed(self.levels):
            if level.shape[1] >= 0.8 * width_px and level.shape[0] >= 0.8 * height_px:
                return level
        return self.levels[0]


def quad_size(corners_px: Points) -> tuple[float, float]:
    """Return the longer of the two widths and of the two heights of a quad, its corners in clockwise order."""
    sides = np.linalg.norm(np.roll(corners_px, -1, axis=0) - corners_px, axis=1)
    return float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))


def warp(texture: Texture, corners_px: Points, origin_px: tuple[int, int], size_px: tuple[int, int]) -> Texture:
    """Return the texture put onto the quad, in a window of the picture; opacity 0 outside of it.

    The linear filter against the transparent border gives edges of one texel, so they are smooth.
    """
    height, width = texture.shape[:2]
    source = np.array(
        [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]], np.float32
    )
    target = (corners_px - np.asarray(origin_px, np.float64)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    return np.asarray(
        cv2.warpPerspective(texture, matrix, size_px, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.uint8
    )


def window(corners_px: Points, picture: Image, margin_px: int = 2) -> tuple[int, int, int, int] | None:
    """Return x0, y0, x1, y1 of the part of the picture that the points cover, or None when there is none."""
    height, width = picture.shape[:2]
    x0, y0 = np.floor(corners_px.min(axis=0)).astype(int) - margin_px
    x1, y1 = np.ceil(corners_px.max(axis=0)).astype(int) + margin_px + 1
    x0, y0, x1, y1 = max(int(x0), 0), max(int(y0), 0), min(int(x1), width), min(int(y1), height)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def draw(
    picture: Image,
    texture: Pyramid,
    exposures_px: list[Points],
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0),
    haze: tuple[float, tuple[float, float, float]] = (0.0, (0.0, 0.0, 0.0)),
    supersample: int = 1,
) -> None:
    """Draw the texture into the picture, as the mean over its corners at each instant of the exposure.

    `gain` multiplies each colour (values above 255 saturate); `haze` is the share of haze in front of it and the
    haze's colour; `supersample` draws at that many times the resolution and takes the area mean.
    """
    area = window(np.concatenate(exposures_px), picture)
    if area is None:
        return
    x0, y0, x1, y1 = area
    size = (x1 - x0, y1 - y0)
    width, height = quad_size(exposures_px[0])
    level = texture.for_size(width * supersample, height * supersample)
    big = (size[0] * supersample, size[1] * supersample)
    layers = [warp(level, ((quad - (x0, y0)) + 0.5) * supersample - 0.5, (0, 0), big) for quad in exposures_px]
    layer = layers[0]
    if len(layers) > 1:
        total = np.zeros(layer.shape, np.uint16)
        for one in layers:
            cv2.add(total, one, total, dtype=cv2.CV_16U)
        layer = np.asarray(cv2.convertScaleAbs(total, alpha=1 / len(layers)), np.uint8)
    if supersample > 1:
        layer = np.asarray(cv2.resize(layer, size, interpolation=cv2.INTER_AREA), np.uint8)
    blend(picture[y0:y1, x0:x1], layer, gain, haze)


def blend(
    target: Image,
    layer: Texture,
    gain: tuple[float, float, float],
    haze: tuple[float, tuple[float, float, float]],
) -> None:
    """Put a premultiplied layer over the target in place, after gain and haze."""
    share, colour = haze
    opacity = layer[:, :, 3]
    opacity3 = cv2.merge([opacity, opacity, opacity])
    lit = cv2.multiply(layer[:, :, :3], np.array([*(g * (1 - share) for g in gain), 0.0]), dtype=cv2.CV_8U)
    if share > 0.004:
        mist = cv2.multiply(opacity3, np.array([*(c * share / 255 for c in colour), 0.0]), dtype=cv2.CV_8U)
        lit = cv2.add(lit, mist)
    under = cv2.multiply(target, cv2.bitwise_not(opacity3), scale=1 / 255)
    cv2.add(under, lit, dst=target)
