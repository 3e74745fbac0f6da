"""Plates of the rest of Europe, drawn from the table in `countries.py`."""

from typing import Final

import numpy as np

from models.train.canvas import Canvas, Colour, Item, Mark, Plate
from models.train.countries import ANYWHERE, COUNTRIES, OTHER_COLOURS, Country
from models.train.fittings import BLACK, BLUE, GOLD, RED, WHITE, YELLOW, bolts, firm, flag, frame, put, separator
from models.train.glyphs import VARIANTS, Face, face
from models.train.texts import LETTERS, chance, pattern_text, random_text, shade

_BY_CODE: Final = {c.code: c for c in COUNTRIES}
_MARKS: Final = {" ": "gap", "-": "dash", ".": "dot", "*": "seal", "#": "crest", "=": "sticker", "~": "hologram"}
_ROOM_MM: Final = {
    " ": (9, 44),
    "-": (18, 40),
    ".": (12, 24),
    "*": (34, 50),
    "#": (38, 56),
    "=": (28, 44),
    "~": (18, 34),
}
_LONGEST: Final = 10


def european_plate(rng: np.random.Generator, code: str) -> Plate:
    """Return a plate of the country; an unknown code gives random text in any face and colour."""
    country = _BY_CODE.get(code, ANYWHERE)
    words = random_words(rng) if country is ANYWHERE or chance(rng, 0.15) else _words(rng, country)
    lines = in_lines(rng, words)
    small = len(lines) == 2 and chance(rng, 0.45)
    character_mm = (
        country.character_mm * rng.uniform(0.94, 1.05) * (0.65 if small else 0.95 if len(lines) == 2 else 1.0)
    )
    height_px = int(rng.choice([36, 46, 56] if len(lines) == 1 else [30, 38, 46]))
    scale = height_px / character_mm
    plate_face = face(str(rng.choice(list(country.faces))), int(rng.integers(VARIANTS)))
    gap = float(rng.uniform(*country.gap_mm)) * (0.7 if small else 1.0)
    ground, ink = _colours(rng, country, words)
    band_mm = rng.uniform(38, 50) * (0.8 if len(lines) == 2 else 1.0) if chance(rng, country.band) else 0.0
    right_mm = rng.uniform(32, 45) if len(lines) == 1 and chance(rng, 0.8 if country.right else 0.03) else 0.0
    rows = [_items(rng, line, character_mm) for line in lines]
    size = _size(rng, country, (rows, plate_face, height_px, gap), character_mm, band_mm)
    canvas = Canvas(size, scale, ground, country.code)
    _rim(canvas, rng, country, ink)
    if band_mm:
        _band(canvas, rng, country, band_mm)
    if right_mm:
        _right(canvas, rng, country, right_mm)
    line_gap = rng.uniform(6, 14)
    block = character_mm * len(rows) + line_gap * (len(rows) - 1)
    top = (canvas.height_mm - block) / 2 + rng.uniform(-3, 3)
    aligned = float(rng.uniform(0.2, 0.8)) if chance(rng, 0.2) else 0.5
    wobble = rng.normal(0, 0.8, 24) if chance(rng, 0.2) else None
    for i, row in enumerate(rows):
        upper = top + i * (character_mm + line_gap)
        room = (band_mm + rng.uniform(5, 12), canvas.width_mm - right_mm - rng.uniform(5, 12))
        marks = canvas.write(
            row, plate_face, room, height_px=height_px, gap=gap, top=upper, align=aligned, jitter=wobble
        )
        for mark, x, width in marks:
            separator(canvas, rng, mark, (x, width, upper, character_mm), ink)
    canvas.set_ink(ink, "pressed" if chance(rng, 0.6) else "flat", rng.uniform(8, 70))
    _extras(canvas, rng, country, band_mm, right_mm)
    return canvas.plate(rng.uniform(4, 14), frame(rng) if chance(rng, 0.15) else None)


def _words(rng: np.random.Generator, country: Country) -> str:
    layout = country.layouts[int(rng.integers(len(country.layouts)))]
    if "@" in layout:
        heads = country.heads.split()
        layout = layout.replace("@", heads[int(rng.integers(len(heads)))].lower())
    return pattern_text(rng, layout, country.letters)


def random_words(rng: np.random.Generator) -> str:
    """Return random text of 1 to 10 characters in one to three groups; a third of it letters or digits alone."""
    shares = [0.01, 0.02, 0.04, 0.08, 0.14, 0.24, 0.27, 0.12, 0.05, 0.03]
    length = 1 + int(rng.choice(_LONGEST, p=shares))
    kind = rng.random()
    text = random_text(rng, length)
    if kind < 0.2:
        text = pattern_text(rng, "A" * length, LETTERS)
    elif kind < 0.35:
        text = pattern_text(rng, "0" * length)
    separators = " -*#.=~"
    for _ in range(int(rng.integers(0, 3))):
        spots = [i for i in range(1, len(text)) if text[i - 1].isalnum() and text[i].isalnum()]
        if spots:
            cut = spots[int(rng.integers(len(spots)))]
            text = text[:cut] + separators[int(rng.choice(7, p=[0.4, 0.25, 0.1, 0.1, 0.05, 0.05, 0.05]))] + text[cut:]
    return text


def in_lines(rng: np.random.Generator, words: str) -> list[str]:
    """Return the words in one line, or for an eighth of them in two."""
    if len(words) < 4 or not chance(rng, 0.13):
        return [words]
    breaks = [i for i, c in enumerate(words) if not c.isalnum() and 0 < i < len(words) - 1]
    if not breaks:
        middle = len(words) // 2
        return [words[:middle], words[middle:]]
    cut = breaks[int(rng.integers(len(breaks)))]
    # A seal or crest between the groups moves to the end of the first line, a dash or gap goes.
    return [words[:cut] + (words[cut] if words[cut] in "*#" else ""), words[cut + 1 :]]


def _items(rng: np.random.Generator, words: str, character_mm: float) -> list[Item]:
    size = character_mm / 76
    return [c if c.isalnum() else Mark(_MARKS[c], float(rng.uniform(*_ROOM_MM[c])) * size) for c in words]


def _size(
    rng: np.random.Generator,
    country: Country,
    written: tuple[list[list[Item]], Face, int, float],
    character_mm: float,
    band_mm: float,
) -> tuple[float, float]:
    """Return the plate's width and height in millimetres; two lines decide their own."""
    rows, plate_face, height_px, gap = written
    width_mm, height_mm = country.size_mm
    scale = height_px / character_mm
    widest = max(
        sum(i.width_mm if isinstance(i, Mark) else plate_face.mask(i, height_px).shape[1] / scale + gap for i in row)
        for row in rows
    )
    if len(rows) == 2:
        return max(widest + band_mm + rng.uniform(16, 50), 2.3 * character_mm), 2 * character_mm + rng.uniform(28, 46)
    if chance(rng, 0.12):
        width_mm = max(widest + band_mm + rng.uniform(20, 60), 160.0)
    return width_mm * rng.uniform(0.96, 1.03), height_mm * rng.uniform(0.96, 1.04)


def _colours(rng: np.random.Generator, country: Country, words: str) -> tuple[Colour, Colour]:
    ground, ink = country.ground, country.ink
    draw = rng.random()
    if country.code == "RO" and words[-6:].isdigit():
        ink = RED
    elif country.code == "F" and draw > 0.9:
        ground = YELLOW
    else:
        for share, other_ground, other_ink in OTHER_COLOURS:
            draw -= share
            if draw < 0:
                ground, ink = other_ground, other_ink
                break
    return shade(rng, ground), shade(rng, ink, 12)


def _rim(canvas: Canvas, rng: np.random.Generator, country: Country, ink: Colour) -> None:
    """Draw the border and what runs along the edges."""
    if country.code == "A" and country.border is not None:
        for y in (3.0, canvas.height_mm - 5.0):
            canvas.rectangle(0, y, canvas.width_mm, 2.5, shade(rng, country.border, 10))
    elif chance(rng, 0.65):
        colour = country.border or (ink if chance(rng, 0.75) else (130, 130, 130))
        line = rng.uniform(1.5, 3.5)
        canvas.border(rng.uniform(line / 2, 5), line, shade(rng, colour, 12), 10)


def _band(canvas: Canvas, rng: np.random.Generator, country: Country, width: float) -> None:
    """Draw the band at the left: stars or flag above, the country's letters below."""
    blue = BLUE if chance(rng, 0.6) else ((190, 100, 20) if chance(rng, 0.7) else (110, 40, 20))
    lettering = WHITE if chance(rng, 0.93) else GOLD
    if chance(rng, 0.12):  # bleached by the sun
        blue, lettering = (205, 185, 165), (WHITE if chance(rng, 0.6) else (120, 100, 90))
    canvas.rectangle(0, 0, width, canvas.height_mm, shade(rng, blue, 16))
    code = country.code
    if country is ANYWHERE:
        code = pattern_text(rng, "AAA"[: int(rng.integers(1, 4))], LETTERS)
    emblem = country.emblem if chance(rng, 0.8) else ("EU" if chance(rng, 0.5) else code)
    if chance(rng, 0.95):
        flag(canvas, emblem, width / 2, canvas.height_mm * rng.uniform(0.27, 0.38), width * rng.uniform(0.5, 0.85))
    height = {1: rng.uniform(16, 30), 2: rng.uniform(13, 22)}.get(len(code), rng.uniform(9, 14))
    canvas.caption(code, width / 2, canvas.height_mm * rng.uniform(0.70, 0.82), height, shade(rng, lettering, 8))


def _right(canvas: Canvas, rng: np.random.Generator, country: Country, width: float) -> None:
    """Draw what the right edge carries: a second band with a number or province, or a date on a coloured field."""
    kind = country.right or ("date" if chance(rng, 0.6) else "number")
    x = canvas.width_mm - width
    centre, height = x + width / 2, canvas.height_mm
    if kind == "date":
        field: Colour = YELLOW if chance(rng, 0.7) else ((60, 50, 210) if chance(rng, 0.5) else WHITE)
        canvas.rectangle(x, 0, width, height, shade(rng, field))
        rows = (0.3, 0.7) if chance(rng, 0.7) else (0.2, 0.5, 0.8)
        for y in rows:
            canvas.caption(f"{int(rng.integers(1, 99)):02d}", centre, height * y, 0.5 * height / len(rows), BLACK)
        if chance(rng, 0.5):
            canvas.rectangle(x + 4, height * 0.49, width - 8, 1.5, BLACK)
        return
    canvas.rectangle(x, 0, width, height, shade(rng, BLUE, 16))
    words = {"province": "AA", "code": "", "number": "00"}[kind]
    if words:
        words = pattern_text(rng, words if chance(rng, 0.9) else words + words[0])
        canvas.caption(words, centre, height * rng.uniform(0.68, 0.8), rng.uniform(14, 26), WHITE)
    if kind == "number" and chance(rng, 0.8):
        canvas.rectangle(x + 4, 6, width - 8, height * 0.42, shade(rng, WHITE, 10))
        put(canvas, rng, "crest", (centre, height * 0.28, height * 0.32))
    elif chance(rng, 0.75):
        tone: Colour = (20, 190, 230)
        canvas.ring(centre, height * 0.28, width * 0.32, 2, tone)
        canvas.caption(f"{int(rng.integers(0, 24)):02d}", centre, height * 0.28, 11, tone)


def _extras(canvas: Canvas, rng: np.random.Generator, country: Country, band_mm: float, right_mm: float) -> None:
    """Add small print above or below the characters, stickers and bolts."""
    middle = (canvas.width_mm + band_mm) / 2
    if chance(rng, 0.85 if country.above else 0.02):
        words = pattern_text(rng, "AAAAAAAAAAA"[: int(rng.integers(5, 12))], LETTERS)
        canvas.caption(words, middle, rng.uniform(6, 11), rng.uniform(6, 10), shade(rng, (70, 70, 70), 20))
    if chance(rng, 0.12):
        canvas.caption(firm(rng), middle, canvas.height_mm - rng.uniform(4, 8), rng.uniform(4, 7), (60, 60, 60))
    if chance(rng, 0.02):
        # A sticker in a corner, small enough that the character under it can still be read.
        place = (
            rng.uniform(band_mm + 15, canvas.width_mm - 15),
            canvas.height_mm * float(rng.choice([0.12, 0.88])),
            18.0,
        )
        put(canvas, rng, "seal", place)
    if chance(rng, 0.35):
        bolts(canvas, rng, band_mm, right_mm)
