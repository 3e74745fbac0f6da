"""What is set for a list as a whole: urgency, looks, rules of when and where it alerts."""

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from anpr.errors import ConfigError
from hotlists.store.conditions import Area, Hours

_NAME: Final = re.compile(r"[\w][\w .+-]{0,63}")


@dataclass(frozen=True, slots=True)
class ListSettings:
    """Settings of a list; they travel with it from the back office.

    `threshold` is the probability from which a hit alerts. `max_age_s`: past this age the list is stale.
    `expires_utc`: the list alerts no more. `default_weed_days`: entries without a weed date end so many days after
    the list came. `hours`: `Mon-Fri 07:00-19:00, Sat 08:00-12:00`, local time, empty for always. `area`: GeoJSON-like
    `{"circle": [lat, lon, metres]}` or `{"polygon": [[lat, lon], …]}`, empty for everywhere. Sightings of one
    entry are of one encounter until it was not seen for `encounter_s`. `cars`: patterns of car ids that get the list.
    """

    name: str
    priority: int = 50
    colour: str = "#d22"
    sound: str = "alert"
    threshold: float = 0.8
    covert: bool = False
    crew_may_disable: bool = False
    max_age_s: float | None = None
    expires_utc: str = ""
    default_weed_days: int | None = None
    hours: str = ""
    area: str = ""
    encounter_s: float = 60.0
    cars: tuple[str, ...] = ("*",)

    def __post_init__(self) -> None:
        """Raise ConfigError for a value out of range."""
        _check(
            isinstance(self.name, str) and bool(_NAME.fullmatch(self.name)), "name", "letters, digits, . + - _ space"
        )
        _check(isinstance(self.priority, int) and 0 <= self.priority <= 100, "priority", "0 to 100")
        _check(_number(self.threshold) and 0.0 < self.threshold <= 1.0, "threshold", "above 0 and at most 1")
        for key in ("max_age_s", "default_weed_days"):
            value = getattr(self, key)
            _check(value is None or (_number(value) and value > 0), key, "more than 0")
        _check((self.default_weed_days or 0) <= 36_500, "default_weed_days", "at most 36500 (a hundred years)")
        _check(_number(self.encounter_s) and self.encounter_s >= 0, "encounter_s", "0 or more")
        _check(all(isinstance(v, bool) for v in (self.covert, self.crew_may_disable)), "covert", "true or false")
        texts = (self.colour, self.sound, self.expires_utc, self.hours, self.area, *self.cars)
        _check(all(isinstance(v, str) for v in texts), "colour, sound, hours or area", "text")
        if self.expires_utc:
            self.expiry()
        Hours.parse(self.hours)
        Area.parse(self.area)

    def expiry(self) -> datetime | None:
        """Return when the list ends, None for never."""
        if not self.expires_utc:
            return None
        try:
            at = datetime.fromisoformat(self.expires_utc)
        except ValueError as error:
            raise ConfigError("the setting expires_utc must be a time like 2026-12-01T00:00:00+00:00") from error
        _check(at.tzinfo is not None, "expires_utc", "a time with its offset, like 2026-12-01T00:00:00+00:00")
        return at

    def to_json(self) -> str:
        """Return the settings as one line of JSON, the same for the same settings."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> "ListSettings":
        """Return the settings of a JSON object; unknown keys of newer programs are passed over. Raises ConfigError."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise ConfigError("the settings of a list are not valid JSON: publish the list again") from error
        return cls.from_values(values)

    @classmethod
    def from_values(cls, values: Any) -> "ListSettings":
        """Return the settings of a mapping that came from outside; raises ConfigError."""
        if not isinstance(values, dict) or "name" not in values:
            raise ConfigError("the settings of a list must be an object with a name: publish the list again")
        known = {field.name for field in fields(cls)}
        chosen = {key: value for key, value in values.items() if key in known}
        cars = chosen.get("cars", ("*",))
        if not isinstance(cars, list | tuple):
            raise ConfigError("the setting cars must be a list of patterns: publish the list again")
        chosen["cars"] = tuple(cars)
        return cls(**chosen)

    def changed(self, **changes: Any) -> "ListSettings":
        """Return the settings with some of them changed; raises ConfigError."""
        return replace(self, **changes)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - NaN


def _check(holds: bool, key: str, expected: str) -> None:
    if not holds:
        raise ConfigError(f"the setting {key} of a list must be {expected}")
