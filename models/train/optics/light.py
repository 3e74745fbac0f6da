"""Light and weather on a plate and its surroundings: shadows, lamps, glare, dirt, drops, colour casts, night."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def _ramp(size: tuple[int, int], angle: float, offset: float, softness: float) -> Floats:
    """Return (h, w) values from 0 to 1 across an edge at `offset` px from the middle, `softness` px wide."""
    h, w = size
    x = np.arange(w, dtype=np.float32) - w / 2
    y = np.arange(h, dtype=np.float32)[:, None] - h / 2
    along = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - np.float32(offset)
    return np.asarray(np.clip(along / np.float32(softness) + 0.5, 0, 1), np.float32)


def _blob(size: tuple[int, int], centre: tuple[float, float], spread: tuple[float, float]) -> Floats:
    """Return (h, w) values of a bell around `centre` (x, y) with deviations `spread` (x, y) in px."""
    h, w = size
    gx = np.exp(-0.5 * ((np.arange(w, dtype=np.float32) - centre[0]) / spread[0]) ** 2)
    gy = np.exp(-0.5 * ((np.arange(h, dtype=np.float32) - centre[1]) / spread[1]) ** 2)
    return np.asarray(gy[:, None] * gx, np.float32)


def _clouds(rng: np.random.Generator, size: tuple[int, int], grain: float) -> Floats:
    """Return (h, w) smooth random values, mean 0, deviation about 1, features of `grain` px."""
    h, w = size
    seeds = rng.standard_normal((max(2, round(h / grain) + 1), max(2, round(w / grain) + 1)), np.float32)
    return np.asarray(cv2.resize(seeds, (w, h), interpolation=cv2.INTER_CUBIC), np.float32)


def _shadow(rng: np.random.Generator, scene: Floats, tall: float) -> None:
    size = scene.shape[:2]
    edge = _ramp(size, float(rng.uniform(0, 6.3)), float(rng.normal(0, tall)), float(rng.uniform(1, 1 + tall)))
    if rng.random() < 0.3:
        edge *= 1 - _ramp(size, float(rng.uniform(0, 6.3)), float(rng.normal(0, tall)), float(rng.uniform(1, 8)))
    scene *= (1 - edge * float(rng.uniform(0.2, 0.8)))[:, :, None]


def _dirt(rng: np.random.Generator, scene: Floats, tall: float, strength: float) -> None:
    cover = _clouds(rng, (scene.shape[0], scene.shape[1]), float(rng.uniform(0.08, 0.6)) * tall + 1)
    cover = np.clip(cover * 0.6 + float(rng.normal(-0.3, 0.3)), 0, 1) * float(rng.uniform(0.2, 0.85)) * strength
    colour = rng.uniform((20, 35, 45), (110, 130, 150)).astype(np.float32)
    scene += (colour - scene) * cover[:, :, None]


def _things_in_front(rng: np.random.Generator, scene: Floats, corners: Floats, tall: float) -> None:
    """Bolts, drops, mud splashes, leaves: small things on the plate; at times a bar across it."""
    h, w = scene.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        u, v = rng.random(2)
        top = corners[0] + (corners[1] - corners[0]) * u
        bottom = corners[3] + (corners[2] - corners[3]) * u
        x, y = top + (bottom - top) * v
        r = float(rng.uniform(0.03, 0.11)) * tall
        alpha = float(rng.uniform(0.3, 1.0))
        x0, x1, y0, y1 = (
            max(0, int(x - r - 1)),
            min(w, int(x + r + 2)),
            max(0, int(y - r - 1)),
            min(h, int(y + r + 2)),
        )
        if x1 <= x0 or y1 <= y0:
            continue
        patch = scene[y0:y1, x0:x1]
        spot = _blob((y1 - y0, x1 - x0), (x - x0, y - y0), (r * 0.6, r * float(rng.uniform(0.4, 0.9))))
        spot = np.clip(spot * 2 - 0.4, 0, 1) * alpha
        colour = rng.uniform(0, 255) + rng.normal(0, 15, 3)
        patch += (colour.astype(np.float32) - patch) * spot[:, :, None]
    if rng.random() < 0.06:
        x = float(rng.uniform(0, w))
        wide = float(rng.uniform(0.03, 0.12)) * tall
        bar = np.clip(wide - np.abs(np.arange(w, dtype=np.float32) - x) + 0.5, 0, 1)
        scene += (float(rng.uniform(0, 120)) - scene) * bar[None, :, None]


def _lamps(rng: np.random.Generator, scene: Floats, corners: Floats, tall: float, strength: float) -> None:
    """Number plate lamps at the plate's edge, reflected headlights and glare: light that eats characters."""
    size = (scene.shape[0], scene.shape[1])
    kind = rng.random()
    tint = (1 + rng.normal(0, 0.08, 3)).astype(np.float32)
    if kind < 0.5:
        for _ in range(int(rng.integers(1, 3))):
            u = float(rng.uniform(0.1, 0.9))
            x, y = corners[0] + (corners[1] - corners[0]) * u
            spread = (tall * float(rng.uniform(0.15, 0.9)), tall * float(rng.uniform(0.1, 0.45)))
            light = _blob(size, (float(x), float(y) - 0.05 * tall), spread) * float(rng.uniform(50, 210)) * strength
            scene += light[:, :, None] * tint
    else:
        x = float(rng.uniform(0, size[1]))
        y = float(rng.uniform(0, size[0]))
        spread = (tall * float(rng.uniform(0.2, 2.0)), tall * float(rng.uniform(0.15, 1.0)))
        light = _blob(size, (x, y), spread) * float(rng.uniform(30, 160)) * strength
        scene += light[:, :, None] * tint


def _reflection(rng: np.random.Generator, scene: Floats, strength: float) -> None:
    """The windscreen's reflection of what lies behind it: a pale smooth picture added to everything."""
    size = (scene.shape[0], scene.shape[1])
    pale = _clouds(rng, size, float(rng.uniform(8, 60)))
    scene *= float(rng.uniform(0.5, 0.95))
    scene += np.clip(pale * 40 + float(rng.uniform(0, 70)), 0, 160)[:, :, None] * strength


def cast(rng: np.random.Generator, strength: float) -> Floats:
    """Gains of blue, green, red: a mild white balance error, or the violet and red of a camera with no infrared filter."""
    kind = rng.random()
    if kind < 0.5:
        return np.asarray(np.exp(rng.normal(0, 0.10, 3)), np.float32)
    if kind < 0.7:
        gains = rng.uniform((0.5, 0.3, 0.8), (1.1, 0.8, 1.3))
    elif kind < 0.85:
        gains = rng.uniform((0.15, 0.05, 0.8), (0.8, 0.5, 1.5))
    else:
        gains = np.exp(rng.normal(0, 0.4, 3))
    mild = np.asarray(gains, np.float32)
    return np.asarray(mild ** np.float32(strength), np.float32)


def lighten(rng: np.random.Generator, scene: Floats, corners: Floats, strength: float) -> Floats:
    """Return the scene (h, w, 3), float32 of about 0..255 and above where it is glaring, under random light."""
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    chance = rng.random(8) / max(strength, 0.05)
    if chance[0] < 0.22:
        _dirt(rng, scene, tall, strength)
    if chance[1] < 0.3:
        _things_in_front(rng, scene, corners, tall)
    if chance[2] < 0.25:
        _shadow(rng, scene, tall)
    if chance[3] < 0.3:
        scene *= np.exp(_clouds(rng, (scene.shape[0], scene.shape[1]), tall * 1.5) * 0.2 * strength)[:, :, None]
    if chance[4] < 0.08:
        grey = scene @ np.array([0.2, 0.4, 0.4], np.float32)
        scene = np.repeat(grey[:, :, None], 3, axis=2)
        if rng.random() < 0.5:
            polygon = np.zeros(scene.shape[:2], np.float32)
            cv2.fillConvexPoly(polygon, np.round(corners * 8).astype(np.int32), 1.0, cv2.LINE_AA, 3)
            scene *= (float(rng.uniform(0.03, 0.4)) + (1 - float(rng.uniform(0, 0.1))) * polygon)[:, :, None]
    else:
        scene *= cast(rng, strength)
    if chance[5] < 0.22:
        _lamps(rng, scene, corners, tall, strength)
    if chance[6] < 0.12:
        _reflection(rng, scene, strength)
    return np.asarray(scene, np.float32)
