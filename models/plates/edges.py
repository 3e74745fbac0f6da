"""What stands at the edges of a continental plate: border, bands, right-hand fields, small print, bolts."""

import numpy as np

from models.plates.canvas import Canvas, Colour
from models.plates.countries import ANYWHERE, Country
from models.plates.emblems import BLACK, BLUE, GOLD, WHITE, YELLOW
from models.plates.fittings import bolts, firm, flag, put
from models.plates.texts import LETTERS, chance, pattern_text, shade


def rim(canvas: Canvas, rng: np.random.Generator, country: Country, ink: Colour) -> None:
    """Draw the border and what runs along the edges."""
    if country.code == "A" and country.border is not None:
        for y in (3.0, canvas.height_mm - 5.0):
            canvas.rectangle(0, y, canvas.width_mm, 2.5, shade(rng, country.border, 10))
    elif chance(rng, 0.65):
        colour = country.border or (ink if chance(rng, 0.75) else (130, 130, 130))
        line = rng.uniform(1.5, 3.5)
        canvas.border(rng.uniform(line / 2, 5), line, shade(rng, colour, 12), 10)


def band(canvas: Canvas, rng: np.random.Generator, country: Country, width: float) -> None:
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


def right(canvas: Canvas, rng: np.random.Generator, country: Country, width: float) -> None:
    """Draw what the right edge carries: a second band with a number or province, or a date on a coloured field."""
    kind = country.right or str(rng.choice(["date", "number", "country", "picture"], p=[0.35, 0.15, 0.4, 0.1]))
    x = canvas.width_mm - width
    centre, height = x + width / 2, canvas.height_mm
    if kind == "date":
        field: Colour = YELLOW if chance(rng, 0.6) else ((60, 50, 210) if chance(rng, 0.6) else WHITE)
        canvas.rectangle(x, 0, width, height, shade(rng, field))
        rows = (0.3, 0.7) if chance(rng, 0.7) else (0.2, 0.5, 0.8)
        for y in rows:
            tone = BLACK if field != (60, 50, 210) or chance(rng, 0.5) else WHITE
            size = 0.5 * height / len(rows) * rng.uniform(0.6, 1.0)
            canvas.caption(f"{int(rng.integers(1, 99)):02d}", centre, height * y, size, tone, 0.9 * width)
        if chance(rng, 0.5):
            canvas.rectangle(x + 4, height * 0.49, width - 8, 1.5, BLACK)
        return
    if kind == "country":
        _country_sticker(canvas, rng, country, (x, width))
        return
    if kind == "picture":
        put(
            canvas,
            rng,
            "crest" if chance(rng, 0.7) else "sticker",
            (centre, height / 2, height * rng.uniform(0.4, 0.75)),
        )
        return
    canvas.rectangle(x, 0, width, height, shade(rng, BLUE, 16))
    words = {"province": "AA", "code": "", "number": "00"}[kind]
    if words:
        words = pattern_text(rng, words if chance(rng, 0.9) else words + words[0])
        canvas.caption(words, centre, height * rng.uniform(0.68, 0.8), rng.uniform(14, 40), WHITE, 0.85 * width)
    if kind == "number" and chance(rng, 0.8):
        canvas.rectangle(x + 4, 6, width - 8, height * 0.42, shade(rng, WHITE, 10))
        put(canvas, rng, "crest", (centre, height * 0.28, height * 0.32))
    elif chance(rng, 0.75):
        gold: Colour = (20, 190, 230)
        canvas.ring(centre, height * 0.28, width * 0.32, 2, gold)
        canvas.caption(f"{int(rng.integers(0, 24)):02d}", centre, height * 0.28, 11, gold)


def _country_sticker(canvas: Canvas, rng: np.random.Generator, country: Country, place: tuple[float, float]) -> None:
    """Draw a country's letters at the right edge: a black oval on white, or white letters and stars on blue."""
    x, width = place
    centre, height = x + width / 2, canvas.height_mm
    blue = chance(rng, 0.5)
    canvas.rectangle(x, 0, width, height, shade(rng, BLUE if blue else WHITE, 16))
    tone = WHITE if blue else BLACK
    canvas.rectangle(x - 2, 0, 2, height, shade(rng, BLACK if chance(rng, 0.5) else WHITE, 10))
    size = rng.uniform(0.25, 0.6) * height if len(country.code) == 1 else rng.uniform(0.14, 0.26) * height
    canvas.caption(country.code, centre, height * rng.uniform(0.45, 0.6), size, tone, 0.9 * width)
    if chance(rng, 0.5):
        if blue:
            flag(canvas, "EU", centre, height / 2, width * 0.85)
        else:
            canvas.ring(centre, height / 2, width * 0.46, 1.5, tone)


def extras(canvas: Canvas, rng: np.random.Generator, country: Country, band_mm: float, right_mm: float) -> None:
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
