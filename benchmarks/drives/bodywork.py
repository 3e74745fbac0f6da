"""What vehicles look like: painted panels with lamps, windows, bumpers, grilles and wheels.

Every function returns a picture of shape (h, w, 4), BGR + opacity, at `PX_PER_M`, as seen from outside.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Panel = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""BGR."""

PX_PER_M: Final = 200
PAINTS: Final[dict[str, Colour]] = {
    "WHITE": (232, 233, 231), "SILVER": (178, 180, 181), "GREY": (98, 99, 102), "BLACK": (30, 30, 31),
    "BLUE": (134, 70, 32), "RED": (34, 30, 150), "GREEN": (62, 84, 44), "BEIGE": (140, 170, 186),
    "ORANGE": (30, 96, 214), "YELLOW": (42, 196, 226),
}  # fmt: skip
GLASS: Final[Colour] = (52, 44, 38)
PLASTIC: Final[Colour] = (38, 38, 40)
TYRE: Final[Colour] = (26, 25, 25)


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour made lighter or darker."""
    b, g, r = (int(min(max(c * factor, 0), 255)) for c in colour)
    return b, g, r


def blank(width_m: float, height_m: float, colour: Colour | None = None) -> Panel:
    """Return an empty panel: see-through, or of one colour with a soft sheen from top to bottom."""
    size = (max(int(height_m * PX_PER_M), 4), max(int(width_m * PX_PER_M), 4))
    panel = np.zeros((*size, 4), np.uint8)
    if colour is not None:
        sheen = np.linspace(1.08, 0.9, size[0])[:, None, None]
        panel[:, :, :3] = np.clip(np.array(colour) * sheen, 0, 255)
        panel[:, :, 3] = 255
    return panel


def _px(panel: Panel, points: list[tuple[float, float]]) -> NDArray[np.int32]:
    """Turn shares of the panel's width and height into its pixels, with four bits of fraction."""
    height, width = panel.shape[:2]
    return np.array([[x * width * 16, y * height * 16] for x, y in points], np.int32)


def area(panel: Panel, points: list[tuple[float, float]], colour: Colour, opacity: int = 255) -> None:
    """Fill a polygon, its points in shares of the panel's width and height from the top left."""
    cv2.fillPoly(panel, [_px(panel, points)], (*colour, opacity), cv2.LINE_AA, shift=4)


def mirrored(panel: Panel, points: list[tuple[float, float]], colour: Colour) -> None:
    """Fill a polygon on the left and its mirror image on the right."""
    area(panel, points, colour)
    area(panel, [(1 - x, y) for x, y in points], colour)


def line(panel: Panel, points: list[tuple[float, float]], colour: Colour, width_px: int = 2) -> None:
    """Draw a line through the points."""
    cv2.polylines(panel, [_px(panel, points)], False, (*colour, 255), width_px, cv2.LINE_AA, shift=4)


def rear(width_m: float, height_m: float, paint: Colour, boot: bool, rng: np.random.Generator) -> Panel:
    """Return the upright rear of a car up to the window, tyres below it, with lamps, bumper and badge."""
    panel = blank(width_m, height_m)
    low, bumper = rng.uniform(0.76, 0.8), rng.uniform(0.50, 0.58)
    mirrored(panel, [(0.05, low), (0.17, low), (0.17, 1.0), (0.06, 1.0)], TYRE)
    area(panel, [(0.03, 0.0), (0.97, 0.0), (1.0, 0.2), (1.0, low - 0.05), (0.95, low + 0.05), (0.05, low + 0.05), (0.0, low - 0.05), (0.0, 0.2)], paint)  # fmt: skip
    area(panel, [(0.03, 0.0), (0.97, 0.0), (0.98, 0.07), (0.02, 0.07)], shade(paint, 1.15))
    area(panel, [(0.06, low - 0.04), (0.94, low - 0.04), (0.93, low + 0.06), (0.07, low + 0.06)], PLASTIC)
    line(panel, [(0.0, bumper), (1.0, bumper)], shade(paint, 0.55), 3)
    line(panel, [(0.12, 0.02), (0.14, bumper)], shade(paint, 0.7))
    line(panel, [(0.88, 0.02), (0.86, bumper)], shade(paint, 0.7))
    top, bottom, inner = rng.uniform(0.04, 0.12), rng.uniform(0.32, 0.44), rng.uniform(0.16, 0.28)
    mirrored(panel, [(0.015, top), (inner, top + 0.03), (inner - 0.02, bottom), (0.015, bottom)], (34, 20, 138))
    mirrored(panel, [(0.03, top + 0.05), (inner - 0.03, top + 0.07), (inner - 0.04, top + 0.14), (0.03, top + 0.14)], (60, 50, 214))  # fmt: skip
    mirrored(panel, [(0.05, bottom - 0.1), (inner - 0.05, bottom - 0.1), (inner - 0.06, bottom - 0.04), (0.05, bottom - 0.04)], (200, 196, 206))  # fmt: skip
    if boot:
        area(panel, [(0.33, 0.1), (0.67, 0.1), (0.66, 0.14), (0.34, 0.14)], (190, 190, 192))
    centre = (panel.shape[1] // 2, int(panel.shape[0] * 0.06))
    cv2.circle(panel, centre, 9, (200, 200, 202, 255), -1, cv2.LINE_AA)
    mirrored(panel, [(0.1, low - 0.08), (0.2, low - 0.08), (0.19, low - 0.05), (0.1, low - 0.05)], (30, 26, 120))
    return panel


def front(width_m: float, height_m: float, paint: Colour, rng: np.random.Generator) -> Panel:
    """Return the upright front of a car up to the bonnet: grille, headlamps, bumper, tyres."""
    panel = blank(width_m, height_m)
    low = 0.78
    mirrored(panel, [(0.04, low), (0.17, low), (0.17, 1.0), (0.05, 1.0)], TYRE)
    area(panel, [(0.04, 0.0), (0.96, 0.0), (1.0, 0.16), (1.0, low - 0.1), (0.95, low + 0.06), (0.05, low + 0.06), (0.0, low - 0.1), (0.0, 0.16)], paint)  # fmt: skip
    grille_bottom, inset = rng.uniform(0.26, 0.36), rng.uniform(0.27, 0.34)
    area(
        panel,
        [(inset, 0.08), (1 - inset, 0.08), (0.97 - inset, grille_bottom), (0.03 + inset, grille_bottom)],
        (24, 24, 25),
    )
    for share in np.linspace(0.12, grille_bottom - 0.03, 4):
        line(panel, [(inset + 0.02, share), (0.98 - inset, share)], (88, 88, 90))
    cv2.circle(panel, (panel.shape[1] // 2, int(panel.shape[0] * 0.17)), 11, (205, 205, 208, 255), -1, cv2.LINE_AA)
    bottom, inner = rng.uniform(0.28, 0.36), rng.uniform(0.22, 0.26)
    mirrored(panel, [(0.02, 0.1), (inner, 0.16), (inner - 0.02, bottom), (0.03, bottom - 0.08)], (150, 148, 146))
    mirrored(
        panel, [(0.06, 0.17), (inner - 0.04, 0.2), (inner - 0.05, bottom - 0.04), (0.07, bottom - 0.1)], (228, 226, 222)
    )
    area(panel, [(0.16, 0.62), (0.84, 0.62), (0.8, low), (0.2, low)], (22, 22, 23))
    for share in (0.66, 0.71):
        line(panel, [(0.2, share), (0.8, share)], (60, 60, 62))
    mirrored(panel, [(0.05, 0.6), (0.13, 0.62), (0.12, 0.7), (0.06, 0.69)], (44, 44, 46))
    line(panel, [(0.02, 0.42), (0.98, 0.42)], shade(paint, 0.7), 2)
    return panel


def glass(width_m: float, height_m: float, paint: Colour, rear_window: bool) -> Panel:
    """Return a windscreen or rear window in its frame, with a reflection of the sky and heads behind it."""
    panel = blank(width_m, height_m, paint)
    area(panel, [(0.07, 0.06), (0.93, 0.06), (0.97, 0.97), (0.03, 0.97)], GLASS)
    area(panel, [(0.12, 0.1), (0.5, 0.1), (0.36, 0.6), (0.1, 0.6)], (92, 84, 76))
    for centre in (0.3, 0.7):
        line(panel, [(centre, 0.62), (centre, 0.95)], (30, 27, 25), 34)
    if rear_window:
        area(panel, [(0.42, 0.02), (0.58, 0.02), (0.58, 0.07), (0.42, 0.07)], (40, 30, 150))
        for share in np.linspace(0.25, 0.9, 6):
            line(panel, [(0.1, share), (0.9, share)], (64, 56, 50), 1)
    else:
        line(panel, [(0.06, 0.95), (0.45, 0.9)], (18, 18, 18), 4)
        line(panel, [(0.5, 0.95), (0.85, 0.9)], (18, 18, 18), 4)
    return panel


def lower_side(length_m: float, height_m: float, paint: Colour) -> Panel:
    """Return the side of a car below the windows, wheels included; the car's front is on the right."""
    panel = blank(length_m, height_m)
    sill = 1 - 0.2 / height_m
    area(panel, [(0.0, 0.12), (0.1, 0.0), (0.74, 0.0), (0.97, 0.16), (1.0, sill - 0.06), (0.97, sill), (0.03, sill), (0.0, sill - 0.1)], paint)  # fmt: skip
    line(panel, [(0.03, 0.3), (0.95, 0.34)], shade(paint, 0.8), 4)
    for share in (0.33, 0.52, 0.72):
        line(panel, [(share, 0.0), (share, sill)], shade(paint, 0.6))
    for share in (0.37, 0.56):
        line(panel, [(share, 0.18), (share + 0.04, 0.18)], shade(paint, 0.55), 5)
    radius = int(0.31 * PX_PER_M)
    for share in (0.19, 0.81):
        hub = (int(share * panel.shape[1]), panel.shape[0] - radius)
        cv2.circle(panel, hub, int(radius * 1.12), (16, 16, 16, 255), -1, cv2.LINE_AA)
        cv2.circle(panel, hub, radius, (*TYRE, 255), -1, cv2.LINE_AA)
        cv2.circle(panel, hub, int(radius * 0.66), (150, 150, 152, 255), -1, cv2.LINE_AA)
        cv2.circle(panel, hub, int(radius * 0.2), (90, 90, 92, 255), -1, cv2.LINE_AA)
    area(panel, [(0.0, 0.16), (0.04, 0.14), (0.04, 0.34), (0.0, 0.36)], (34, 20, 138))
    area(panel, [(1.0, 0.22), (0.95, 0.18), (0.94, 0.34), (1.0, 0.38)], (214, 212, 210))
    return panel


def upper_side(length_m: float, height_m: float, paint: Colour, hatch: bool) -> Panel:
    """Return the side windows and pillars; the car's front is on the right."""
    panel = blank(length_m, height_m)
    tail = 0.02 if hatch else 0.14
    area(panel, [(tail, 1.0), (tail + 0.06, 0.0), (0.55, 0.0), (0.74, 1.0)], paint)
    area(panel, [(tail + 0.05, 0.9), (tail + 0.09, 0.14), (0.53, 0.14), (0.69, 0.9)], GLASS)
    area(panel, [(tail + 0.12, 0.2), (0.3, 0.2), (0.24, 0.55), (tail + 0.1, 0.55)], (96, 88, 80))
    for share in (0.33, 0.52):
        line(panel, [(share, 0.0), (share, 1.0)], shade(paint, 0.45), 8)
    return panel


def box_rear(width_m: float, height_m: float, paint: Colour, chevrons: bool) -> Panel:
    """Return the rear of a van or lorry: two doors, lamps low down, chevron boards on a lorry."""
    panel = blank(width_m, height_m)
    base = 1 - 0.45 / height_m
    mirrored(panel, [(0.06, base), (0.2, base), (0.2, 1.0), (0.07, 1.0)], TYRE)
    area(panel, [(0.01, 0.0), (0.99, 0.0), (1.0, base), (0.0, base)], paint)
    area(panel, [(0.0, base - 0.03), (1.0, base - 0.03), (1.0, base + 0.09), (0.0, base + 0.09)], PLASTIC)
    line(panel, [(0.5, 0.02), (0.5, base - 0.03)], shade(paint, 0.5), 4)
    for share in (0.06, 0.94):
        line(panel, [(share, 0.05), (share, base - 0.1)], shade(paint, 0.65), 3)
    if chevrons:
        for k in range(10):
            colour = (40, 34, 196) if k % 2 else (60, 214, 232)
            area(
                panel,
                [(k / 10, base - 0.1), ((k + 1) / 10, base - 0.1), ((k + 1) / 10, base - 0.03), (k / 10, base - 0.03)],
                colour,
            )
    else:
        for left, right in ((0.08, 0.46), (0.54, 0.92)):
            area(panel, [(left, 0.1), (right, 0.1), (right, 0.42), (left, 0.42)], GLASS)
        mirrored(panel, [(0.0, base * 0.55), (0.06, base * 0.55), (0.06, base * 0.9), (0.0, base * 0.9)], (40, 30, 170))
    mirrored(panel, [(0.02, base), (0.16, base), (0.16, base + 0.06), (0.02, base + 0.06)], (44, 34, 190))
    return panel


def box_side(length_m: float, height_m: float, paint: Colour) -> Panel:
    """Return the side of a van or lorry's body, its front on the right."""
    panel = blank(length_m, height_m)
    base = 1 - 0.4 / height_m
    area(panel, [(0.0, 0.0), (0.84, 0.0), (0.93, 0.45), (1.0, 0.6), (1.0, base), (0.0, base)], paint)
    area(panel, [(0.74, 0.12), (0.83, 0.12), (0.9, 0.45), (0.74, 0.45)], GLASS)
    line(panel, [(0.7, 0.0), (0.7, base)], shade(paint, 0.6), 3)
    line(panel, [(0.02, base - 0.06), (0.98, base - 0.06)], shade(paint, 0.5), 6)
    radius = int(0.36 * PX_PER_M)
    for share in (0.2, 0.82):
        hub = (int(share * panel.shape[1]), panel.shape[0] - radius)
        cv2.circle(panel, hub, radius, (*TYRE, 255), -1, cv2.LINE_AA)
        cv2.circle(panel, hub, int(radius * 0.6), (140, 140, 142, 255), -1, cv2.LINE_AA)
    return panel
