"""Faces: the characters of number plates as coverage masks, each face in many variants.

Our own drawings are stroke geometry (`drawings.py`); the British characters follow the table of docs/DOMAIN.md (79 mm
high, 50 or 57 mm wide, 14 mm stroke; `1` and `I` are one bare bar, `O` and `0` one character). Openly licensed
fonts in `fonts/` (see its README) stand in for further faces of Europe. A variant changes stroke, width, corner,
slant, shape and the way some characters are drawn, so that the reader learns characters and not one drawing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.plates import drawings
from models.plates.strokes import Mask, Pen, draw

FONTS: Final = Path(__file__).parent / "fonts"

VARIANTS: Final = 24
"""How many variants of a face are in use; variant 0 is the face as designed."""

_DRAWN_PX: Final = 64
_ALTERNATE_SHARE: Final = 0.4

# Widths of continental characters as a share of the face's width; British ones are all alike but the bar.
_SHARES: Final[Mapping[str, float]] = {
    **dict.fromkeys("023456789", 0.95),
    "1": 0.62,
    "O": 1.06,
    "Q": 1.06,
    "J": 0.9,
    "L": 0.9,
    "E": 0.92,
    "F": 0.88,
    "M": 1.18,
    "W": 1.3,
    "A": 1.06,
    "V": 1.04,
}
_EVEN: Final[Mapping[str, float]] = {"1": 0.6, "0": 0.96, "O": 1.05, "Q": 1.05, "M": 1.05, "W": 1.12}


@dataclass(frozen=True, slots=True)
class Design:
    """A face by its measures in millimetres, and its drawings or the file of an openly licensed font.

    The last variant leans by `italic` (dx per dy), as on British plates sold for show.
    `stroke_spread` and `stroke_bias` give the variants' stroke width as a factor (standard deviation, mean).
    """

    name: str
    width: float = 50.0
    height: float = 79.0
    stroke: float = 14.0
    corner: float = 14.0
    strokes: drawings.Drawings = field(default_factory=dict)
    alternates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)
    bars: str = "I"
    font: str = ""
    italic: float = 0.0
    stroke_bias: float = 1.0
    stroke_spread: float = 0.07


def _british(name: str, width: float, height: float, stroke: float, corner: float) -> Design:
    # Plates made abroad and older ones are thinner than the prescribed 14 mm, hence the bias.
    return Design(
        name,
        width,
        height,
        stroke,
        corner,
        drawings.BRITISH,
        drawings.BRITISH_ALTERNATES,
        bars="1I",
        italic=0.15,
        stroke_bias=0.9,
        stroke_spread=0.08,
    )


def _continental(
    name: str, width: float, stroke: float, corner: float, widths: Mapping[str, float] = _SHARES, **more: str
) -> Design:
    strokes = {**drawings.EUROPEAN, **more}
    bars = "1I" if more.get("1") == drawings.BRITISH["1"] else "I"
    alternates = {k: v for k, v in drawings.EUROPEAN_ALTERNATES.items() if k not in more}
    return Design(name, width, 75.0, stroke, corner, strokes, alternates, widths, bars)


_PROOF: Final = (drawings.FORGERY_PROOF, drawings.FORGERY_PROOF_ALTERNATES)

DESIGNS: Final[Mapping[str, Design]] = {
    d.name: d
    for d in (
        _british("british", 50.0, 79.0, 14.0, 15.0),
        _british("british wide", 57.0, 79.0, 14.0, 17.0),
        _british("british motorcycle", 44.0, 64.0, 10.0, 14.0),
        _continental("din", 44.0, 10.5, 18.0),
        _continental("din wide", 50.0, 9.5, 20.0),
        _continental("din narrow", 36.0, 9.5, 13.0),
        _continental("light", 42.0, 8.0, 15.0),
        _continental("heavy", 48.0, 13.0, 16.0),
        _continental("condensed", 34.0, 8.5, 9.0, _EVEN),
        _continental("even", 44.0, 10.0, 13.0, _EVEN),
        _continental("finnish", 42.0, 10.0, 15.0, _EVEN, **{"1": drawings.BRITISH["1"], "7": drawings.EUROPEAN["7"]}),
        Design("square", 44.0, 75.0, 10.0, 14.0, drawings.CLOSED_LOOPS, drawings.EUROPEAN_ALTERNATES, _EVEN),
        Design("forgery proof", 47.0, 75.0, 9.8, 15.0, *_PROOF, {**_EVEN, "1": 0.7, "I": 0.5}, ""),
        Design("forgery proof narrow", 40.0, 75.0, 9.5, 13.0, *_PROOF, {**_EVEN, "1": 0.72, "I": 0.55}, ""),
        *(Design(p.stem, font=p.name) for p in sorted(FONTS.glob("*.ttf"))),
    )
}
"""Every face by name; those of `fonts/` by the stem of their file."""


class Face:
    """One variant of one face: masks by character and height, drawn when first asked for."""

    def __init__(self, design: Design, variant: int) -> None:
        rng = np.random.default_rng([*design.name.encode(), variant])
        some = 0.0 if variant == 0 else 1.0
        self.design = design
        self._stroke = 1 + some * float(np.clip(rng.normal(design.stroke_bias - 1, design.stroke_spread), -0.3, 0.25))
        self._width = 1 + some * rng.normal(0, 0.04)
        self._corner = 1 + some * rng.normal(0, 0.15)
        self._slant = some * rng.normal(0, 0.01)
        if variant == VARIANTS - 1:
            self._slant += design.italic
        self._warp = some * rng.normal(0, 0.005, (3, 3, 2))
        self._strokes = dict(design.strokes)
        for character, others in design.alternates.items():
            if some and rng.random() < _ALTERNATE_SHARE:
                self._strokes[character] = others[int(rng.integers(len(others)))]
        self._drawn: dict[str, Mask] = {}
        self._masks: dict[tuple[str, int], Mask] = {}

    def mask(self, character: str, height_px: int) -> Mask:
        """Return the coverage of a character of ALPHABET, shape (height_px, its width), cut to its ink sideways."""
        key = (character, height_px)
        if key not in self._masks:
            if character not in self._drawn:
                drawn = self._from_strokes(character) if self._strokes else self._from_font(character)
                self._drawn[character] = _cut(self._warped(drawn))
            large = self._drawn[character]
            size = (max(2, round(large.shape[1] * height_px / _DRAWN_PX)), height_px)
            self._masks[key] = np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), np.uint8)
        return self._masks[key]

    def _from_strokes(self, character: str) -> Mask:
        d = self.design
        key = character if character in self._strokes else {"I": "1", "O": "0"}[character]
        stroke = d.stroke * self._stroke
        width = stroke if key in d.bars else d.width * self._width * d.widths.get(key, 1.0)
        corner = min(d.corner * self._corner, max(width - stroke, 0.0) / 2)
        return draw(self._strokes[key], Pen(width, d.height, stroke, corner, self._slant), _DRAWN_PX)

    def _from_font(self, character: str) -> Mask:
        """Draw from a font file, capitals at full height; the weight changes by growing or shrinking the ink."""
        large = 2 * _DRAWN_PX
        font, top, bottom = _font(self.design.font, large)
        left, _, right, low = font.getbbox(character)
        picture = Image.new("L", (max(round(right - left) + 8, 4), max(bottom, round(low)) - top), 0)
        ImageDraw.Draw(picture).text((4 - left, -top), character, font=font, fill=255)
        mask = np.asarray(picture)
        grow = round(abs(self._stroke - 1) * 0.14 * large / 2)
        if grow:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
            mask = np.asarray((cv2.dilate if self._stroke > 1 else cv2.erode)(mask, kernel), np.uint8)
        wide = max(2, round(mask.shape[1] / 2 * self._width))
        return np.asarray(cv2.resize(mask, (wide, _DRAWN_PX), interpolation=cv2.INTER_AREA), np.uint8)

    def _warped(self, mask: Mask) -> Mask:
        if not np.any(self._warp):
            return mask
        height, width = mask.shape
        shift = np.asarray(cv2.resize(self._warp, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
        x = np.arange(width, dtype=np.float32)[None, :] + shift[..., 1] * height
        y = np.arange(height, dtype=np.float32)[:, None] + shift[..., 0] * height
        return np.asarray(cv2.remap(mask, x, y, cv2.INTER_LINEAR), np.uint8)


def _cut(mask: Mask) -> Mask:
    """Return the mask without empty columns at its sides."""
    inked = np.flatnonzero(mask.max(axis=0) > 32)
    return np.ascontiguousarray(mask[:, inked[0] : inked[-1] + 1]) if len(inked) else mask


@lru_cache(maxsize=128)
def _font(file: str, height_px: int) -> tuple[ImageFont.FreeTypeFont, int, int]:
    """Return a font whose capital H is height_px high, and the rows that H spans; round letters lose a hair."""
    _, top, _, bottom = ImageFont.truetype(str(FONTS / file), 200).getbbox("H")
    font = ImageFont.truetype(str(FONTS / file), round(200 * height_px / (bottom - top)))
    _, top, _, bottom = font.getbbox("H")
    return font, int(top), int(bottom)


@lru_cache(maxsize=2000)
def face(name: str, variant: int) -> Face:
    """Return one variant (0 <= variant < VARIANTS) of a face."""
    return Face(DESIGNS[name], variant)
