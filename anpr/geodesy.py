"""Distances on the ground."""

import math
from typing import Final

from anpr.values import Position

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius (IUGG, 1980)."""


def distance_m(a: Position | None, b: Position | None) -> float | None:
    """Return the great-circle distance in metres (haversine formula), None when either place is not known."""
    if a is None or b is None:
        return None
    phi_a, phi_b = math.radians(a.latitude_deg), math.radians(b.latitude_deg)
    half_lat = (phi_b - phi_a) / 2
    half_lon = math.radians(b.longitude_deg - a.longitude_deg) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(math.sqrt(h), 1.0))
