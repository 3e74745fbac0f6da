"""A place as Ordnance Survey grid reference: what British police say over the radio.

From the satellites' latitude and longitude (WGS 84, taken as ETRS89: they differ by less than a metre) by OSTN15, the transformation that
defines the National Grid, as the library convertbng holds it: offline, within 5 mm of the 40 points that the Ordnance Survey
publishes. Great Britain, the Isle of Man and the waters around them are covered; Northern Ireland has a grid of its own, and nothing
is given for it.
"""

import math
from typing import Final

from convertbng.cutil import convert_bng

_LETTERS: Final = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
"""Of the squares, without I."""

_SQUARE_M: Final = 100_000
_EAST_M: Final = 700_000
_NORTH_M: Final = 1_300_000
"""The extent of the National Grid."""

_NORTHERN_IRELAND_DEG: Final = (54.0, 55.28, -8.3, -5.42)
"""South, north, west, east: all of it but Rathlin's cliffs, and nothing of Kintyre (from 55.29) or Galloway (from -5.19)."""


def national_grid_m(latitude_deg: float, longitude_deg: float) -> tuple[float, float] | None:
    """Return easting and northing in metres, None where the National Grid is not in use."""
    south, north, west, east = _NORTHERN_IRELAND_DEG
    if south < latitude_deg < north and west < longitude_deg < east:
        return None
    eastings, northings = convert_bng(longitude_deg, latitude_deg)
    easting, northing = float(eastings[0]), float(northings[0])
    if not (0 <= easting < _EAST_M and 0 <= northing < _NORTH_M):  # nan too: no OSTN15 there
        return None
    return easting, northing


def grid_reference(latitude_deg: float, longitude_deg: float, figures: int = 8) -> str | None:
    """Return letters and an even number of figures (2 to 10; 8 are a square of 10 m, 10 of 1 m), None outside the National Grid.

    It names the square's south-west corner, as the Ordnance Survey does: cut, never rounded.

    >>> grid_reference(51.4893656, -0.1199256)
    'TQ 3062 7838'
    """
    place = national_grid_m(latitude_deg, longitude_deg)
    return None if place is None else reference_of(*place, figures)


def reference_of(easting_m: float, northing_m: float, figures: int = 8) -> str:
    """Return the reference of a place on the National Grid.

    >>> reference_of(651409.903, 313177.270, 10)
    'TG 51409 13177'
    """
    across, up = int(easting_m // _SQUARE_M), int(northing_m // _SQUARE_M)
    first = (19 - up) // 5 * 5 + (across + 10) // 5
    second = (19 - up) % 5 * 5 + across % 5
    digits = figures // 2
    within = (math.floor(metres % _SQUARE_M / 10 ** (5 - digits)) for metres in (easting_m, northing_m))
    numbers = " ".join(f"{number:0{digits}d}" for number in within)
    return f"{_LETTERS[first]}{_LETTERS[second]} {numbers}"
