"""Lawful British plates to the millimetre, for vehicles whose every character must be known.

Measures are those of the Road Vehicles (Display of Registration Marks) Regulations 2001, schedule 3 (docs/DOMAIN.md).
The characters come from the same drawings as the training pictures, as designed, nothing varied.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.vrm import normalise
from benchmarks.drives.raster import Pyramid
from models.plates.drawings import BRITISH
from models.plates.strokes import Pen, draw

PX_PER_MM: Final = 1.2
CHARACTER_MM: Final = 79.0
STROKE_MM: Final = 14.0
WHITE, YELLOW, BLACK = (240, 241, 240), (20, 190, 250), (18, 18, 18)
_BAND_BLUE: Final = (150, 60, 10)
_GAP_MM, _GROUP_MM, _MARGIN_MM, _LINE_MM, _BAND_MM = 11.0, 33.0, 16.0, 19.0, 44.0
_PENS: Final = {False: Pen(50.0, CHARACTER_MM, STROKE_MM, 15.0), True: Pen(57.0, CHARACTER_MM, STROKE_MM, 17.0)}
"""Box and stroke of a character: since September 2001, and (True) the wider ones before."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberPlate:
    """A plate: its picture seen flat from the front, and its measures in metres."""

    vrm: str
    kind: str
    picture: Pyramid
    flat: NDArray[np.uint8]
    size_m: tuple[float, float]
    character_m: float = CHARACTER_MM / 1000
    stroke_m: float = STROKE_MM / 1000


def make_plate(words: str, kind: str, *, rear: bool, band: str = "", two_lines: bool = False) -> NumberPlate:
    """Return the plate of a mark: yellow at the rear, white in front; `band` gives the letters of a blue band."""
    lines = words.split(" ", 1) if two_lines and " " in words else [words]
    rows = [_row(line, kind == "suffix") for line in lines]
    left = _BAND_MM if band and len(lines) == 1 else 0.0
    usual = 520.0 if len(lines) == 1 else 285.0
    width_mm = max(usual, max(row.shape[1] for row in rows) / PX_PER_MM + left + 2 * _MARGIN_MM)
    height_mm = 2 * _MARGIN_MM + CHARACTER_MM * len(lines) + _LINE_MM * (len(lines) - 1)
    size = (round(width_mm * PX_PER_MM), round(height_mm * PX_PER_MM))
    flat = np.full((size[1], size[0], 3), YELLOW if rear else WHITE, np.uint8)
    if left:
        flat[:, : round(left * PX_PER_MM)] = _BAND_BLUE
        place = (round(4 * PX_PER_MM), round(height_mm * 0.8 * PX_PER_MM))
        cv2.putText(flat, band, place, cv2.FONT_HERSHEY_DUPLEX, 0.85 * PX_PER_MM, WHITE, 2, cv2.LINE_AA)
    for index, row in enumerate(rows):
        y = round((_MARGIN_MM + index * (CHARACTER_MM + _LINE_MM)) * PX_PER_MM)
        x = round((left * PX_PER_MM + size[0] - row.shape[1]) / 2)
        part = flat[y : y + row.shape[0], x : x + row.shape[1]]
        ink = row[:, :, None].astype(np.float32) / 255
        part[:] = (part * (1 - ink) + np.array(BLACK) * ink).astype(np.uint8)
    coverage = np.zeros(size[::-1], np.uint8)
    corner = round(8 * PX_PER_MM)
    cv2.rectangle(coverage, (corner, 0), (size[0] - 1 - corner, size[1] - 1), 255, -1)
    cv2.rectangle(coverage, (0, corner), (size[0] - 1, size[1] - 1 - corner), 255, -1)
    for x in (corner, size[0] - 1 - corner):
        for y in (corner, size[1] - 1 - corner):
            cv2.circle(coverage, (x, y), corner, 255, -1, cv2.LINE_AA)
    vrm = normalise(words)
    return NumberPlate(vrm, kind, Pyramid.of(np.dstack([flat, coverage])), flat, (width_mm / 1000, height_mm / 1000))


def _row(line: str, wide: bool) -> NDArray[np.uint8]:
    """Return one line of characters as ink, shape (character height, its width)."""
    height = round(CHARACTER_MM * PX_PER_MM)
    parts: list[NDArray[np.uint8]] = []
    for index, character in enumerate(line):
        if character == " ":
            parts.append(np.zeros((height, round(_GROUP_MM * PX_PER_MM)), np.uint8))
            continue
        if index and line[index - 1] != " ":
            parts.append(np.zeros((height, round(_GAP_MM * PX_PER_MM)), np.uint8))
        parts.append(_character(character, wide, height))
    return np.concatenate(parts, axis=1)


@lru_cache(maxsize=200)
def _character(character: str, wide: bool, height_px: int) -> NDArray[np.uint8]:
    """Return the ink of one character; I is drawn as 1 and O as 0, both bars as wide as their stroke."""
    key = {"I": "1", "O": "0"}.get(character, character)
    pen = replace(_PENS[wide], width=STROKE_MM, corner=0.0) if key == "1" else _PENS[wide]
    return np.asarray(draw(BRITISH[key], pen, height_px), np.uint8)
