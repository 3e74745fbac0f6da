"""Plates of the United Kingdom and the Crown Dependencies, by the table of DOMAIN.md, lawful and otherwise."""

from collections.abc import Callable
from typing import Final

import numpy as np

from models.train.canvas import Canvas, Colour, Item, Mark, Plate, items_of, pattern_text, random_text, shade
from models.train.glyphs import VARIANTS, face

WHITE: Final[Colour] = (240, 241, 240)
YELLOW: Final[Colour] = (20, 190, 250)
BLACK: Final[Colour] = (18, 18, 18)
_BAND_BLUE: Final[Colour] = (150, 60, 10)
_BAND_GREEN: Final[Colour] = (90, 160, 30)

_AREA: Final = "ABCDEFGHJKLMNOPRSTUVWXY"
_LAST: Final = "ABCDEFGHJKLMNOPRSTUVWXYZ"
_YEAR: Final = "ABCDEFGHJKLMNPRSTVWXY"


def _number(rng: np.random.Generator, most: int) -> str:
    digits = int(rng.integers(1, most + 1))
    return str(int(rng.integers(10 ** (digits - 1), 10**digits)))


def _letters(rng: np.random.Generator, count: int, among: str = _LAST) -> str:
    return pattern_text(rng, "A" * count, among)


def _current(rng: np.random.Generator) -> str:
    year = int(rng.integers(1, 27)) + (50 if rng.random() < 0.5 else 0)
    return f"{_letters(rng, 2, _AREA)}{year:02d} {_letters(rng, 3)}"


def _prefix(rng: np.random.Generator) -> str:
    return f"{_letters(rng, 1, _YEAR)}{_number(rng, 3)} {_letters(rng, 3)}"


def _suffix(rng: np.random.Generator) -> str:
    return f"{_letters(rng, 3)} {_number(rng, 3)}{_letters(rng, 1, _YEAR)}"


def _dateless(rng: np.random.Generator) -> str:
    letters, number = _letters(rng, int(rng.integers(1, 4))), _number(rng, 4)
    return f"{letters} {number}" if rng.random() < 0.5 else f"{number} {letters}"


def _northern_ireland(rng: np.random.Generator) -> str:
    county = pattern_text(rng, "A", "ABCDEFGHJKLMNOPRSTUVWXYZ")
    letters = pattern_text(rng, "A", _LAST) * (rng.random() < 0.7)
    mark = letters + ("I" + county if rng.random() < 0.6 else county + "Z")
    return f"{mark} {_number(rng, 4)}" if rng.random() < 0.8 else f"{_number(rng, 4)} {mark}"


def _dependency(rng: np.random.Generator) -> str:
    kind = int(rng.integers(5))
    if kind == 0:
        return "J " + str(int(rng.integers(1, 150000)))
    if kind == 1:
        return str(int(rng.integers(1, 99999)))
    if kind == 2:
        return pattern_text(rng, "mn 00 " if rng.random() < 0.3 else "mAn 000 ").strip() + " " + _letters(rng, 1)
    if kind == 3:
        return "G " + pattern_text(rng, "0000 ") + _letters(rng, 1)
    return "MAN " + _number(rng, 4)


def _random(rng: np.random.Generator) -> str:
    text = random_text(
        rng, int(rng.choice([1, 2, 3, 4, 5, 6, 7, 8], p=[0.01, 0.03, 0.05, 0.08, 0.13, 0.22, 0.43, 0.05]))
    )
    if len(text) < 3 or rng.random() < 0.3:
        return text
    cut = int(rng.integers(1, len(text)))
    return f"{text[:cut]} {text[cut:]}"


TEXTS: Final[dict[str, tuple[float, Callable[[np.random.Generator], str]]]] = {
    "GB current": (0.30, _current),
    "GB prefix": (0.10, _prefix),
    "GB suffix": (0.06, _suffix),
    "GB dateless": (0.08, _dateless),
    "GB Northern Ireland": (0.05, _northern_ireland),
    "GB Q": (0.01, lambda rng: f"Q{_number(rng, 3)} {_letters(rng, 3)}"),
    "GB diplomatic": (0.02, lambda rng: pattern_text(rng, f"000 {'dx'[int(rng.integers(2))]} 000")),
    "GB military": (0.02, lambda rng: pattern_text(rng, "AA 00 AA")),
    "GB trade": (0.02, lambda rng: _number(rng, 3) + " " + _letters(rng, 2)),
    "GB dependency": (0.04, _dependency),
    "GB random": (0.30, _random),
}
"""Layouts with their share of the British plates; 30 % carry random text so that the reader learns no language."""


def british_plate(rng: np.random.Generator, kind: str) -> Plate:
    """Return a British plate of a kind named in TEXTS."""
    words = TEXTS[kind][1](rng)
    motorcycle = rng.random() < 0.06
    two_lines = motorcycle or rng.random() < 0.08
    name, height, gap, group, line_gap = "british", 79.0, 11.0, 33.0, 19.0
    if motorcycle:
        name, height, gap, group, line_gap = "british motorcycle", 64.0, 10.0, 30.0, 13.0
    elif rng.random() < 0.2 or kind == "GB suffix":
        name = "british wide"
    if rng.random() < 0.04:
        name = str(rng.choice(["arimo-700", "overpass-700", "roboto-condensed-600", "heavy"]))
    height_px = int(rng.choice([36, 46, 58] if not two_lines else [30, 40, 50]))
    scale = height_px / height
    if rng.random() < 0.15:
        gap, group = gap * rng.uniform(0.4, 1.3), group * rng.uniform(0.3, 1.2)
    lines = _split(words) if two_lines else [words]
    plate_face = face(name, int(rng.integers(VARIANTS)) if rng.random() < 0.8 else 0)
    rows: list[list[Item]] = [items_of(line, group) for line in lines]
    widths = [
        sum(i.width_mm if isinstance(i, Mark) else plate_face.mask(i, height_px).shape[1] / scale for i in r)
        + gap * (len(r) - 1)
        for r in rows
    ]
    band = rng.random() < 0.45 and not two_lines
    band_mm = 44.0 if band else 0.0
    usual = 520.0 if not two_lines else (228.0 if motorcycle else 285.0)
    need = max(widths) + band_mm + 16
    width_mm = usual if need < usual and rng.random() < 0.8 else max(need + rng.uniform(0, 40), 120.0)
    margin = rng.uniform(11, 20)
    height_mm = 2 * margin + height * len(rows) + line_gap * (len(rows) - 1)
    ground, ink = _colours(rng, kind)
    canvas = Canvas((width_mm, height_mm), scale, ground, kind)
    if rng.random() < 0.35:
        canvas.border(rng.uniform(2, 6), rng.uniform(1, 3), shade(rng, ink, 20), 10)
    if band:
        _band(canvas, rng, band_mm)
    lift = rng.uniform(-4, 2)
    for i, row in enumerate(rows):
        canvas.write(
            row,
            plate_face,
            (band_mm + 6, width_mm - 6),
            height_px=height_px,
            gap=gap,
            top=margin + lift + i * (height + line_gap),
        )
    canvas.blend(canvas.ink, ink)
    if rng.random() < 0.5:
        print_y = height_mm - max(3.0, margin * 0.35)
        words = str(
            rng.choice(["www.carsales.co.uk", "Northgate Motors", "BS AU 145e", "MERIDIAN AUTOMOTIVE 01234 567890"])
        )
        canvas.caption(
            words, width_mm * rng.uniform(0.4, 0.7), print_y, rng.uniform(4, 7), shade(rng, (60, 60, 60), 30)
        )
    _bolts(canvas, rng, band_mm)
    return canvas.plate(rng.uniform(4, 12))


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
    if rng.random() < (0.35 if kind in {"GB suffix", "GB dateless", "GB military"} else 0.03):
        return shade(rng, BLACK), shade(rng, (200, 205, 205), 18)
    ground = shade(rng, YELLOW if rng.random() < 0.45 else WHITE, 10)
    if rng.random() < 0.06:
        dark = rng.uniform(0.4, 0.8)
        ground = tuple(int(c * dark) for c in ground)  # type: ignore[assignment]
    return ground, shade(rng, BLACK, 12)


def _band(canvas: Canvas, rng: np.random.Generator, width: float) -> None:
    """Draw the band at the left: flag or stars above, letters below."""
    green = rng.random() < 0.15
    colour = shade(rng, _BAND_GREEN if green else _BAND_BLUE, 14)
    canvas.rectangle(0, 0, width, canvas.height_mm, colour)
    words = str(rng.choice(["GB", "GB", "GB", "UK", "UK", "ENG", "SCO", "CYM", "CYMRU", "NI"]))
    y = canvas.height_mm * 0.36
    if not green:
        _emblem(canvas, rng, words, (width / 2, y))
    lettering = shade(rng, (20, 200, 240) if rng.random() < 0.2 else (240, 240, 240), 8)
    canvas.caption(words, width / 2, canvas.height_mm * 0.78, 15 if len(words) < 3 else 10, lettering)


def _emblem(canvas: Canvas, rng: np.random.Generator, words: str, centre: tuple[float, float]) -> None:
    x, y = centre
    if words == "GB" and rng.random() < 0.75:
        for angle in np.arange(12) * np.pi / 6:
            canvas.disc(x + 13 * np.cos(angle), y + 13 * np.sin(angle), 1.9, (20, 210, 250))
        return
    canvas.rectangle(x - 15, y - 12, 30, 24, (245, 245, 245) if words in {"ENG", "NI"} else (120, 50, 20))
    if words == "SCO" or words in {"UK", "GB"}:
        canvas.line((x - 15, y - 12), (x + 15, y + 12), 5, (245, 245, 245))
        canvas.line((x - 15, y + 12), (x + 15, y - 12), 5, (245, 245, 245))
    if words != "SCO":
        canvas.line((x, y - 11), (x, y + 11), 6, (40, 30, 200))
        canvas.line((x - 13, y), (x + 13, y), 6, (40, 30, 200))


def _bolts(canvas: Canvas, rng: np.random.Generator, band_mm: float) -> None:
    """Set bolt heads and screw caps, at times through characters."""
    if rng.random() > 0.4:
        return
    y = canvas.height_mm * rng.uniform(0.35, 0.65)
    inset = rng.uniform(12, 60)
    colour = shade(rng, [WHITE, YELLOW, BLACK, (140, 140, 140)][int(rng.integers(4))], 20)
    for x in (inset + band_mm, canvas.width_mm - inset):
        radius = rng.uniform(3, 7)
        canvas.disc(x, y, radius, colour)
        canvas.ring(x, y, radius, 0.8, shade(rng, (90, 90, 90), 30))
