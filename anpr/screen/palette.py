"""A list's colour on the screen: with a legible sign on it, and at night neither bright nor blue."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_FALLBACK: Final = (221, 34, 34)
_NIGHT_LUMINANCE: Final = 0.045
"""Highest relative luminance of a coloured surface at night; white is 1."""


@dataclass(frozen=True, slots=True)
class SurfaceColours:
    """A surface and the sign or text on it, each as #rrggbb."""

    surface: str
    sign: str


def relative_luminance(rgb: tuple[int, int, int]) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    r, g, b = ((c / 255 / 12.92) if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((relative_luminance(a), relative_luminance(b)))
    return (high + 0.05) / (low + 0.05)


def day_colours(colour: str) -> SurfaceColours:
    """Return the list's colour, darkened or lightened until black or white on it has a contrast of 7 to 1."""
    rgb = parse_colour(colour)
    sign = (255, 255, 255) if contrast(rgb, (255, 255, 255)) >= contrast(rgb, (0, 0, 0)) * 0.6 else (0, 0, 0)
    target = 0 if sign[0] else 255
    while contrast(rgb, sign) < 7.0:
        rgb = _each(rgb, lambda c: round(c + (target - c) * 0.08) if abs(target - c) > 6 else target)
    return SurfaceColours(hex_colour(rgb), hex_colour(sign))


def night_colours(colour: str) -> SurfaceColours:
    """Return the list's colour for the night: no more blue than a quarter of the rest, dark, with a warm sign on it.

    Sign to surface is 4.5 to 1, enough for large symbols; 7 to 1 would need a sign that dazzles at night. Shape and
    words tell lists apart as well, so that blue lists may turn olive here.
    """
    r, g, b = parse_colour(colour)
    if b > max(r, g):
        r, g = max(r, b // 2), max(g, b // 2)
    rgb = (r, g, min(b, max(r, g) // 4))
    while relative_luminance(rgb) > _NIGHT_LUMINANCE or contrast(rgb, _WARM) < 4.5:
        rgb = _each(rgb, lambda c: int(c * 0.95))
    return SurfaceColours(hex_colour(rgb), hex_colour(_WARM))


_WARM: Final = (224, 166, 80)
"""Sign on coloured surfaces at night."""


def parse_colour(text: str) -> tuple[int, int, int]:
    """Return #rgb or #rrggbb as numbers; anything else is a strong red, so that a bad colour is never invisible."""
    match = re.fullmatch(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text.strip())
    if match is None:
        return _FALLBACK
    digits = match[1] if len(match[1]) == 6 else "".join(c * 2 for c in match[1])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def hex_colour(rgb: tuple[int, int, int]) -> str:
    """Return the colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _each(rgb: tuple[int, int, int], change: Callable[[int], int]) -> tuple[int, int, int]:
    return change(rgb[0]), change(rgb[1]), change(rgb[2])
