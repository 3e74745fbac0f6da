"""Small pictures that stand on plates beside the characters: flags, coats of arms, seals, stickers.

Each comes in many variants, drawn once; none of them is text, however much it looks like a character from afar.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from models.plates.canvas import Colour, Picture
from models.plates.texts import chance, shade

WHITE: Final[Colour] = (240, 241, 240)
YELLOW: Final[Colour] = (20, 190, 250)
BLACK: Final[Colour] = (20, 20, 20)
RED: Final[Colour] = (45, 35, 175)
BLUE: Final[Colour] = (150, 70, 20)
GREEN: Final[Colour] = (60, 120, 20)
GOLD: Final[Colour] = (20, 205, 250)

VARIANTS: Final = 2400
"""How many seals, crests and stickers there are of each kind: more than a network can learn by heart."""

_SIDE: Final = 64
_TONES: Final[tuple[Colour, ...]] = (
    RED,
    BLUE,
    GREEN,
    GOLD,
    WHITE,
    BLACK,
    (60, 40, 210),
    (200, 130, 40),
    (150, 150, 150),
)

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


@lru_cache(maxsize=2000)
def flag_picture(name: str, width_px: int) -> Picture:
    """Return a flag, the ring of stars (`EU`) or an unknown country's shield, width_px wide."""
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
        large = _crest(sum(map(ord, name)) % VARIANTS)
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


@lru_cache(maxsize=VARIANTS)
def _crest(variant: int) -> Picture:
    """Return a coat of arms as it looks from some metres: a shield with fields, charges and an edge."""
    rng = np.random.default_rng([1, variant])
    height = int(rng.integers(60, 84))
    picture = np.zeros((height, _SIDE, 4), np.uint8)
    low = height - 4
    outlines = (
        [(6, 4), (58, 4), (58, height // 2 + 4), (32, low), (6, height // 2 + 4)],
        [(6, 4), (58, 4), (58, low - 14), (46, low - 3), (32, low), (18, low - 3), (6, low - 14)],
        [(16, 2), (48, 2), (60, 14), (60, low - 16), (48, low), (16, low), (4, low - 16), (4, 14)],
        [(4, 4), (60, 4), (60, low), (4, low)],
    )
    outline = np.array(outlines[int(rng.choice(4, p=[0.4, 0.35, 0.15, 0.1]))], np.int32)
    ground, edge = (_TONES[int(i)] for i in rng.integers(0, len(_TONES), 2))
    cv2.fillPoly(picture, [outline], (*ground, 255), cv2.LINE_AA)
    inside = picture[..., 3].copy()
    kind = int(rng.integers(5))
    tone = _TONES[int(rng.integers(len(_TONES)))]
    if kind == 0:
        cell = int(rng.integers(9, 16))
        rows, columns = np.indices((height, _SIDE)) // cell
        picture[(rows + columns) % 2 == 0, :3] = tone
    elif kind == 1:
        picture[: height // 2, :, :3] = tone
    elif kind == 2:
        picture[:, _SIDE // 2 :, :3] = tone
    for _ in range(int(rng.integers(0, 6))):
        centre = (int(rng.integers(14, 50)), int(rng.integers(12, height - 16)))
        colour = (*_TONES[int(rng.integers(len(_TONES)))], 255)
        if chance(rng, 0.6):
            axes = (int(rng.integers(3, 16)), int(rng.integers(3, 18)))
            cv2.ellipse(picture, centre, axes, float(rng.integers(180)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            end = (int(rng.integers(8, 56)), int(rng.integers(8, height - 10)))
            cv2.line(picture, centre, end, colour, int(rng.integers(3, 9)), cv2.LINE_AA)
    picture[..., 3] = inside
    cv2.polylines(picture, [outline], True, (*edge, 255), int(rng.integers(2, 5)), cv2.LINE_AA)
    return picture


@lru_cache(maxsize=VARIANTS)
def _seal(variant: int) -> Picture:
    """Return a round or six-sided seal: coloured, silver or worn off, with ring, teeth, shield or specks."""
    rng = np.random.default_rng([2, variant])
    picture = np.zeros((_SIDE, _SIDE, 4), np.uint8)
    colours: list[Colour] = [
        (60, 160, 60),
        (190, 110, 40),
        (40, 140, 235),
        (70, 60, 210),
        (150, 120, 220),
        (60, 60, 60),
    ]
    silver: Colour = (175, 178, 178) if chance(rng, 0.7) else (225, 226, 224)
    colour = shade(rng, silver if chance(rng, 0.45) else colours[int(rng.integers(len(colours)))], 20)
    if chance(rng, 0.2):
        corners = np.array(cv2.ellipse2Poly((32, 32), (29, 29), int(rng.integers(60)), 0, 360, 60), np.int32)
        cv2.fillPoly(picture, [corners], (*colour, 255), cv2.LINE_AA)
    else:
        cv2.circle(picture, (32, 32), 29, (*colour, 255), -1, cv2.LINE_AA)
    cover = picture[..., 3].copy()
    dark = shade(rng, (60, 60, 60) if chance(rng, 0.7) else (215, 215, 215), 25)
    kind = int(rng.integers(5))
    if kind == 0:
        for angle in np.arange(12) * np.pi / 6:
            tip = (round(32 + 27 * np.cos(angle)), round(32 + 27 * np.sin(angle)))
            inner = (round(32 + 18 * np.cos(angle)), round(32 + 18 * np.sin(angle)))
            cv2.line(picture, inner, tip, (*dark, 255), 2, cv2.LINE_AA)
        cv2.circle(picture, (32, 32), 17, (*dark, 255), 2, cv2.LINE_AA)
    elif kind == 1:
        shield = cv2.resize(_crest(int(rng.integers(VARIANTS))), (30, 34), interpolation=cv2.INTER_AREA)
        weight = shield[..., 3:].astype(np.float32) / 255
        part = picture[16:50, 17:47, :3]
        part[:] = (part * (1 - weight) + shield[..., :3] * weight).astype(np.uint8)
    elif kind == 2:
        for _ in range(6):
            centre = (int(rng.integers(16, 48)), int(rng.integers(16, 48)))
            cv2.circle(picture, centre, int(rng.integers(2, 7)), (*shade(rng, dark, 40), 255), -1, cv2.LINE_AA)
    elif kind == 3:
        cv2.circle(picture, (32, 32), int(rng.integers(6, 20)), (*dark, 255), int(rng.integers(2, 8)), cv2.LINE_AA)
        cv2.line(picture, (32, 12), (32, 52), (*dark, 255), int(rng.integers(2, 6)), cv2.LINE_AA)
    cv2.circle(picture, (32, 32), 29, (*shade(rng, (70, 70, 70), 40), 255), 2, cv2.LINE_AA)
    picture[..., 3] = cover
    return picture


@lru_cache(maxsize=VARIANTS)
def _sticker(variant: int) -> Picture:
    """Return a rectangular sticker: a tax mark with digits, a hologram field, a small flag or code letters."""
    rng = np.random.default_rng([3, variant])
    colours: list[Colour] = [
        (70, 140, 60),
        (60, 60, 200),
        (190, 110, 40),
        (80, 180, 190),
        (150, 150, 150),
        (90, 200, 235),
    ]
    width = int(rng.integers(30, 60))
    picture = np.empty((_SIDE, width, 4), np.uint8)
    picture[:] = (*shade(rng, colours[int(rng.integers(len(colours)))], 20), 255)
    kind = int(rng.integers(4))
    if kind <= 1:
        inner: Colour = WHITE if chance(rng, 0.5) else (40, 40, 40)
        if chance(rng, 0.7):
            cv2.rectangle(picture, (6, 8), (width - 7, 55), (*inner, 255), -1)
        tone: Colour = BLACK if inner == WHITE else WHITE
        number = str(int(rng.integers(1, 32)))
        size = 0.9 if len(number) == 1 else 0.035 * width * 0.5
        (wide, high), _ = cv2.getTextSize(number, 0, size, 3)
        cv2.putText(picture, number, ((width - wide) // 2, (64 + high) // 2), 0, size, (*tone, 255), 3, cv2.LINE_AA)
    elif kind == 2:
        for i, y in enumerate(range(0, _SIDE, int(rng.integers(8, 22)))):
            if i % 2:
                picture[y : y + 8, :, :3] = _TONES[int(rng.integers(len(_TONES)))]
    return picture


@lru_cache(maxsize=6000)
def emblem(kind: str, variant: int, height_px: int) -> Picture:
    """Return variant 0 <= variant < VARIANTS of a `seal`, `crest` or `sticker`, height_px high."""
    large = {"seal": _seal, "crest": _crest, "sticker": _sticker}[kind](variant)
    width = max(2, round(large.shape[1] * height_px / large.shape[0]))
    return np.asarray(cv2.resize(large, (width, height_px), interpolation=cv2.INTER_AREA), np.uint8)
