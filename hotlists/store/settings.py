"""What is set for a list as a whole: urgency, looks, rules of when and where it alerts."""

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from anpr.config.settings import require_valid, setting
from anpr.errors import ConfigError
from hotlists.store.conditions import Area, Hours

_NAME: Final = re.compile(r"[\w][\w .+-]{0,63}")


def _no_name(name: str) -> str:
    return "" if _NAME.fullmatch(name) else "1 to 64 letters, digits, spaces and . + - _, a letter or digit first"


@dataclass(frozen=True, slots=True)
class ListSettings:
    """Settings of a list; they travel with it from the back office.

    `colour` is #rgb or #rrggbb; without one the list has that of what its name says (`hotlists/store/colours.py`).
    `threshold` is the probability from which a hit alerts. `max_age_s`: past this age the list is stale.
    `expires_utc`: the list alerts no more. `default_weed_days`: entries without a weed date end so many days after
    the list came. `hours`: `Mon-Fri 07:00-19:00, Sat 08:00-12:00`, local time, empty for always. `area`: GeoJSON-like
    `{"circle": [lat, lon, metres]}` or `{"polygon": [[lat, lon], …]}`, empty for everywhere. Sightings of one
    entry are of one encounter until it was not seen for `encounter_s`. `cars`: patterns of car ids that get the list.
    """

    name: str = setting(misfit=_no_name)
    priority: int = setting(50, least=0, most=100)
    colour: str = setting("")
    sound: str = setting("alert")
    threshold: float = setting(0.8, least=0, above=True, most=1)
    covert: bool = setting(False)
    crew_may_disable: bool = setting(False)
    max_age_s: float | None = setting(None, least=0, above=True)
    expires_utc: str = setting("")
    default_weed_days: int | None = setting(None, least=1, most=36_500)
    hours: str = setting("")
    area: str = setting("")
    encounter_s: float = setting(60.0, least=0)
    cars: tuple[str, ...] = setting(("*",))

    def __post_init__(self) -> None:
        """Raise ConfigError for a value out of range."""
        require_valid(self, "the setting {} of a list")
        self.expiry()
        Hours.parse(self.hours)
        Area.parse(self.area)

    def is_for(self, car_id: str) -> bool:
        """Return whether the list is allotted to a car."""
        return any(fnmatchcase(car_id, pattern) for pattern in self.cars)

    def expiry(self) -> datetime | None:
        """Return when the list ends, None for never."""
        if not self.expires_utc:
            return None
        try:
            at = datetime.fromisoformat(self.expires_utc)
        except ValueError as error:
            raise ConfigError(
                "the setting expires_utc of a list must be a time like 2026-12-01T00:00:00+00:00"
            ) from error
        if at.tzinfo is None:
            raise ConfigError(
                "the setting expires_utc of a list must be a time with its offset, like 2026-12-01T00:00+00:00"
            )
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
