"""Plates of the United Kingdom and the Crown Dependencies, by the table of docs/DOMAIN.md, lawful and otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.plates.canvas import Canvas, Colour, Item, Mark, Plate
from models.plates.emblems import BLACK, GOLD, WHITE, YELLOW
from models.plates.fittings import bolts, firm, flag, frame
from models.plates.glyphs import VARIANTS, Face, face
from models.plates.texts import chance, pattern_text, random_text, shade

_AREA: Final = "ABCDEFGHJKLMNOPRSTUVWXY"
_LAST: Final = "ABCDEFGHJKLMNOPRSTUVWXYZ"
_YEAR: Final = "ABCDEFGHJKLMNPRSTVWXY"


def _number(rng: np.random.Generator, most: int) -> str:
    digits = int(rng.integers(1, most + 1))
    return str(int(rng.integers(10 ** (digits - 1), 10**digits)))


def _letters(rng: np.random.Generator, count: int, among: str = _LAST) -> str:
    return pattern_text(rng, "A" * count, among)


def _current(rng: np.random.Generator) -> str:
    year = int(rng.integers(51, 77)) if chance(rng, 0.5) else int(rng.integers(2, 27))  # September 2001 began with 51
    return f"{_letters(rng, 2, _AREA)}{year:02d} {_letters(rng, 3)}"


def _prefix(rng: np.random.Generator) -> str:
    return f"{_letters(rng, 1, _YEAR)}{_number(rng, 3)} {_letters(rng, 3)}"


def _suffix(rng: np.random.Generator) -> str:
    return f"{_letters(rng, 3)} {_number(rng, 3)}{_letters(rng, 1, _YEAR)}"


def _dateless(rng: np.random.Generator) -> str:
    letters, number = _letters(rng, int(rng.integers(1, 4))), _number(rng, 4)
    return f"{letters} {number}" if chance(rng, 0.5) else f"{number} {letters}"


def _northern_ireland(rng: np.random.Generator) -> str:
    county = _letters(rng, 1, "ABCDEFGHJKLMNOPRSTUVWXYZ")
    first = _letters(rng, 1) if chance(rng, 0.7) else ""
    mark = first + ("I" + county if chance(rng, 0.6) else county + "Z")
    return f"{mark} {_number(rng, 4)}" if chance(rng, 0.8) else f"{_number(rng, 4)} {mark}"


def _dependency(rng: np.random.Generator) -> str:
    kind = int(rng.integers(5))
    if kind == 0:
        return "J " + str(int(rng.integers(1, 150000)))
    if kind == 1:
        return str(int(rng.integers(1, 99999)))
    if kind == 2:
        return f"{'MN' if chance(rng, 0.5) else 'MAN'} {_number(rng, 3)} {_letters(rng, 1)}"
    if kind == 3:
        return f"G {pattern_text(rng, '0000')} {_letters(rng, 1)}"
    return f"{_letters(rng, 1)} {_number(rng, 3)} MAN" if chance(rng, 0.3) else f"MAN {_number(rng, 4)}"


def _random(rng: np.random.Generator) -> str:
    lengths = [0.01, 0.06, 0.09, 0.11, 0.14, 0.20, 0.35, 0.04]
    text = random_text(rng, 1 + int(rng.choice(len(lengths), p=lengths)))
    if len(text) < 2 or chance(rng, 0.3):
        return text
    cut = int(rng.integers(1, len(text)))
    return f"{text[:cut]} {text[cut:]}"


TEXTS: Final[dict[str, tuple[float, Callable[[np.random.Generator], str]]]] = {
    "GB current": (0.29, _current),
    "GB prefix": (0.10, _prefix),
    "GB suffix": (0.06, _suffix),
    "GB dateless": (0.08, _dateless),
    "GB Northern Ireland": (0.05, _northern_ireland),
    "GB Q": (0.02, lambda rng: f"Q{_number(rng, 3)} {_letters(rng, 3)}"),
    "GB diplomatic": (0.02, lambda rng: pattern_text(rng, f"000 {'dx'[int(rng.integers(2))]} 000")),
    "GB military": (0.02, lambda rng: pattern_text(rng, "AA 00 AA")),
    "GB trade": (0.02, lambda rng: _number(rng, 3) + " " + _letters(rng, 2)),
    "GB dependency": (0.04, _dependency),
    "GB random": (0.30, _random),
}
"""Layouts with their share of the British plates; 30 % carry random text so that the reader learns no language."""


@dataclass(frozen=True, slots=True)
class _Measures:
    """The row of docs/DOMAIN.md's table that a plate follows, in millimetres, and the size that is usual for it."""

    face: str
    height: float
    gap: float
    group: float
    line_gap: float
    usual: tuple[float, float]


_CAR: Final = _Measures("british", 79.0, 11.0, 33.0, 19.0, (520.0, 111.0))
_CAR_OLD: Final = _Measures("british wide", 79.0, 11.0, 33.0, 19.0, (533.0, 152.0))
_CAR_SQUARE: Final = _Measures("british", 79.0, 11.0, 33.0, 19.0, (285.0, 203.0))
_MOTORCYCLE: Final = _Measures("british motorcycle", 64.0, 10.0, 30.0, 13.0, (228.0, 180.0))

# Faces that are sold in place of the prescribed one: Arial and its like, the continent's, and slanted ones.
_OTHER_FACES: Final = ("arimo-700", "overpass-700", "roboto-condensed-600", "heavy", "rajdhani-700", "square")


def british_plate(rng: np.random.Generator, kind: str) -> Plate:
    """Return a British plate of a kind named in TEXTS."""
    words = TEXTS[kind][1](rng)
    measures = _measures(rng, kind)
    lines = _split(words) if measures in {_CAR_SQUARE, _MOTORCYCLE} else [words]
    height_px = int(rng.choice([36, 46, 56] if len(lines) == 1 else [36, 46]))
    scale = height_px / measures.height
    name = str(rng.choice(list(_OTHER_FACES))) if chance(rng, 0.06) else measures.face
    plate_face = face(name, int(rng.integers(VARIANTS)) if chance(rng, 0.8) else 0)
    gap, group = measures.gap, measures.group
    if chance(rng, 0.2):
        gap, group = gap * rng.uniform(0.5, 1.4), group * rng.uniform(0.25, 1.3)
    rows: list[list[Item]] = [[Mark("gap", group) if c == " " else c for c in line] for line in lines]
    need = max(_length(row, plate_face, height_px, scale, gap) for row in rows)
    ground, ink = _colours(rng, kind)
    band_mm = rng.uniform(38, 50) if chance(rng, 0.5 if ground[0] > 60 or ground[2] > 60 else 0.05) else 0.0
    if len(lines) == 2 and chance(rng, 0.7):
        band_mm = 0.0
    width_mm, height_mm = measures.usual
    if need + band_mm + 16 > width_mm or chance(rng, 0.2):
        width_mm = max(need + band_mm + rng.uniform(16, 60), 110.0)
    height_mm = max(height_mm, 22 + measures.height * len(rows) + measures.line_gap * (len(rows) - 1))
    height_mm += rng.uniform(-6, 8)
    canvas = Canvas((width_mm, height_mm), scale, ground, kind)
    if chance(rng, 0.35):
        canvas.border(rng.uniform(2, 6), rng.uniform(1, 3.5), shade(rng, ink, 20), 10)
    if band_mm:
        _band(canvas, rng, band_mm)
    if chance(rng, 0.02):
        canvas.border(4, 8, shade(rng, (80, 160, 30), 14), 10)
    block = measures.height * len(rows) + measures.line_gap * (len(rows) - 1)
    top = (height_mm - block) / 2 + rng.uniform(-6, 3)
    for i, row in enumerate(rows):
        canvas.write(
            row,
            plate_face,
            (band_mm + 6, width_mm - 6),
            height_px=height_px,
            gap=gap,
            top=top + i * (measures.height + measures.line_gap),
            align=float(rng.uniform(0.3, 0.7)) if chance(rng, 0.3) else 0.5,
        )
    canvas.set_ink(ink, _finish(rng), rng.uniform(15, 70), shade(rng, (75, 75, 75), 25))
    if chance(rng, 0.55):
        x, y = width_mm * rng.uniform(0.35, 0.75), height_mm - rng.uniform(3.5, 8)
        canvas.caption(firm(rng), x, y, rng.uniform(3.5, 7), shade(rng, (60, 60, 60), 30))
        if chance(rng, 0.4):
            canvas.caption(firm(rng)[:10], width_mm - rng.uniform(25, 50), y, 3.5, shade(rng, (60, 60, 60), 30))
    if chance(rng, 0.4):
        bolts(canvas, rng, band_mm)
    return canvas.plate(rng.uniform(4, 14), frame(rng) if chance(rng, 0.08) else None)


def _measures(rng: np.random.Generator, kind: str) -> _Measures:
    draw = rng.random()
    if draw < 0.06:
        return _MOTORCYCLE
    if draw < 0.13:
        return _CAR_SQUARE
    return _CAR_OLD if draw < (0.7 if kind in {"GB suffix", "GB dateless"} else 0.22) else _CAR


def _length(row: list[Item], plate_face: Face, height_px: int, scale: float, gap: float) -> float:
    widths = [i.width_mm if isinstance(i, Mark) else plate_face.mask(i, height_px).shape[1] / scale for i in row]
    return sum(widths) + gap * max(len(row) - 1, 0)


def _finish(rng: np.random.Generator) -> str:
    return str(rng.choice(["flat", "domed", "raised", "two-tone", "pressed"], p=[0.68, 0.09, 0.08, 0.05, 0.10]))


def _split(words: str) -> list[str]:
    """Return the mark in two lines, broken where it has a space, else in the middle."""
    if " " in words:
        first, _, second = words.partition(" ")
        return [first, second]
    middle = (len(words) + 1) // 2
    return [words[:middle], words[middle:]] if len(words) > 1 else [words]


def _colours(rng: np.random.Generator, kind: str) -> tuple[Colour, Colour]:
    """Return ground and ink."""
    if kind == "GB trade":
        return shade(rng, WHITE), shade(rng, (40, 30, 190), 12)
    if chance(rng, 0.35 if kind in {"GB suffix", "GB dateless", "GB military"} else 0.04):
        return shade(rng, (18, 18, 18)), shade(rng, (205, 210, 210), 18)
    ground = shade(rng, YELLOW if chance(rng, 0.45) else WHITE, 10)
    if chance(rng, 0.08):
        dark = rng.uniform(0.4, 0.8)
        ground = (int(ground[0] * dark), int(ground[1] * dark), int(ground[2] * dark))
    return ground, shade(rng, BLACK if chance(rng, 0.85) else (70, 60, 60), 12)


def _band(canvas: Canvas, rng: np.random.Generator, width: float) -> None:
    """Draw the band at the left: flag or stars above, letters below."""
    green = chance(rng, 0.15)
    ground = (90, 160, 30) if green else ((150, 60, 10) if chance(rng, 0.7) else (200, 110, 30))
    canvas.rectangle(0, 0, width, canvas.height_mm, shade(rng, ground, 14))
    words = str(rng.choice(["GB", "GB", "GB", "GB", "UK", "UK", "ENG", "SCO", "CYM", "CYMRU", "NI"]))
    middle, lower = canvas.height_mm * rng.uniform(0.28, 0.38), canvas.height_mm * rng.uniform(0.72, 0.84)
    if not green:
        own = {"SCO": "SCO", "ENG": "ENG", "CYM": "CYM", "CYMRU": "CYM"}.get(words, "UK")
        stars = chance(rng, 0.7 if words == "GB" else 0.15)
        flag(canvas, "EU" if stars else own, width / 2, middle, width * rng.uniform(0.6, 0.92))
    lettering = shade(rng, GOLD if chance(rng, 0.25) else WHITE, 8)
    canvas.caption(words, width / 2, lower, rng.uniform(12, 19) if len(words) < 3 else rng.uniform(8, 12), lettering)
