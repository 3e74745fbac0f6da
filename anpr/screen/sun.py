"""Where the sun stands, to tell day from night without a network."""

import math
from datetime import UTC, datetime

NIGHT_BELOW_DEG = -4.0
"""Sun elevation below which the screen goes to night: half way through civil twilight, when headlights are on."""


def sun_elevation_deg(latitude_deg: float, longitude_deg: float, moment: datetime) -> float:
    """Return the sun's elevation over the horizon, within about 0.3 degrees, without refraction.

    Source: the low-precision formulas of the Astronomical Almanac (valid 1950 to 2050).
    """
    days = (moment.astimezone(UTC) - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 0.0000004 * days)
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    ascension = math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude))
    sidereal = math.radians((280.46062 + 360.98564737 * days + longitude_deg) % 360)
    hour_angle = sidereal - ascension
    latitude = math.radians(latitude_deg)
    sine = math.sin(latitude) * math.sin(declination)
    sine += math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def is_night(latitude_deg: float | None, longitude_deg: float | None, moment: datetime) -> bool:
    """Return True when it is dark there, or, where the place is not known, in the middle of Great Britain."""
    if latitude_deg is None or longitude_deg is None:
        latitude_deg, longitude_deg = 54.0, -2.5
    return sun_elevation_deg(latitude_deg, longitude_deg, moment) < NIGHT_BELOW_DEG
