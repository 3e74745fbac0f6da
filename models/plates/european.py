"""Plates of the rest of Europe, drawn from the table in `countries.py`."""

from typing import Final

import numpy as np

from models.plates.canvas import Canvas, Colour, Item, Mark, Plate
from models.plates.countries import ANYWHERE, COUNTRIES, OTHER_COLOURS, Country
from models.plates.edges import band, extras, right, rim
from models.plates.emblems import RED, YELLOW
from models.plates.fittings import frame, separator
from models.plates.glyphs import VARIANTS, Face, face
from models.plates.texts import LETTERS, chance, pattern_text, random_text, shade

_BY_CODE: Final = {c.code: c for c in COUNTRIES}
_MARKS: Final = {
    " ": "gap",
    "-": "dash",
    ".": "dot",
    "*": "seal",
    "#": "crest",
    "=": "sticker",
    "~": "hologram",
    "%": "patch",
}
_ROOM_MM: Final = {
    " ": (9, 44),
    "-": (18, 40),
    ".": (12, 24),
    "*": (34, 50),
    "#": (38, 56),
    "=": (28, 44),
    "~": (18, 34),
    "%": (48, 70),
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
    height_px = int(rng.choice([36, 46, 56] if len(lines) == 1 else [36, 46]))
    scale = height_px / character_mm
    plate_face = face(str(rng.choice(list(country.faces))), int(rng.integers(VARIANTS)))
    gap = float(rng.uniform(*country.gap_mm)) * (0.7 if small else 1.0)
    ground, ink = _colours(rng, country, words)
    band_mm = rng.uniform(38, 50) * (0.8 if len(lines) == 2 else 1.0) if chance(rng, country.band) else 0.0
    right_mm = rng.uniform(32, 45) if len(lines) == 1 and chance(rng, 0.8 if country.right else 0.08) else 0.0
    rows = [_items(rng, line, character_mm, second=i > 0) for i, line in enumerate(lines)]
    size = _size(rng, country, (rows, plate_face, height_px, gap), character_mm, band_mm)
    canvas = Canvas(size, scale, ground, country.code)
    rim(canvas, rng, country, ink)
    if band_mm:
        band(canvas, rng, country, band_mm)
    if right_mm:
        right(canvas, rng, country, right_mm)
    line_gap = rng.uniform(6, 14)
    block = character_mm * len(rows) + line_gap * (len(rows) - 1)
    top = (canvas.height_mm - block) / 2 + rng.uniform(-3, 3)
    aligned = float(rng.uniform(0.2, 0.8)) if chance(rng, 0.2) else 0.5
    wobble = rng.normal(0, 0.8, 24) if chance(rng, 0.2) else None
    cell = 0.9 * plate_face.mask("H", height_px).shape[1] / scale if chance(rng, country.even_pitch) else 0.0
    for i, row in enumerate(rows):
        upper = top + i * (character_mm + line_gap)
        room = (band_mm + rng.uniform(5, 12), canvas.width_mm - right_mm - rng.uniform(5, 12))
        marks = canvas.write(
            row, plate_face, room, height_px=height_px, gap=gap, top=upper, align=aligned, jitter=wobble, cell=cell
        )
        for mark, x, width in marks:
            separator(canvas, rng, mark, (x, width, upper, character_mm), ink)
    canvas.set_ink(ink, "pressed" if chance(rng, 0.6) else "flat", rng.uniform(8, 70))
    extras(canvas, rng, country, band_mm, right_mm)
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


def _items(rng: np.random.Generator, words: str, character_mm: float, *, second: bool) -> list[Item]:
    """Return characters and marks; now and then a sticker or seal stands before or after all of them."""
    size = character_mm / 76
    if chance(rng, 0.05):
        words = "*#=%"[int(rng.integers(3 if second else 4))] + words
    if chance(rng, 0.05):
        words += "*#="[int(rng.integers(3))]
    stretch = rng.uniform(1.2, 2.2) if chance(rng, 0.08) else 1.0
    items: list[Item] = []
    for c in words:
        room = float(rng.uniform(*_ROOM_MM[c])) * size if c in _ROOM_MM else 0.0
        items.append(c if c.isalnum() else Mark(_MARKS[c], room * (stretch if c == " " else 1.0)))
    return items


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
