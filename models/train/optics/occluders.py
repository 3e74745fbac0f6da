"""Things that stand before a plate: posts and cables, tow bars, legs, bike racks, wipers, mud, snow, and pieces of streets.

`occlude` draws one or two of them into a scene and says what they cover. Half of them are placed at an end of the plate,
where a hidden character is missed the easiest; many only come near it, so that a post beside a plate says nothing.
"""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

_BITS: Final = 4


def occlude(rng: np.random.Generator, scene: Floats, corners: Floats, frames: Sequence[Image]) -> Floats:
    """Draw things before the plate with `corners` (4, 2) into the scene (h, w, 3), in place.

    `frames` are street scenes whose pieces are textures. Returns how far each pixel is covered, (h, w), 0 to 1.
    """
    covered = np.zeros(scene.shape[:2], np.float32)
    for _ in range(2 if rng.random() < 0.15 else 1):
        kind = _KINDS[int(rng.choice(len(_KINDS), p=_SHARES))]
        cover = kind(rng, scene.shape[:2], corners)
        paint = _paint(rng, scene.shape[:2], cover, frames)
        if rng.random() < 0.3:
            _drop_shadow(rng, scene, cover, corners)
        scene += (paint - scene) * cover[:, :, None]
        np.maximum(covered, cover, out=covered)
    return covered


def _place(rng: np.random.Generator, corners: Floats) -> tuple[NDArray[np.float64], float, float]:
    """Return a point on or near the plate, the plate's width and its height in px."""
    ends = rng.random()
    if ends < 0.35:
        share = float(rng.normal(0.07, 0.09))
    elif ends < 0.7:
        share = 1 - float(rng.normal(0.05, 0.09))
    else:
        share = float(rng.uniform(-0.15, 1.15))
    top = corners[0] + (corners[1] - corners[0]) * share
    bottom = corners[3] + (corners[2] - corners[3]) * share
    down = float(rng.uniform(0.1, 0.9))
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    return (top + (bottom - top) * down).astype(np.float64), wide, tall


def _filled(size: tuple[int, ...], points: NDArray[np.float64]) -> Floats:
    """Return the coverage (h, w) of a polygon."""
    mask = np.zeros(size[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points * 2**_BITS).astype(np.int32)], 255, cv2.LINE_AA, _BITS)
    return mask.astype(np.float32) * np.float32(1 / 255)


def _bar(
    size: tuple[int, ...],
    middle: NDArray[np.float64],
    wide: tuple[float, float],
    angle: float,
    reach: tuple[float, float],
) -> Floats:
    """Return a bar through `middle`: `wide` px at its two ends, `angle` from upright in radians, `reach` px up and down."""
    along = np.array([np.sin(angle), np.cos(angle)])
    across = np.array([along[1], -along[0]]) / 2
    a, b = middle - along * reach[0], middle + along * reach[1]
    return _filled(
        size, np.array([a - across * wide[0], a + across * wide[0], b + across * wide[1], b - across * wide[1]])
    )


def _post(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """A lamp post, sign post, bollard, tree or cable, mostly upright and beyond the plate at both ends."""
    middle, wide, tall = _place(rng, corners)
    share = float(np.exp(rng.uniform(np.log(0.012), np.log(0.3))))
    if rng.random() < 0.45:
        share = float(rng.uniform(0.04, 0.17))
    thick = max(share * wide, 0.8)
    slant = float(rng.normal(0, 0.05)) if rng.random() < 0.75 else float(rng.uniform(-0.6, 0.6))
    taper = float(rng.uniform(0.85, 1.15))
    far = 2.0 * max(size)
    reach = (far, far)
    ends = rng.random()
    if ends < 0.1:
        reach = (float(rng.uniform(0.2, 1.0)) * tall, far)
    elif ends < 0.2:
        reach = (far, float(rng.uniform(0.2, 1.0)) * tall)
    return _bar(size, middle, (thick, thick * taper), slant, reach)


def _tow_bar(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """A neck that comes from below, with a ball on it."""
    middle, _, tall = _place(rng, corners)
    radius = float(rng.uniform(0.18, 0.42)) * tall
    neck = _bar(size, middle, (radius * 1.1, radius * 1.4), float(rng.normal(0, 0.08)), (0.0, 2 * max(size)))
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    ball = np.clip(radius - np.hypot(x - middle[0], y - middle[1]) + 0.5, 0, 1)
    return np.maximum(neck, ball.astype(np.float32))


def _legs(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """One or two legs, or a person's trunk and arm: broad, tapering, slanted."""
    middle, wide, _ = _place(rng, corners)
    thick = float(rng.uniform(0.12, 0.4)) * wide
    cover = np.zeros(size[:2], np.float32)
    for side in (-1, 1) if rng.random() < 0.5 else (0,):
        at = middle + np.array([side * thick * float(rng.uniform(0.5, 1.0)), 0])
        wider = float(rng.uniform(0.6, 1.0))
        leg = _bar(size, at, (thick, thick * wider), float(rng.normal(0, 0.15)), (2 * max(size), 2 * max(size)))
        np.maximum(cover, leg, out=cover)
    return cover


def _rack(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """Bars of a bike rack, and at times a wheel."""
    middle, wide, tall = _place(rng, corners)
    cover = np.zeros(size[:2], np.float32)
    for _ in range(int(rng.integers(1, 5))):
        at = middle + rng.normal(0, 0.3, 2) * (wide, tall)
        angle = float(rng.uniform(-1.5, 1.5)) if rng.random() < 0.7 else float(rng.normal(1.57, 0.05))
        bar = _bar(
            size, at, (max(0.05 * tall, float(rng.uniform(0.04, 0.3)) * tall),) * 2, angle, (max(size), max(size))
        )
        np.maximum(cover, bar, out=cover)
    if rng.random() < 0.5:
        ring = np.zeros(size[:2], np.uint8)
        radius = int(float(rng.uniform(0.6, 2.5)) * tall)
        centre = (int(middle[0]), int(middle[1] + rng.normal(0, 0.5) * radius))
        cv2.circle(ring, centre, max(radius, 2), 255, max(1, int(float(rng.uniform(0.04, 0.2)) * tall)), cv2.LINE_AA)
        np.maximum(cover, ring.astype(np.float32) / 255, out=cover)
    return cover


def _wiper(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """A wiper blade, a rope, a twig: long, thin, at any angle, softly drawn because it is near the lens."""
    middle, _, tall = _place(rng, corners)
    thick = max(float(rng.uniform(0.05, 0.5)) * tall, 1.0)
    bar = _bar(
        size,
        middle,
        (thick, thick * float(rng.uniform(0.5, 1.2))),
        float(rng.uniform(-1.57, 1.57)),
        (max(size) * 2,) * 2,
    )
    return np.asarray(cv2.GaussianBlur(bar, (0, 0), max(float(rng.uniform(0.0, 0.12)) * tall, 0.3)), np.float32)


def _patches(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """Mud, snow or leaves: opaque patches about as large as a character."""
    middle, _, tall = _place(rng, corners)
    grain = float(rng.uniform(0.15, 0.6)) * tall + 1
    seeds = rng.standard_normal((max(2, round(size[0] / grain) + 1), max(2, round(size[1] / grain) + 1)), np.float32)
    clouds = cv2.resize(seeds, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.5:
        y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
        reach = float(rng.uniform(0.3, 1.2)) * tall
        clouds = (
            0.5 * clouds + 2.2 * np.exp(-0.5 * (((x - middle[0]) / reach) ** 2 + ((y - middle[1]) / reach) ** 2)) - 0.2
        )
    limit = float(rng.uniform(0.7, 1.6))
    return np.asarray(np.clip((clouds - limit) * float(rng.uniform(2, 8)) + 0.5, 0, 1), np.float32) * float(
        rng.uniform(0.85, 1)
    )


def _mass(rng: np.random.Generator, size: tuple[int, ...], corners: Floats) -> Floats:
    """Something large that hides a whole end: another car, a wall, a bin, the side of a door."""
    middle, _, _ = _place(rng, corners)
    right = middle[0] > corners[:, 0].mean()
    lean = float(rng.normal(0, 0.15)) if rng.random() < 0.8 else float(rng.uniform(-0.9, 0.9))
    far = 2.0 * max(size)
    along = np.array([np.sin(lean), np.cos(lean)])
    out = np.array([far if right else -far, 0.0])
    a, b = middle - along * far, middle + along * far
    return _filled(size, np.array([a, b, b + out, a + out]))


_Kind = Callable[[np.random.Generator, tuple[int, ...], Floats], Floats]
_KINDS: Final[tuple[_Kind, ...]] = (_post, _tow_bar, _legs, _rack, _wiper, _patches, _mass)
_SHARES: Final = (0.46, 0.08, 0.1, 0.07, 0.06, 0.12, 0.11)


def _paint(rng: np.random.Generator, size: tuple[int, ...], cover: Floats, frames: Sequence[Image]) -> Floats:
    """Return what a thing looks like: plain, shaded as a round post is, grained, banded, or a piece of a street."""
    h, w = size[:2]
    if frames and rng.random() < 0.35:
        frame = frames[int(rng.integers(len(frames)))]
        cw, ch = min(max(w // 2, 8), frame.shape[1]), min(max(h // 2, 8), frame.shape[0])
        x, y = int(rng.integers(frame.shape[1] - cw + 1)), int(rng.integers(frame.shape[0] - ch + 1))
        piece = cv2.resize(frame[y : y + ch, x : x + cw], (w, h), interpolation=cv2.INTER_LINEAR).astype(np.float32)
        return np.asarray(np.clip(piece * float(rng.uniform(0.5, 1.6)), 0, 255), np.float32)
    if rng.random() < 0.7:
        base = np.full(3, float(rng.uniform(5, 250))) + rng.normal(0, 7, 3)
    else:
        base = rng.uniform(0, 250, 3)
    paint = np.broadcast_to(base.astype(np.float32), (h, w, 3)).copy()
    columns = np.flatnonzero(cover.max(axis=0) > 0.5)
    if len(columns) and rng.random() < 0.6:
        across = (np.arange(w, dtype=np.float32) - columns[0]) / max(columns[-1] - columns[0], 1)
        light = 1 - float(rng.uniform(0, 0.7)) * np.clip(across if rng.random() < 0.5 else 1 - across, 0, 1)
        if rng.random() < 0.4:
            light = light + float(rng.uniform(0, 0.6)) * np.exp(
                -0.5 * ((across - float(rng.uniform(0.2, 0.8))) / 0.12) ** 2
            )
        paint *= light[None, :, None].astype(np.float32)
    if rng.random() < 0.5:
        grain = float(rng.uniform(2, 14))
        seeds = rng.standard_normal(
            (max(2, round(h / grain)), max(2, round(w / grain / float(rng.uniform(0.5, 3))))), np.float32
        )
        paint += cv2.resize(seeds, (w, h), interpolation=cv2.INTER_LINEAR)[:, :, None] * float(rng.uniform(2, 25))
    if rng.random() < 0.12:
        period = float(rng.uniform(6, 40))
        band = (np.sin(np.arange(h, dtype=np.float32) * (6.283 / period)) > 0).astype(np.float32)
        paint += band[:, None, None] * float(rng.uniform(-120, 120))
    return np.asarray(np.clip(paint, 0, 255), np.float32)


def _drop_shadow(rng: np.random.Generator, scene: Floats, cover: Floats, corners: Floats) -> None:
    """Darken what lies beside the thing."""
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    move = np.array([[1, 0, rng.normal(0, 0.4) * tall], [0, 1, rng.normal(0, 0.2) * tall]], np.float64)
    shadow = cv2.warpAffine(cover, move, (cover.shape[1], cover.shape[0]))
    shadow = cv2.GaussianBlur(shadow, (0, 0), max(0.05 * tall, 0.5))
    scene *= (1 - shadow * float(rng.uniform(0.1, 0.6)))[:, :, None]
