"""How far a vehicle is, roughly, from how wide its plate is in the picture."""

import math
from typing import Final

from anpr.values import Sighting

ONE_LINE_M: Final = 0.52
"""Width of the usual British plate (docs/DOMAIN.md)."""
TWO_LINES_M: Final = 0.285
"""Width of the usual plate of two lines (docs/DOMAIN.md); motorcycles have 0.228, a fifth less."""

ONE_LINE_FROM: Final = 3.0
TWO_LINES_TO: Final = 1.7
"""Width by height of the box: 4.7 and 1.4 seen straight on. What lies between is either, seen from the side, and not told."""

NEAR_M: Final = 30
"""Up to here in steps of 5 m, beyond of 10 m: the lens, the angle and the box are not known any better."""


def rough_distance_m(sighting: Sighting, view_deg: float) -> int | None:
    """Return the distance at the last read in metres, rounded; None when box, frame or lens do not tell it.

    A plate of width W metres that is w pixels wide in a frame of F pixels, through a lens that sees `view_deg` from left to
    right, is W f / w metres away, with the focal length f = F / (2 tan(view_deg / 2)) in pixels: the pinhole camera
    (R. Hartley and A. Zisserman, Multiple View Geometry, 2nd edition, 6.1).
    """
    if not sighting.reads or sighting.frame_width_px <= 0 or not 0 < view_deg < 180:
        return None
    x0, y0, x1, y1 = sighting.reads[-1].detection.box_px
    width_px, height_px = x1 - x0, y1 - y0
    if width_px <= 0 or height_px <= 0:
        return None
    shape = width_px / height_px
    plate_m = ONE_LINE_M if shape >= ONE_LINE_FROM else TWO_LINES_M if shape <= TWO_LINES_TO else None
    if plate_m is None:
        return None
    focal_px = sighting.frame_width_px / (2 * math.tan(math.radians(view_deg) / 2))
    metres = plate_m * focal_px / width_px
    step_m = 5 if metres <= NEAR_M else 10
    return max(5, round(metres / step_m) * step_m)
