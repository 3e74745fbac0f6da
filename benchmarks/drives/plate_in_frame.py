"""Where an actor's plate is in a frame, and whether a person could read it there."""

from typing import Final

import cv2
import numpy as np

from benchmarks.drives.actors import Shot
from benchmarks.drives.camera import Camera, Points
from benchmarks.drives.truth import PlateInFrame

LEGIBLE_PX: Final = 8.0
"""A character at least this high can be read by a person (the project's definition, benchmarks/MEASURES.md)."""
LEGIBLE_COSINE: Final = 0.5
"""Cosine of the largest angle, 60 degrees, between a plate's normal and the line of sight."""
LEAST_CHARACTER_PX: Final = 3.0
"""Plates with smaller characters are left out of the truth."""


def is_facing(pixels: Points) -> bool:
    """Whether a quad (top left, top right, bottom right, bottom left seen from outside) shows its outside."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = pixels
    return bool((x2 - x0) * (y3 - y1) - (x3 - x1) * (y2 - y0) > 0)


def plate_in_frame(camera: Camera, shot: Shot, frame: int, nearer: list[Points]) -> PlateInFrame | None:
    """Return where a plate is in a frame, or None when it faces away, is out of the picture or too small.

    `nearer` are the hulls in px of the vehicles between the camera and the plate.
    """
    part, plate = shot.actor.plate_part, shot.actor.plate
    pixels, depth = shot.pixels[part], shot.depths_m[part]
    if depth.min() < 0.5 or not is_facing(pixels):
        return None
    x0, y0 = pixels.min(axis=0)
    x1, y1 = pixels.max(axis=0)
    if x1 < 0 or y1 < 0 or x0 > camera.width_px or y0 > camera.height_px:
        return None
    up = float(np.linalg.norm(pixels[0] - pixels[3]) + np.linalg.norm(pixels[1] - pixels[2])) / 2
    character_px = up / plate.size_m[1] * plate.character_m
    if character_px < LEAST_CHARACTER_PX:
        return None
    blur_px = float(np.linalg.norm(shot.last_px[part] - shot.first_px[part], axis=1).max())
    inside = x0 >= 0 and y0 >= 0 and x1 <= camera.width_px - 1 and y1 <= camera.height_px - 1
    visible = _visible(pixels, nearer, (camera.width_px, camera.height_px))
    stroke_px = character_px * plate.stroke_m / plate.character_m
    facing = _facing(shot.from_camera[part]) >= LEGIBLE_COSINE
    legible = bool(character_px >= LEGIBLE_PX and blur_px < stroke_px and inside and visible > 0.99 and facing)
    return PlateInFrame(
        frame,
        (round(float(x0), 2), round(float(y0), 2), round(float(x1), 2), round(float(y1), 2)),
        tuple((round(float(x), 2), round(float(y), 2)) for x, y in pixels),
        round(float(depth.mean()), 3),
        round(character_px, 3),
        round(blur_px, 3),
        round(visible, 3),
        legible,
    )


def _facing(corners_m: Points) -> float:
    """Return the cosine of the angle between a plate's normal and the line of sight; corners relative to the camera."""
    normal, sight = np.cross(corners_m[1] - corners_m[0], corners_m[3] - corners_m[0]), corners_m.mean(axis=0)
    return float(abs(normal @ sight) / (np.linalg.norm(normal) * np.linalg.norm(sight)))


def _visible(pixels: Points, nearer: list[Points], size_px: tuple[int, int]) -> float:
    """Return the share of the plate that is in the picture and behind no other vehicle."""
    across, down = np.meshgrid(np.linspace(0.03, 0.97, 9), np.linspace(0.1, 0.9, 4))
    top = pixels[0] + (pixels[1] - pixels[0]) * across[..., None]
    bottom = pixels[3] + (pixels[2] - pixels[3]) * across[..., None]
    points = (top + (bottom - top) * down[..., None]).reshape(-1, 2)
    seen = ((points >= 0) & (points <= np.array(size_px) - 1)).all(axis=1)
    for hull in nearer:
        outline = cv2.convexHull(hull.astype(np.float32))
        seen &= np.array([cv2.pointPolygonTest(outline, (float(x), float(y)), False) < 0 for x, y in points])
    return float(seen.mean())
