"""What sticks over one character of a labelled plate and hides it whole: mud, snow, a leaf, dark tape, or the plate's own colour."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Box, Image

STUFFS: Final = ("mud", "snow", "leaf", "tape", "plate's own colour")
PLACES: Final = ("first", "inner", "last")


def stuck(image: Image, box: Box, middles: Sequence[float], stuff: str, place: str, rng: np.random.Generator) -> Image:
    """Return the picture with one of STUFFS over the character at one of PLACES of the plate in `box`.

    `middles` are the characters' middles across, px, two or more; an inner one is drawn from all between the ends.
    """
    which = 0 if place == "first" else len(middles) - 1
    if place == "inner" and len(middles) > 2:
        which = int(rng.integers(1, len(middles) - 1))
    pitch = float(np.quantile(np.diff(middles), 0.3)) if len(middles) > 2 else (box[2] - box[0]) / 8
    half_wide, half_tall = 0.5 * pitch * float(rng.uniform(1.0, 1.12)), 0.5 * (box[3] - box[1])
    half_tall *= float(rng.uniform(0.72, 0.95))
    y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float64)
    across = (x - middles[which]) / half_wide
    down = (y - (box[1] + box[3]) / 2) / half_tall
    if stuff == "plate's own colour":
        inside = ((np.abs(across) < 1) & (np.abs(down) < 1)).astype(np.uint8)
        return np.asarray(cv2.inpaint(image, inside, 3, cv2.INPAINT_TELEA), np.uint8)
    away, colour, grain = _form(rng, stuff, across, down, half_tall)
    cover = np.clip((1 - away) * half_wide / 2 + 0.5, 0, 1)[:, :, None]
    paint = colour + _clouds(rng, image.shape, half_tall * 0.3)[:, :, None] * grain
    mixed = image + (cv2.GaussianBlur(paint, (3, 3), 0.7) - image) * cover
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def _form(
    rng: np.random.Generator, stuff: str, across: NDArray[np.float64], down: NDArray[np.float64], half_tall: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return where it is, 1 at its edge and less within, its colour, and how much that varies."""
    torn = _clouds(rng, across.shape, half_tall * 0.5)
    if stuff == "mud":
        colour = rng.uniform((30, 45, 60), (90, 115, 140))
        return np.maximum(np.abs(across) / 1.1, np.abs(down)) + 0.12 * torn, colour, 9.0
    if stuff == "snow":
        return np.hypot(across / 1.3, down / 1.15) + 0.15 * torn, np.full(3, rng.uniform(200, 245)), 6.0
    if stuff == "leaf":
        turn = float(rng.uniform(0, np.pi))
        along = (across * np.cos(turn) + down * np.sin(turn)) / 1.7
        aside = (-across * np.sin(turn) + down * np.cos(turn)) / 1.25
        return np.abs(aside) + along**2, rng.uniform((15, 60, 50), (50, 120, 150)), 10.0
    return np.maximum(np.abs(across), np.abs(down) * 0.8), np.full(3, rng.uniform(8, 45)), 2.0


def _clouds(rng: np.random.Generator, size: Sequence[int], grain: float) -> NDArray[np.float64]:
    rows, columns = (max(round(n / max(grain, 1.0)), 2) for n in size[:2])
    return np.asarray(
        cv2.resize(rng.standard_normal((rows, columns)), (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
    )
