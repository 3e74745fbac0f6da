"""Made-up surroundings for plates: streets, facades, plain textures and vehicles drawn from simple shapes.

Real frames are few and of one camera, so these carry the variety: what matters is not that they look real but that
nothing in them but a plate looks like a plate.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from models.train.scenes.decoy_parts import Colour, random_colour

PLATE_OF_CAR: Final = 0.29
"""Width of a plate in widths of its car: 520 mm of about 1800 mm."""


def _texture(rng: np.random.Generator, width: int, height: int, strength: float) -> NDArray[np.int16]:
    """Return smooth noise of a random grain size, (height, width, 3)."""
    grain = int(rng.choice([2, 4, 8, 24, 64]))
    coarse = rng.normal(0.0, strength, (height // grain + 2, width // grain + 2, 1)).repeat(3, axis=2)
    return np.asarray(cv2.resize(coarse.astype(np.int16), (width, height), interpolation=cv2.INTER_LINEAR), np.int16)


def _gradient(rng: np.random.Generator, width: int, height: int, top: Colour, bottom: Colour) -> Image:
    del rng
    blend = np.linspace(0.0, 1.0, max(1, height))[:, None, None]
    column = np.array(top) * (1.0 - blend) + np.array(bottom) * blend
    return np.repeat(column.astype(np.uint8), width, axis=1)


def _facades(rng: np.random.Generator, image: Image, horizon: int) -> None:
    """Draw houses with windows, poles and trees along the horizon, in place."""
    width = image.shape[1]
    x = -20
    while x < width:
        wide = int(rng.integers(30, 200))
        top = horizon - int(rng.integers(10, max(12, horizon)))
        base = horizon + int(rng.integers(0, 20))
        if rng.random() < 0.75:
            cv2.rectangle(image, (x, top), (x + wide, base), random_colour(rng, 20, 220), -1)
            pane, step = random_colour(rng, 0, 255), int(rng.integers(8, 34))
            for wx in range(x + 5, x + wide - 6, step):
                for wy in range(top + 5, base - 6, int(step * 1.2)):
                    cv2.rectangle(image, (wx, wy), (wx + int(step * 0.5), wy + int(step * 0.6)), pane, -1)
        elif rng.random() < 0.5:
            cv2.circle(image, (x, top), wide // 2, random_colour(rng, 0, 110), -1)
        x += int(wide * rng.uniform(0.5, 1.5))


def street(rng: np.random.Generator, width: int, height: int) -> Image:
    """Return a road to the horizon with sky, facades and markings."""
    horizon = int(height * rng.uniform(0.2, 0.6))
    sky = _gradient(rng, width, horizon, random_colour(rng, 60, 255), random_colour(rng, 100, 255))
    tarmac = int(rng.integers(30, 150))
    road = _gradient(rng, width, height - horizon, (tarmac,) * 3, random_colour(rng, 20, 170))
    image = np.vstack([sky, road])
    _facades(rng, image, horizon)
    vanish = (int(width * rng.uniform(0.2, 0.8)), horizon)
    for _ in range(int(rng.integers(0, 6))):
        foot = int(rng.uniform(-0.5, 1.5) * width)
        paint, wide = random_colour(rng, 150, 255), rng.uniform(0.003, 0.03) * width
        for near in np.arange(rng.uniform(0, 0.2), 1.0, rng.uniform(0.1, 0.4)):
            far = near + rng.uniform(0.04, 0.2)
            ends = [
                (vanish[0] + (foot - vanish[0]) * t, vanish[1] + (height - vanish[1]) * t, wide * t)
                for t in (near, far)
            ]
            shape = [(ends[0][0], ends[0][1]), (ends[0][0] + ends[0][2], ends[0][1])]
            shape += [(ends[1][0] + ends[1][2], ends[1][1]), (ends[1][0], ends[1][1])]
            cv2.fillConvexPoly(image, np.array(shape, np.int32), paint, cv2.LINE_AA)
    return np.asarray(
        cv2.add(image, _texture(rng, width, height, float(rng.uniform(0, 12))), dtype=cv2.CV_8U), np.uint8
    )


def clutter(rng: np.random.Generator, width: int, height: int) -> Image:
    """Return a texture with random shapes: walls, forecourts, bodywork seen from near."""
    image = _gradient(rng, width, height, random_colour(rng), random_colour(rng))
    for _ in range(int(rng.integers(0, 30))):
        centre = rng.uniform(0, 1, 2) * (width, height)
        size = np.exp(rng.uniform(np.log(4), np.log(width / 2)))
        kind, colour = rng.random(), random_colour(rng)
        if kind < 0.4:
            shape = (centre + rng.uniform(-size, size, (4, 2))).astype(np.int32)
            cv2.fillConvexPoly(image, cv2.convexHull(shape), colour, cv2.LINE_AA)
        elif kind < 0.7:
            end = centre + rng.uniform(-size, size, 2) * 2
            cv2.line(image, centre.astype(int).tolist(), end.astype(int).tolist(), colour, int(rng.integers(1, 8)))
        else:
            axes = (int(size * rng.uniform(0.1, 0.5)) + 1, int(size * rng.uniform(0.1, 0.5)) + 1)
            cv2.ellipse(image, centre.astype(int).tolist(), axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return np.asarray(
        cv2.add(image, _texture(rng, width, height, float(rng.uniform(0, 25))), dtype=cv2.CV_8U), np.uint8
    )


def _lamps(rng: np.random.Generator, body: Image, mask: NDArray[np.uint8], top: int, front: bool) -> None:
    height, width = body.shape[:2]
    colour: Colour = (
        (235, 235, 235) if front else (int(rng.integers(0, 60)), int(rng.integers(0, 60)), int(rng.integers(90, 255)))
    )
    y = int(top + height * rng.uniform(0.05, 0.15))
    wide, high = int(width * rng.uniform(0.06, 0.12)), int(height * rng.uniform(0.03, 0.1))
    inset = int(width * rng.uniform(0.08, 0.16))
    for x in (inset, width - inset):
        if rng.random() < 0.5:
            cv2.ellipse(body, (x, y), (wide, high), 0, 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(body, (x - wide, y - high), (x + wide, y + high), colour, -1)
    del mask


def vehicle(rng: np.random.Generator, plate_width: float) -> tuple[Image, NDArray[np.uint8], tuple[float, float]]:
    """Draw the front or back of a vehicle for a plate of the given width in px.

    Returns the picture (h, w, 3), its coverage (h, w) and the place (x, y) of the plate's centre.
    """
    width = max(24, int(plate_width / PLATE_OF_CAR * rng.uniform(0.85, 1.3)))
    height = int(width * rng.uniform(0.65, 1.2))
    paint = random_colour(rng, 0, 255)
    body = _gradient(rng, width, height, paint, (paint[0] // 2, paint[1] // 2, paint[2] // 2))
    mask = np.zeros((height, width), np.uint8)
    shoulder, floor = int(height * rng.uniform(0.3, 0.45)), int(height * rng.uniform(0.86, 0.94))
    slope = int(width * rng.uniform(0.0, 0.18))
    outline = [(slope, 0), (width - slope, 0), (width - 1, shoulder), (width - 1, floor), (0, floor), (0, shoulder)]
    cv2.fillPoly(mask, [np.array(outline, np.int32)], 255, cv2.LINE_AA)
    glass = random_colour(rng, 0, 110)
    pane = [(slope + width // 16, height // 20), (width - slope - width // 16, height // 20)]
    pane += [(width - width // 12, int(shoulder * 0.9)), (width // 12, int(shoulder * 0.9))]
    if rng.random() < 0.85:
        cv2.fillPoly(body, [np.array(pane, np.int32)], glass, cv2.LINE_AA)
    tyre = int(width * rng.uniform(0.08, 0.14))
    for x in (int(width * 0.03), width - int(width * 0.03) - tyre):
        cv2.rectangle(mask, (x, floor), (x + tyre, height - 1), 255, -1)
        cv2.rectangle(body, (x, floor), (x + tyre, height - 1), (20, 20, 20), -1)
    front = bool(rng.random() < 0.5)
    _lamps(rng, body, mask, shoulder, front)
    centre = (width * (0.5 + (rng.uniform(-0.2, 0.2) if rng.random() < 0.1 else 0.0)), height * rng.uniform(0.55, 0.82))
    if front or rng.random() < 0.3:  # grille or vents above the plate
        x, y = int(width * 0.28), int(centre[1] - plate_width * rng.uniform(0.3, 0.6))
        cv2.rectangle(body, (x, y), (width - x, int(centre[1] - plate_width * 0.14)), (15, 15, 15), -1)
        for line in range(y, int(centre[1] - plate_width * 0.14), max(2, int(plate_width * rng.uniform(0.03, 0.08)))):
            cv2.line(body, (x, line), (width - x, line), random_colour(rng, 40, 200), 1)
        badge = max(1, int(plate_width * rng.uniform(0.05, 0.12)))
        cv2.circle(body, (width // 2, y + badge), badge, random_colour(rng, 120, 255), -1, cv2.LINE_AA)
    if rng.random() < 0.5:  # dark bumper, with or without the plate in it
        y = int(centre[1] + plate_width * rng.uniform(-0.2, 0.12))
        cv2.rectangle(body, (0, y), (width, floor), random_colour(rng, 10, 70), -1)
    if rng.random() < 0.4:  # recess of the plate
        half = plate_width * rng.uniform(0.53, 0.75), plate_width * rng.uniform(0.13, 0.3)
        low, high = (centre[0] - half[0], centre[1] - half[1]), (centre[0] + half[0], centre[1] + half[1])
        cv2.rectangle(body, (int(low[0]), int(low[1])), (int(high[0]), int(high[1])), random_colour(rng, 0, 160), -1)
    return body, mask, centre
