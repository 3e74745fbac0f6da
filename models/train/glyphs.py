"""Faces: the characters of number plates as coverage masks, each face in many variants.

Our own drawings are stroke geometry (`strokes.py`); the British characters follow the table of DOMAIN.md (79 mm
high, 50 or 57 mm wide, 14 mm stroke; `1` and `I` are one bare bar, `O` and `0` one character). Openly licensed
fonts in `fonts/` (see its README) stand in for the many faces of Europe. A variant changes stroke, width, corner,
slant and shape a little, so that the reader learns characters and not one drawing of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from anpr.vrm import ALPHABET
from models.train.strokes import Mask, Pen, draw

FONTS: Final = Path(__file__).parent / "fonts"

VARIANTS: Final = 24
"""How many variants of a face are in use; variant 0 is the face as designed."""

BRITISH_STROKES: Final[Mapping[str, str]] = {
    "0": "0,0,1 1,0,1 1,1,1 0,1,1 z",
    "1": "+.5,0 .5,1+",
    "2": "0,.26 0,0,1 1,0,1 1,.44,.9 0,.98 0,1|0,1 1,1+|0,.93 0,1+",
    "3": "0,.24 0,0,1 1,0,1 1,.47,1 .35,.47|.35,.47 1,.47,1 1,1,1 0,1,1 0,.76",
    "4": "+.62,0 0,.72|0,.72 1,.72+|.72,.4 .72,1+",
    "5": "+1,0 .06,0 .06,.43|.06,.40 1,.40,1 1,1,1 0,1,1 0,.76",
    "6": "1,.25 1,0,1 0,0,1 0,1,1 1,1,1 1,.43,1 0,.43",
    "7": "+0,0 1,0+|+1,.02 .3,1+",
    "8": ".05,0,1 .95,0,1 .95,.46,1 .05,.46,1 z|0,.46,1 1,.46,1 1,1,1 0,1,1 z",
    "9": "0,.75 0,1,1 1,1,1 1,0,1 0,0,1 0,.57,1 1,.57",
    "A": "+.43,0 .03,1+|+.57,0 .97,1+|.2,.72 .8,.72",
    "B": "+0,0 0,1+|0,0 .95,0,1 .95,.47,1 0,.47|0,.47 1,.47,1 1,1,1 0,1",
    "C": "1,.28 1,0,1 0,0,1 0,1,1 1,1,1 1,.72",
    "D": "+0,0 0,1+|0,0 1,0,1 1,1,1 0,1",
    "E": "+0,0 0,1+|0,0 1,0+|0,.48 .92,.48|0,1 1,1+",
    "F": "+0,0 0,1+|0,0 1,0+|0,.48 .9,.48",
    "G": "1,.28 1,0,1 0,0,1 0,1,1 1,1,1 1,.54 .55,.54",
    "H": "+0,0 0,1+|+1,0 1,1+|0,.48 1,.48",
    "J": "+1,0 1,1,1 0,1,1 0,.7",
    "K": "+0,0 0,1+|+.97,0 0,.62|+.3,.43 .97,1+",
    "L": "+0,0 0,1+|0,1 1,1+",
    "M": "+0,0 0,1+|+1,0 1,1+|+.04,0 .5,.56 .96,0+",
    "N": "+0,0 0,1+|+1,0 1,1+|+.02,0 .98,1+",
    "P": "+0,0 0,1+|0,0 1,0,1 1,.54,1 0,.54",
    "Q": "0,0,1 1,0,1 1,1,1 0,1,1 z|.55,.7 1,1+",
    "R": "+0,0 0,1+|0,0 1,0,1 1,.52,1 0,.52|.5,.52 .97,1+",
    "S": "1,.25 1,0,1 0,0,1 0,.48,1 1,.48,1 1,1,1 0,1,1 0,.75",
    "T": "+0,0 1,0+|.5,0 .5,1+",
    "U": "+0,0 0,1,1 1,1,1 1,0+",
    "V": "+.0,0 .46,1+|+1,0 .54,1+",
    "W": "+0,0 .2,1+|+.5,.2 .24,1+|+.5,.2 .76,1+|+1,0 .8,1+",
    "X": "+.02,0 .98,1+|+.98,0 .02,1+",
    "Y": "+.0,0 .5,.55|+1,0 .5,.55|.5,.5 .5,1+",
    "Z": "+0,0 1,0+|+.99,0 .01,1+|+0,1 1,1+",
}
"""The prescribed characters of the United Kingdom; `I` is drawn as `1` and `O` as `0`."""

_EUROPEAN_STROKES: Final[Mapping[str, str]] = {
    **BRITISH_STROKES,
    "1": "+1,0 1,1+|1,.02 0,.3",
    "I": "+.5,0 .5,1+",
    "O": "0,0,1 1,0,1 1,1,1 0,1,1 z",
    "4": "+.62,0 0,.75|0,.75 1,.75+|.75,.45 .75,1+",
    "7": "+0,0 1,0+|+1,.02 .3,1+",
    "6": "+.75,0 .02,.6|0,.6,1 0,1,1 1,1,1 1,.42,1 0,.42,1 z",
    "9": "+.25,1 .98,.4|0,0,1 1,0,1 1,.58,1 0,.58,1 z",
    "A": "+.5,0 .03,1+|+.5,0 .97,1+|.2,.72 .8,.72",
    "W": "+0,0 .22,1+|+.5,0 .27,1+|+.5,0 .73,1+|+1,0 .78,1+",
    "M": "+0,0 0,1+|+1,0 1,1+|+.04,0 .5,.66 .96,0+",
    "G": "1,.25 1,0,1 0,0,1 0,1,1 1,1,1 1,.54 .5,.54",
}

_NARROW: Final[Mapping[str, float]] = {"1": 0.6, "I": 0.0, "J": 0.9, "L": 0.9, "E": 0.92, "F": 0.9, "M": 1.15, "W": 1.3}


@dataclass(frozen=True, slots=True)
class Design:
    """A face by its measures in millimetres: its strokes, or the file of an openly licensed font."""

    name: str
    width: float = 50.0
    height: float = 79.0
    stroke: float = 14.0
    corner: float = 14.0
    strokes: Mapping[str, str] | None = None
    widths: Mapping[str, float] = field(default_factory=dict)
    font: str = ""
    stretch: float = 1.0


DESIGNS: Final[Mapping[str, Design]] = {
    d.name: d
    for d in (
        Design("british", strokes=BRITISH_STROKES),
        Design("british wide", 57.0, 79.0, 14.0, 16.0, BRITISH_STROKES),
        Design("british motorcycle", 44.0, 64.0, 10.0, 13.0, BRITISH_STROKES),
        Design("din", 44.0, 75.0, 10.5, 18.0, _EUROPEAN_STROKES, _NARROW),
        Design("din narrow", 36.0, 75.0, 10.0, 14.0, _EUROPEAN_STROKES, _NARROW),
        Design("square", 46.0, 75.0, 10.0, 10.0, _EUROPEAN_STROKES, _NARROW),
        Design("heavy", 48.0, 75.0, 13.0, 16.0, _EUROPEAN_STROKES, _NARROW),
        *(Design(p.stem, font=p.name) for p in sorted(FONTS.glob("*.ttf"))),
    )
}
"""Every face by name; those of `fonts/` by the stem of their file."""


class Face:
    """One variant of one face at one height: masks by character, drawn when first asked for."""

    def __init__(self, design: Design, variant: int, height_px: int) -> None:
        rng = np.random.default_rng([sum(map(ord, design.name)), variant])
        some = 0.0 if variant == 0 else 1.0
        self.design = design
        self.height_px = height_px
        self._stroke = 1 + some * rng.normal(0, 0.06)
        self._width = 1 + some * rng.normal(0, 0.04)
        self._corner = 1 + some * rng.normal(0, 0.15)
        self._slant = some * rng.normal(0, 0.012)
        self._warp = some * rng.normal(0, 0.006, (3, 3, 2))
        self._masks: dict[str, Mask] = {}

    def mask(self, character: str) -> Mask:
        """Return the coverage of a character of ALPHABET, shape (height_px, its width), cut to its ink sideways."""
        if character not in self._masks:
            drawn = self._from_strokes(character) if self.design.strokes else self._from_font(character)
            self._masks[character] = self._warped(drawn)
        return self._masks[character]

    def _from_strokes(self, character: str) -> Mask:
        d = self.design
        strokes = d.strokes or {}
        key = character if character in strokes else {"I": "1", "O": "0"}[character]
        stroke = d.stroke * self._stroke
        share = d.widths.get(key, 1.0)
        bar = key == "I" or (key == "1" and "1" not in d.widths)
        width = stroke if bar else d.width * self._width * share
        corner = min(d.corner * self._corner, (width - stroke) / 2 + 0.01)
        return draw(strokes[key], Pen(width, d.height, stroke, max(corner, 0.0), self._slant), self.height_px)

    def _from_font(self, character: str) -> Mask:
        """Draw from a font file: capitals are scaled to the full height, the weight changed by grey dilation."""
        large = 2 * self.height_px
        font, top, bottom = _font(self.design.font, large)
        left, _, right, _ = font.getbbox(character)
        width = round(right - left) + 4
        picture = Image.new("L", (max(width, 4), bottom - top), 0)
        ImageDraw.Draw(picture).text((2 - left, -top), character, font=font, fill=255)
        mask = np.asarray(picture)
        grow = (self._stroke - 1) * 0.14 * large
        if abs(grow) >= 0.5:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(abs(grow) / 2) + 1,) * 2)
            mask = np.asarray((cv2.dilate if grow > 0 else cv2.erode)(mask, kernel), np.uint8)
        wide = max(2, round(mask.shape[1] * self.height_px / mask.shape[0] * self._width * self.design.stretch))
        return np.asarray(cv2.resize(mask, (wide, self.height_px), interpolation=cv2.INTER_AREA), np.uint8)

    def _warped(self, mask: Mask) -> Mask:
        if np.any(self._warp):
            height, width = mask.shape
            shift = np.asarray(cv2.resize(self._warp, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
            y, x = np.mgrid[0:height, 0:width].astype(np.float32)
            mask = np.asarray(
                cv2.remap(mask, x + shift[..., 0] * height, y + shift[..., 1] * height, cv2.INTER_LINEAR), np.uint8
            )
        inked = np.flatnonzero(mask.max(axis=0) > 32)
        return np.ascontiguousarray(mask[:, inked[0] : inked[-1] + 1]) if len(inked) else mask


@lru_cache(maxsize=128)
def _font(file: str, height_px: int) -> tuple[ImageFont.FreeTypeFont, int, int]:
    """Return a font whose capital H is about height_px high, and the rows that its capitals and digits span."""
    probe = ImageFont.truetype(str(FONTS / file), 200)
    _, top, _, bottom = probe.getbbox("H")
    font = ImageFont.truetype(str(FONTS / file), round(200 * height_px / (bottom - top)))
    boxes = [font.getbbox(c) for c in ALPHABET if c not in "QJ"]
    return font, int(min(b[1] for b in boxes)), int(max(b[3] for b in boxes))


@lru_cache(maxsize=1500)
def face(name: str, variant: int, height_px: int) -> Face:
    """Return one variant (0 <= variant < VARIANTS) of a face, its characters height_px high."""
    return Face(DESIGNS[name], variant, height_px)
