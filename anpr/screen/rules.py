"""What of the screen is configuration: symbols, words, sounds and limits. Defaults are in `rules.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from anpr.errors import ConfigError
from anpr.screen.driving import MPH_IN_MPS, DrivingLimits

SHAPES: Final = ("octagon", "diamond", "square", "circle", "triangle")


@dataclass(frozen=True, slots=True)
class SymbolRule:
    """An alert has this symbol when one of the words is in one of these fields of its entry (case does not matter)."""

    symbol: str
    shape: str
    label: str
    fields: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkerRule:
    """A warning marker of the lists: its code, words and symbol."""

    code: str
    label: str
    symbol: str


@dataclass(frozen=True, slots=True)
class StopQuestion:
    """A question of the stop record; `kind` is `text` or `choice`."""

    key: str
    label: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreenRules:
    """The settings of the screen; each is explained in `rules.toml`."""

    urgent_priority: int
    alert_priority: int
    mutable_below: int
    short_characters: int
    uncertain_below: float
    passenger_s: float
    idle_lock_s: float
    session_s: float
    sightings_shown: int
    engine_silent_s: float
    driving: DrivingLimits
    symbols: tuple[SymbolRule, ...]
    markers: tuple[MarkerRule, ...]
    probability_words: tuple[tuple[float, str], ...]
    stop_questions: tuple[StopQuestion, ...]
    texts: Mapping[str, str]
    symbols_folder: Path | None = None
    sounds_folder: Path | None = None


def screen_rules(changes: Mapping[str, Any] | None = None) -> ScreenRules:
    """Return the default settings with these tables replaced (`[screen]` of the patrol configuration).

    `texts` and `driving` are merged key by key. Raises ConfigError, naming the key, for anything unknown or wrong.
    """
    default = tomllib.loads(resources.files("anpr.screen").joinpath("rules.toml").read_text(encoding="utf-8"))
    table = {**default, "symbols_folder": None, "sounds_folder": None}
    for key, value in (changes or {}).items():
        if key not in table:
            raise ConfigError(f"screen.{key} is unknown: known are {', '.join(sorted(table))}")
        table[key] = {**table[key], **_mapping(key, value)} if isinstance(table[key], dict) else value
    symbols, sounds = table["symbols_folder"], table["sounds_folder"]
    return ScreenRules(
        urgent_priority=int(_number(table, "urgent_priority", 0, 100)),
        alert_priority=int(_number(table, "alert_priority", 0, 100)),
        mutable_below=int(_number(table, "mutable_below", 0, 100)),
        short_characters=int(_number(table, "short_characters", 3, 40)),
        uncertain_below=_number(table, "uncertain_below", 0, 1),
        passenger_s=_number(table, "passenger_s", 5, 3600),
        idle_lock_s=_number(table, "idle_lock_s", 10, 3600),
        session_s=_number(table, "session_s", 60, 12 * 3600),
        sightings_shown=int(_number(table, "sightings_shown", 0, 50)),
        engine_silent_s=_number(table, "engine_silent_s", 0.5, 60),
        driving=_driving(_mapping("driving", table["driving"])),
        symbols=tuple(
            SymbolRule(
                _text(row, "symbol"), _one_of(row, "shape", SHAPES), _text(row, "label"),
                _texts(row, "fields"), tuple(word.casefold() for word in _texts(row, "words")),
            )
            for row in _rows(table, "symbols")
        ),
        markers=tuple(
            MarkerRule(_text(row, "code").upper(), _text(row, "label"), _text(row, "symbol"))
            for row in _rows(table, "markers")
        ),
        probability_words=tuple(
            sorted(
                ((_number(row, "at_least", 0, 1), _text(row, "words")) for row in _rows(table, "probability_words")),
                reverse=True,
            )
        ),
        stop_questions=tuple(
            StopQuestion(
                _text(row, "key"), _text(row, "label"), _one_of(row, "kind", ("text", "choice")),
                bool(row.get("required", False)), _texts(row, "choices") if "choices" in row else (),
            )
            for row in _rows(table, "stop_questions")
        ),
        texts={key: str(value) for key, value in _mapping("texts", table["texts"]).items()},
        symbols_folder=Path(str(symbols)) if symbols else None,
        sounds_folder=Path(str(sounds)) if sounds else None,
    )  # fmt: skip


def _driving(table: Mapping[str, Any]) -> DrivingLimits:
    unknown = set(table) - {"speed_mph", "moving_after_s", "standing_after_s"}
    if unknown:
        raise ConfigError(f"screen.driving.{min(unknown)} is unknown")
    return DrivingLimits(
        _number(table, "speed_mph", 0, 30) * MPH_IN_MPS,
        _number(table, "moving_after_s", 0, 10),
        _number(table, "standing_after_s", 0, 60),
    )


def _mapping(key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"screen.{key} must be a table, found {value!r}")
    return value


def _rows(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = table[key]
    if not isinstance(rows, list) or not rows:
        raise ConfigError(f"screen.{key} must be a list of tables with at least one row")
    return [_mapping(key, row) for row in rows]


def _number(table: Mapping[str, Any], key: str, low: float, high: float) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ConfigError(f"screen: {key} must be a number from {low:g} to {high:g}, found {value!r}")
    return float(value)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"screen: {key} must be a text, found {value!r}")
    return value


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"screen: {key} must be a list of texts, found {value!r}")
    return tuple(value)


def _one_of(row: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = _text(row, key)
    if value not in allowed:
        raise ConfigError(f"screen: {key} must be one of {', '.join(allowed)}, found {value!r}")
    return value
