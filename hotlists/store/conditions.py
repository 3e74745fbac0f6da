"""When and where a list alerts: hours of the week and an area."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from anpr.errors import ConfigError
from anpr.geodesy import great_circle_m
from hotlists.dates import LOCAL

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(
    r"(?:(?P<from>[a-z]{3})(?:\s*-\s*(?P<to>[a-z]{3}))?\s+)?(?P<h1>\d{1,2}):(?P<m1>\d{2})\s*-\s*(?P<h2>\d{1,2}):(?P<m2>\d{2})"
)
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of the week in which a list alerts: (weekday 0-6, first minute, minute after the last), local time."""

    spans: tuple[tuple[int, int, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Return the hours written as `Mon-Fri 07:00-19:00, Sat 22:00-04:00`; empty is always. Raises ConfigError.

        A span whose end is not after its start runs past midnight into the next day.
        """
        spans: list[tuple[int, int, int]] = []
        for part in filter(None, (p.strip().lower() for p in text.split(","))):
            match = _SPAN.fullmatch(part)
            if match is None:
                raise ConfigError("the setting hours must look like: Mon-Fri 07:00-19:00, Sat 22:00-04:00")
            start, end = (int(match[h]) * 60 + int(match[m]) for h, m in (("h1", "m1"), ("h2", "m2")))
            if max(start, end) > _DAY_MINUTES or int(match["m1"]) > 59 or int(match["m2"]) > 59:
                raise ConfigError("the setting hours holds a time of day that does not exist")
            for day in _days(match["from"], match["to"]):
                if end > start:
                    spans.append((day, start, end))
                else:
                    spans.append((day, start, _DAY_MINUTES))
                    spans.append(((day + 1) % 7, 0, end))
        return cls(tuple(spans))

    def include(self, at_utc: datetime) -> bool:
        """Return whether the list alerts at this time."""
        if not self.spans:
            return True
        local = at_utc.astimezone(LOCAL)
        minute = local.hour * 60 + local.minute
        return any(day == local.weekday() and start <= minute < end for day, start, end in self.spans)


@dataclass(frozen=True, slots=True)
class Area:
    """Where a list alerts: within `radius_m` of a point, or within a polygon of (latitude, longitude) corners."""

    circle: tuple[float, float, float] | None = None
    polygon: tuple[tuple[float, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Area":
        """Return the area of a JSON object with `circle` or `polygon`; empty is everywhere. Raises ConfigError."""
        if not text:
            return cls()
        try:
            value: Any = json.loads(text)
            if isinstance(value, dict) and set(value) == {"circle"}:
                latitude, longitude, radius_m = (float(v) for v in value["circle"])
                corners: tuple[tuple[float, float], ...] = ((latitude, longitude),)
                area = cls(circle=(latitude, longitude, radius_m))
                possible = radius_m > 0
            else:
                corners = tuple((float(lat), float(lon)) for lat, lon in value["polygon"])
                area = cls(polygon=corners)
                possible = len(corners) >= 3 and set(value) == {"polygon"}
        except (ValueError, TypeError, KeyError) as error:
            raise ConfigError(_AREA_FORM) from error
        if not possible or not all(abs(lat) <= 90.0 and abs(lon) <= 180.0 for lat, lon in corners):
            raise ConfigError(_AREA_FORM)
        return area

    def include(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Return whether a place lies in the area."""
        if self.circle is not None:
            latitude, longitude, radius_m = self.circle
            return great_circle_m(latitude, longitude, latitude_deg, longitude_deg) <= radius_m
        if not self.polygon:
            return True
        return _inside(self.polygon, latitude_deg, longitude_deg)


_AREA_FORM: Final = (
    'the setting area must be {"circle": [latitude, longitude, metres]} or {"polygon": [[latitude, longitude], …]}'
)


def _inside(polygon: tuple[tuple[float, float], ...], latitude: float, longitude: float) -> bool:
    """Even-odd rule on a flat map of degrees: areas of a force are small enough for that."""
    inside = False
    lat_1, lon_1 = polygon[-1]
    for lat_2, lon_2 in polygon:
        if (lat_1 > latitude) != (lat_2 > latitude):
            crossing = lon_1 + (latitude - lat_1) / (lat_2 - lat_1) * (lon_2 - lon_1)
            inside ^= longitude < crossing
        lat_1, lon_1 = lat_2, lon_2
    return inside


def _days(first: str | None, last: str | None) -> range | list[int]:
    if first is None:
        return range(7)
    if first not in _DAYS or (last is not None and last not in _DAYS):
        raise ConfigError("the setting hours names a day that does not exist: use Mon, Tue, Wed, Thu, Fri, Sat, Sun")
    start = _DAYS.index(first)
    end = _DAYS.index(last) if last is not None else start
    return [(start + i) % 7 for i in range((end - start) % 7 + 1)]
