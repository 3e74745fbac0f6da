"""Decoys that shine by themselves: names in lit letters, light boxes and lamps of vehicles. See decoys.py."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.train.scenes.decoy_parts import (
    LOWER,
    UPPER,
    Colour,
    Decoy,
    board_of,
    draw_text,
    random_colour,
    whole,
    words,
)


def _shining(rng: np.random.Generator, core: NDArray[np.uint8], colour: Colour, reach: float) -> Decoy:
    """Return what shines in a colour where `core` (h, w) is set: white hot in the middle, with a halo around it.

    `reach` is the halo's deviation in px of the picture.
    """
    halo = cv2.GaussianBlur(core, (0, 0), max(0.5, reach)).astype(np.float32) * float(rng.uniform(0.4, 1.4))
    heat = np.clip(core.astype(np.float32) / 255.0 * rng.uniform(0.3, 1.0), 0, 1)[..., None]
    image = np.asarray(colour, np.float32) * (1.0 - heat) + 255.0 * heat
    mask = np.clip(np.maximum(core, halo), 0, 255).astype(np.uint8)
    return Decoy(image.astype(np.uint8), mask, 1.0, lit=True)


GLOWS: Final[tuple[Colour, ...]] = (
    (255, 255, 255), (40, 40, 255), (60, 190, 255), (80, 255, 90), (255, 120, 60), (255, 90, 220), (200, 255, 120),
)  # fmt: skip
"""Colours of lit signs and lamps, BGR."""


def lit_name(rng: np.random.Generator) -> Decoy:
    """A shop's name in lit letters on nothing, as at night: a word or two in a plate's proportions, often with a logo."""
    height = int(rng.integers(40, 80))
    width = int(height * rng.uniform(2.0, 7.0))
    picture = np.zeros((height, width, 3), np.uint8)
    left = 0
    if rng.random() < 0.4:
        left = height
        cv2.circle(picture, (height // 2, height // 2), height // 3, (255,) * 3, -1 if rng.random() < 0.5 else 4)
    text = words(rng, LOWER if rng.random() < 0.6 else UPPER, 1 if rng.random() < 0.7 else 2, 10)
    if rng.random() < 0.4:
        text = text.capitalize()
    inner = np.zeros((height, width - left, 3), np.uint8)
    draw_text(inner, rng, text, (255, 255, 255), float(rng.uniform(0.5, 0.8)))
    picture[:, left:] = inner
    lit = _shining(rng, picture[..., 0].copy(), GLOWS[int(rng.integers(len(GLOWS)))], height * rng.uniform(0.02, 0.15))
    return Decoy(lit.image, lit.mask, float(rng.uniform(0.5, 3.0)), lit=True)


def lit_box(rng: np.random.Generator) -> Decoy:
    """A lit board with dark or coloured words: a shop's light box, a petrol price, a direction sign in headlights."""
    width = int(rng.integers(120, 300))
    height = int(width * rng.uniform(0.15, 0.9))
    colour = (255, 255, 255) if rng.random() < 0.5 else GLOWS[int(rng.integers(len(GLOWS)))]
    board = board_of(rng, width, height, colour)
    lines = max(1, int(height / width * rng.uniform(2, 6)))
    step = height // lines
    ink = random_colour(rng, 0, 130) if colour == (255, 255, 255) or rng.random() < 0.4 else (255, 255, 255)
    for line in range(lines):
        text = str(rng.choice(["<", ">", "^", "P", "24h", "!"])) if rng.random() < 0.15 else ""
        text += words(rng, LOWER if rng.random() < 0.5 else UPPER, int(rng.integers(1, 3)), 10)
        draw_text(board[line * step : (line + 1) * step], rng, text, ink, float(rng.uniform(0.35, 0.75)))
    return Decoy(board, whole(board), float(rng.uniform(0.5, 3.0)), lit=True)


def lamp(rng: np.random.Generator) -> Decoy:
    """A vehicle's lamp: bars, rows or blobs, red, amber or white, burnt out in the middle, with a wide halo."""
    width = int(rng.integers(80, 220))
    height = int(width * rng.uniform(0.2, 0.6))
    core = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(width * rng.uniform(0.25, 0.75)), int(height * rng.uniform(0.3, 0.7))
        half = (max(3, int(width * rng.uniform(0.05, 0.3))), max(2, int(height * rng.uniform(0.05, 0.2))))
        if rng.random() < 0.6:
            cv2.rectangle(core, (x - half[0], y - half[1]), (x + half[0], y + half[1]), 255, -1)
        else:
            cv2.ellipse(core, (x, y), half, float(rng.uniform(-15, 15)), 0, 360, 255, -1, cv2.LINE_AA)
    colour = [(30, 20, 255), (70, 20, 255), (40, 170, 255), (255, 255, 255)][
        int(rng.choice(4, p=[0.4, 0.3, 0.15, 0.15]))
    ]
    lit = _shining(rng, core, colour, height * rng.uniform(0.03, 0.2))
    return Decoy(lit.image, lit.mask, float(rng.uniform(0.4, 2.0)), lit=True)
