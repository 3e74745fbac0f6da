"""Distances on the ground."""

import math
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius (IUGG, 1980)."""


def great_circle_m(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Return the distance of two places given in degrees, in metres (haversine formula)."""
    phi_a, phi_b = math.radians(latitude_a), math.radians(latitude_b)
    half_lat = (phi_b - phi_a) / 2
    half_lon = math.radians(longitude_b - longitude_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(math.sqrt(h), 1.0))
