"""What is said to control of a vehicle, in one line: the mark in the NATO alphabet, vehicle, markers, place and road bearing."""

from collections.abc import Sequence
from typing import Final

from anpr.hidden import SYMBOL
from anpr.stops.grid_reference import grid_reference
from anpr.vrm import normalise

_WORDS: Final = (
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike",
    "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu",
)  # fmt: skip
"""The alphabet of NATO and ICAO; Alpha as British police write it."""

_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_SPOKEN: Final = {
    **{word[0]: word for word in _WORDS},
    **{str(number): word for number, word in enumerate(_DIGITS)},
    SYMBOL: "unknown",
    "?": "unknown",
    "*": "more unknown",
}

_POINTS: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def spoken(vrm: str) -> str:
    """Return a mark as it is said over the radio; what stands for a character not seen is said so.

    >>> spoken("ab51 cde"), spoken("K▯1")
    ('Alpha Bravo five one Charlie Delta Echo', 'Kilo unknown one')
    """
    return " ".join(_SPOKEN.get(character, character) for character in normalise(vrm))


def place_words(latitude_deg: float, longitude_deg: float) -> str:
    """Return the place as grid reference to 10 m; where the National Grid is not in use, latitude and longitude (5 decimals, about 1 m).

    >>> place_words(51.4893656, -0.1199256), place_words(54.597, -5.93)
    ('TQ 3062 7838', '54.59700 north 5.93000 west')
    """
    reference = grid_reference(latitude_deg, longitude_deg)
    if reference is not None:
        return reference
    north, east = ("south" if latitude_deg < 0 else "north"), ("west" if longitude_deg < 0 else "east")
    return f"{abs(latitude_deg):.5f} {north} {abs(longitude_deg):.5f} {east}"


def bearing_words(bearing_deg: float) -> str:
    """Return a bearing, clockwise from true north, as three figures and the nearest of eight points.

    >>> bearing_words(44.6), bearing_words(359.7)
    ('045 north-east', '000 north')
    """
    return f"{round(bearing_deg) % 360:03d} {_POINTS[round(bearing_deg / 45) % 8]}"


def radio_line(
    vrm: str,
    vehicle: str = "",
    markers: Sequence[str] = (),
    place_deg: tuple[float, float] | None = None,
    bearing_deg: float | None = None,
) -> str:
    """Return the line: what is not known is said to be so, but for the vehicle and markers, which are left out.

    `vehicle` is colour, make and model in words, `markers` the warning markers in words, `place_deg` latitude and longitude,
    `bearing_deg` which way the road runs there, as the car drove it.

    >>> radio_line("AB51CDE", "black Audi", ["firearms"], (51.4893656, -0.1199256), 44.6)
    'Alpha Bravo five one Charlie Delta Echo. Black Audi. Firearms. At TQ 3062 7838, road bearing 045 north-east.'
    """
    said = [spoken(vrm)]
    if vehicle.strip():
        said.append(_sentence(vehicle))
    if warned := ", ".join(" ".join(marker.split()) for marker in markers if marker.strip()):
        said.append(_sentence(warned))
    if place_deg is None:
        said.append("Place not known")
    else:
        bearing = "road bearing not known" if bearing_deg is None else f"road bearing {bearing_words(bearing_deg)}"
        said.append(f"At {place_words(*place_deg)}, {bearing}")
    return f"{'. '.join(said)}."


def _sentence(words: str) -> str:
    """Return words on one line, the first letter large, without the full stop that is put behind them."""
    line = " ".join(words.split()).rstrip(".")
    return line[:1].upper() + line[1:]
