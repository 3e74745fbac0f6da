"""What a plate carries beside its characters: flags, stars, seals, stickers, crests, bolts, dealers' frames."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from models.train.canvas import Canvas, Colour, Mark, Picture
from models.train.texts import LETTERS, chance, pattern_text, shade

WHITE: Final[Colour] = (240, 241, 240)
YELLOW: Final[Colour] = (20, 190, 250)
BLACK: Final[Colour] = (20, 20, 20)
RED: Final[Colour] = (45, 35, 175)
BLUE: Final[Colour] = (150, 70, 20)
GREEN: Final[Colour] = (60, 120, 20)
GOLD: Final[Colour] = (20, 205, 250)

_VARIANTS: Final = 60
_SIDE: Final = 64
_FIRMS: Final = 150

# Stripes from left to right (`|`) or top to bottom (`-`).
_STRIPES: Final[dict[str, tuple[str, tuple[Colour, ...]]]] = {
    "RO": ("|", ((160, 60, 10), (20, 210, 250), (40, 30, 200))),
    "MD": ("|", ((160, 60, 10), (20, 210, 250), (40, 30, 200))),
    "PL": ("-", (WHITE, (60, 30, 210))),
    "LV": ("-", ((50, 45, 140), (50, 45, 140), WHITE, (50, 45, 140), (50, 45, 140))),
    "LT": ("-", ((20, 190, 250), (70, 110, 10), (45, 40, 190))),
    "BG": ("-", (WHITE, (90, 150, 20), (40, 30, 200))),
    "H": ("-", ((60, 50, 200), WHITE, (70, 120, 40))),
    "SK": ("-", (WHITE, (160, 60, 20), (45, 40, 210))),
    "SRB": ("-", ((45, 40, 190), (140, 60, 20), WHITE)),
    "UA": ("-", ((180, 90, 10), (20, 210, 250))),
    "RUS": ("-", (WHITE, (160, 60, 20), (45, 40, 210))),
    "N": ("|", ((50, 40, 190), WHITE, (110, 50, 10), WHITE, (50, 40, 190), (50, 40, 190))),
    "BY": ("-", ((45, 40, 200), (45, 40, 200), (70, 130, 20))),
}


def flag(canvas: Canvas, name: str, x: float, y: float, width_mm: float) -> None:
    """Put a flag, the ring of stars (`EU`) or an unknown country's shield at (x, y)."""
    canvas.stamp(_flag(name, max(4, round(width_mm * canvas.scale))), x, y)


@lru_cache(maxsize=2000)
def _flag(name: str, width_px: int) -> Picture:
    draw = {"EU": _stars, "UK": _union, "SCO": _saltire, "ENG": _cross, "CYM": _wales}
    if name in draw:
        large = draw[name]()
    elif name in _STRIPES:
        way, colours = _STRIPES[name]
        count = len(colours)
        large = np.full((_SIDE * 2 // 3, _SIDE, 4), 255, np.uint8)
        for i, colour in enumerate(colours):
            if way == "|":
                large[:, i * _SIDE // count : (i + 1) * _SIDE // count, :3] = colour
            else:
                rows = large.shape[0]
                large[i * rows // count : (i + 1) * rows // count, :, :3] = colour
    else:
        large = _crest(sum(map(ord, name)))
    height = max(3, round(large.shape[0] * width_px / large.shape[1]))
    return np.asarray(cv2.resize(large, (width_px, height), interpolation=cv2.INTER_AREA), np.uint8)


def _stars() -> Picture:
    picture = np.zeros((_SIDE, _SIDE, 4), np.uint8)
    picture[..., :3] = GOLD
    for angle in np.arange(12) * np.pi / 6:
        centre = (round(32 + 26 * np.cos(angle)), round(32 + 26 * np.sin(angle)))
        cv2.circle(picture, centre, 5, (*GOLD, 255), -1, cv2.LINE_AA)
    return picture


def _field(colour: Colour) -> Picture:
    picture = np.empty((40, _SIDE, 4), np.uint8)
    picture[:] = (*colour, 255)
    return picture


def _lines(picture: Picture, ends: list[tuple[int, int, int, int]], colour: Colour, width: int) -> Picture:
    for x0, y0, x1, y1 in ends:
        cv2.line(picture, (x0, y0), (x1, y1), (*colour, 255), width, cv2.LINE_AA)
    return picture


def _saltire() -> Picture:
    return _lines(_field((150, 80, 10)), [(0, 0, 63, 39), (0, 39, 63, 0)], WHITE, 9)


def _cross() -> Picture:
    return _lines(_field(WHITE), [(32, 0, 32, 39), (0, 20, 63, 20)], (40, 30, 200), 9)


def _union() -> Picture:
    picture = _lines(_field((120, 40, 10)), [(0, 0, 63, 39), (0, 39, 63, 0)], WHITE, 9)
    picture = _lines(picture, [(0, 0, 63, 39), (0, 39, 63, 0)], (40, 30, 200), 3)
    picture = _lines(picture, [(32, 0, 32, 39), (0, 20, 63, 20)], WHITE, 13)
    return _lines(picture, [(32, 0, 32, 39), (0, 20, 63, 20)], (40, 30, 200), 8)


def _wales() -> Picture:
    picture = _field(WHITE)
    picture[20:, :, :3] = (60, 150, 20)
    rng = np.random.default_rng(7)
    for _ in range(9):
        x, y = rng.integers(20, 44), rng.integers(10, 30)
        cv2.ellipse(picture, (int(x), int(y)), (7, 3), float(rng.integers(180)), 0, 360, (40, 30, 200, 255), -1)
    return picture


@lru_cache(maxsize=_VARIANTS)
def _crest(variant: int) -> Picture:
    """Return a coat of arms as it looks from some metres: a shield with patches of a few colours."""
    rng = np.random.default_rng([1, variant])
    picture = np.zeros((72, _SIDE, 4), np.uint8)
    outline = np.array([(6, 4), (58, 4), (58, 40), (32, 68), (6, 40)])
    if chance(rng, 0.3):
        outline = np.array([(16, 2), (48, 2), (60, 14), (60, 50), (48, 70), (16, 70), (4, 50), (4, 14)])
    colours = [RED, BLUE, GREEN, GOLD, WHITE, BLACK, (60, 40, 210), (200, 130, 40)]
    ground, edge = (colours[int(i)] for i in rng.integers(0, len(colours), 2))
    cv2.fillPoly(picture, [outline], (*ground, 255), cv2.LINE_AA)
    inside = picture[..., 3].copy()
    for _ in range(int(rng.integers(1, 5))):
        centre = (int(rng.integers(14, 50)), int(rng.integers(12, 50)))
        axes = (int(rng.integers(4, 16)), int(rng.integers(4, 20)))
        colour = (*colours[int(rng.integers(len(colours)))], 255)
        cv2.ellipse(picture, centre, axes, float(rng.integers(180)), 0, 360, colour, -1, cv2.LINE_AA)
    picture[..., 3] = inside
    cv2.polylines(picture, [outline], True, (*edge, 255), 3, cv2.LINE_AA)
    return picture


@lru_cache(maxsize=_VARIANTS)
def _seal(variant: int) -> Picture:
    """Return a round inspection or authority seal: coloured or silver, with a ring, segments or a small shield."""
    rng = np.random.default_rng([2, variant])
    picture = np.zeros((_SIDE, _SIDE, 4), np.uint8)
    colours: list[Colour] = [
        (175, 178, 178),
        (60, 160, 60),
        (190, 110, 40),
        (40, 140, 235),
        (70, 60, 210),
        (150, 120, 220),
    ]
    colour = shade(rng, colours[0 if chance(rng, 0.4) else int(rng.integers(1, len(colours)))], 20)
    if chance(rng, 0.15):
        corners = np.array(cv2.ellipse2Poly((32, 32), (29, 29), int(rng.integers(60)), 0, 360, 60), np.int32)
        cv2.fillPoly(picture, [corners], (*colour, 255), cv2.LINE_AA)
    else:
        cv2.circle(picture, (32, 32), 29, (*colour, 255), -1, cv2.LINE_AA)
    cover = picture[..., 3].copy()
    dark: Colour = (60, 60, 60)
    kind = int(rng.integers(4))
    if kind == 0:
        for angle in np.arange(12) * np.pi / 6:
            tip = (round(32 + 27 * np.cos(angle)), round(32 + 27 * np.sin(angle)))
            inner = (round(32 + 18 * np.cos(angle)), round(32 + 18 * np.sin(angle)))
            cv2.line(picture, inner, tip, (*dark, 255), 2, cv2.LINE_AA)
        cv2.circle(picture, (32, 32), 17, (*dark, 255), 2, cv2.LINE_AA)
    elif kind == 1:
        shield = cv2.resize(_crest(int(rng.integers(_VARIANTS))), (30, 34), interpolation=cv2.INTER_AREA)
        weight = shield[..., 3:].astype(np.float32) / 255
        part = picture[16:50, 17:47, :3]
        part[:] = (part * (1 - weight) + shield[..., :3] * weight).astype(np.uint8)
    elif kind == 2:
        for _ in range(6):
            centre = (int(rng.integers(16, 48)), int(rng.integers(16, 48)))
            cv2.circle(picture, centre, int(rng.integers(2, 7)), (*shade(rng, dark, 40), 255), -1, cv2.LINE_AA)
    cv2.circle(picture, (32, 32), 29, (*dark, 255), 2, cv2.LINE_AA)
    picture[..., 3] = cover
    return picture


@lru_cache(maxsize=_VARIANTS)
def _sticker(variant: int) -> Picture:
    """Return a rectangular sticker with one or two digits, as between the groups of Swedish plates."""
    rng = np.random.default_rng([3, variant])
    colours: list[Colour] = [(70, 140, 60), (60, 60, 200), (190, 110, 40), (80, 180, 190), (150, 150, 150)]
    picture = np.empty((_SIDE, 44, 4), np.uint8)
    picture[:] = (*colours[int(rng.integers(len(colours)))], 255)
    if chance(rng, 0.8):
        inner: Colour = WHITE if chance(rng, 0.5) else (40, 40, 40)
        cv2.rectangle(picture, (8, 10), (36, 54), (*inner, 255), -1)
        tone: Colour = BLACK if inner == WHITE else WHITE
        cv2.putText(picture, str(int(rng.integers(1, 13))), (12, 44), 0, 0.9, (*tone, 255), 3, cv2.LINE_AA)
    return picture


@lru_cache(maxsize=4000)
def _sized(kind: str, variant: int, height_px: int) -> Picture:
    large = {"seal": _seal, "crest": _crest, "sticker": _sticker}[kind](variant)
    width = max(2, round(large.shape[1] * height_px / large.shape[0]))
    return np.asarray(cv2.resize(large, (width, height_px), interpolation=cv2.INTER_AREA), np.uint8)


def put(canvas: Canvas, rng: np.random.Generator, kind: str, place: tuple[float, float, float]) -> None:
    """Put a random `seal`, `crest` or `sticker` with its middle at (x, y), `height_mm` high."""
    x, y, height_mm = place
    canvas.stamp(_sized(kind, int(rng.integers(_VARIANTS)), max(4, round(height_mm * canvas.scale))), x, y)


def separator(
    canvas: Canvas, rng: np.random.Generator, mark: Mark, place: tuple[float, float, float, float], ink: Colour
) -> None:
    """Draw what stands between two groups; `place` is left edge, width, top and height of its room."""
    x, width, top, height = place
    centre, middle = x + width / 2, top + height / 2
    if mark.kind == "dash":
        half, thick = width * rng.uniform(0.2, 0.42), height * rng.uniform(0.08, 0.15)
        canvas.rectangle(centre - half, middle - thick / 2 + rng.uniform(-3, 3), 2 * half, thick, ink)
    elif mark.kind == "dot":
        canvas.disc(centre, middle, height * rng.uniform(0.06, 0.09), ink)
    elif mark.kind == "hologram":
        canvas.ring(centre, middle, height * 0.07, 1.0, shade(rng, (110, 110, 110), 30))
    elif mark.kind == "seal":
        size = min(width * 0.95, height * rng.uniform(0.42, 0.52))
        if chance(rng, 0.6):
            put(canvas, rng, "seal", (centre, top + height * 0.24, size * rng.uniform(0.7, 1)))
            put(canvas, rng, "seal", (centre, top + height * 0.76, size))
        else:
            put(canvas, rng, "seal", (centre, top + height * rng.uniform(0.3, 0.75), size))
    elif mark.kind in {"crest", "sticker"}:
        put(canvas, rng, mark.kind, (centre, middle + rng.uniform(-4, 4), min(width * 1.05, height * 0.6)))


def bolts(canvas: Canvas, rng: np.random.Generator, left_mm: float, right_mm: float = 0.0) -> None:
    """Set bolt heads, screw caps or bare holes, at times through characters."""
    y = canvas.height_mm * rng.uniform(0.3, 0.7)
    inset = rng.uniform(8, 40) if chance(rng, 0.6) else rng.uniform(40, 150)
    tones: list[Colour] = [WHITE, YELLOW, BLACK, (140, 140, 140), (60, 60, 60)]
    colour = shade(rng, tones[int(rng.integers(len(tones)))], 20)
    radius = rng.uniform(2, 6.5)
    for x in (left_mm + inset, canvas.width_mm - right_mm - inset):
        canvas.disc(x + rng.uniform(-4, 4), y + rng.uniform(-2, 2), radius, colour)
        if chance(rng, 0.5):
            canvas.ring(x, y, radius, 0.8, shade(rng, (90, 90, 90), 30))


def firm(rng: np.random.Generator) -> str:
    """Return made-up words of a dealer, a maker of plates or a web address."""
    return _firm(int(rng.integers(_FIRMS)))


@lru_cache(maxsize=_FIRMS)
def _firm(number: int) -> str:
    rng = np.random.default_rng([4, number])
    name = pattern_text(rng, "AAAAAAAA"[: int(rng.integers(3, 9))], LETTERS)
    kinds = (
        f"www.{name.lower()}.co.uk",
        f"{name.title()} Motors",
        f"AUTO {name}",
        pattern_text(rng, "bs au 145e 00"),
        f"{name} - {pattern_text(rng, '00000 000000')}",
        f"{name.title()} Autohaus",
        f"{name}.ro  Tel. {pattern_text(rng, '000.000.000')}",
    )
    return kinds[int(rng.integers(len(kinds)))]


def frame(rng: np.random.Generator) -> tuple[float, float, Colour, str]:
    """Return a dealer's frame: rim and foot in millimetres, colour, words."""
    tones: list[Colour] = [BLACK, BLACK, BLACK, (60, 60, 60), (200, 200, 200), (140, 60, 20), (40, 30, 160)]
    colour = shade(rng, tones[int(rng.integers(len(tones)))], 10)
    words = firm(rng) if chance(rng, 0.85) else ""
    return float(rng.uniform(2, 9)), float(rng.uniform(9, 22) if words else rng.uniform(3, 9)), colour, words
