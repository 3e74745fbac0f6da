"""What a plate carries beside its characters, put where it belongs: separators, seals, bolts, bands, frames."""

from functools import lru_cache
from typing import Final

import numpy as np

from models.plates.canvas import Canvas, Colour, Mark
from models.plates.emblems import BLACK, BLUE, VARIANTS, WHITE, YELLOW, emblem, flag_picture
from models.plates.texts import LETTERS, chance, pattern_text, shade

_FIRMS: Final = 150


def flag(canvas: Canvas, name: str, x: float, y: float, width_mm: float) -> None:
    """Put a flag, the ring of stars (`EU`) or an unknown country's shield at (x, y)."""
    canvas.stamp(flag_picture(name, max(4, round(width_mm * canvas.scale))), x, y)


def put(canvas: Canvas, rng: np.random.Generator, kind: str, place: tuple[float, float, float]) -> None:
    """Put a random `seal`, `crest` or `sticker` with its middle at (x, y), `height_mm` high."""
    x, y, height_mm = place
    height_px = max(6, 3 * round(height_mm * canvas.scale / 3))  # few sizes, so that drawn ones are met again
    canvas.stamp(emblem(kind, int(rng.integers(VARIANTS)), height_px), x, y)


def separator(
    canvas: Canvas, rng: np.random.Generator, mark: Mark, place: tuple[float, float, float, float], ink: Colour
) -> None:
    """Draw what stands between two groups; `place` is left edge, width, top and height of its room."""
    x, width, top, height = place
    centre, middle = x + width / 2, top + height / 2
    if mark.kind == "dash":
        half, thick = width * rng.uniform(0.2, 0.42), height * rng.uniform(0.08, 0.15)
        canvas.rectangle(centre - half, middle - thick / 2 + rng.uniform(-3, 3), 2 * half, thick, ink)
        if chance(rng, 0.06):
            put(canvas, rng, "seal", (centre, top + height * float(rng.choice([0.2, 0.8])), min(width, height * 0.4)))
    elif mark.kind == "dot":
        canvas.disc(centre, middle, height * rng.uniform(0.06, 0.09), ink)
    elif mark.kind == "hologram":
        canvas.ring(centre, middle, height * 0.07, 1.0, shade(rng, (110, 110, 110), 30))
        if chance(rng, 0.5):
            canvas.disc(centre, middle, height * 0.035, shade(rng, (130, 130, 130), 30))
    elif mark.kind == "seal":
        size = min(width * 0.95, height * rng.uniform(0.26, 0.52))
        if chance(rng, 0.6):
            put(canvas, rng, "seal", (centre, top + height * rng.uniform(0.2, 0.28), size * rng.uniform(0.75, 1)))
            put(canvas, rng, "seal", (centre, top + height * rng.uniform(0.7, 0.8), size))
        else:
            put(canvas, rng, "seal", (centre, top + height * rng.uniform(0.25, 0.75), size))
    elif mark.kind in {"crest", "sticker"}:
        size = min(width * 1.1, height * rng.uniform(0.45, 0.85))
        put(canvas, rng, mark.kind, (centre, middle + rng.uniform(-5, 5), size))
    elif mark.kind == "patch":
        canvas.rectangle(x, top + height * 0.1, width * 0.92, height * 0.8, shade(rng, BLUE, 16))
        flag(canvas, "EU", centre - width * 0.04, middle, min(width, height) * 0.6)


def bolts(canvas: Canvas, rng: np.random.Generator, left_mm: float, right_mm: float = 0.0) -> None:
    """Set bolt heads, screw caps or bare holes: near the edges, right beside the text, or through characters."""
    y = canvas.height_mm * rng.uniform(0.3, 0.7)
    inset = rng.uniform(8, 40) if chance(rng, 0.6) else rng.uniform(40, 150)
    places = [left_mm + inset, canvas.width_mm - right_mm - inset]
    if chance(rng, 0.3):
        first, last = canvas.text_span_mm()
        places = [first - rng.uniform(5, 14), last + rng.uniform(5, 14)]
    tones: list[Colour] = [WHITE, YELLOW, BLACK, BLACK, (140, 140, 140), (60, 60, 60)]
    colour = shade(rng, tones[int(rng.integers(len(tones)))], 20)
    radius = rng.uniform(2, 6.5)
    heights = [y] if chance(rng, 0.85) else [canvas.height_mm * 0.1, canvas.height_mm * 0.9]
    for x, y in ((x, y) for x in places for y in heights):
        canvas.disc(x + rng.uniform(-3, 3), y + rng.uniform(-2, 2), radius, colour)
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
