"""The configuration of one car: one TOML file, every key known, checked and documented in `patrol.toml`.

Each section is a frozen dataclass; `limits` in a field's metadata are the least and greatest value that make sense.
"""

import dataclasses
import difflib
import math
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anpr.errors import ConfigError


def _between(default: float, least: float, most: float = math.inf) -> Any:
    """A number with its limits."""
    return field(default=default, metadata={"limits": (least, most)})


def _one_of(default: str, *choices: str) -> Any:
    """A word from a fixed set."""
    return field(default=default, metadata={"choices": choices})


@dataclass(frozen=True, slots=True)
class CarConfig:
    """`[car]`: who reports the records."""

    name: str = "patrol car"
    feed_id: int = _between(1, 0)
    source_id: int = _between(1, 0)


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """`[[camera]]`: one table for each camera; `source` is an index, a device path, a URL, a clip or a folder."""

    id: str = "front"
    source: str = "0"
    number: int = _between(1, 0)
    width: int = _between(1280, 16, 8192)
    height: int = _between(720, 16, 8192)
    fps: float = _between(30.0, 0.1, 240.0)
    docked: bool = True


@dataclass(frozen=True, slots=True)
class GpsConfig:
    """`[gps]`: position from a serial port; `port` empty looks for one, `baud` 0 tries the usual rates."""

    enabled: bool = True
    port: str = ""
    baud: int = _between(0, 0, 1_000_000)
    stale_after_s: float = _between(3.0, 0.1, 3600.0)


@dataclass(frozen=True, slots=True)
class PerceptionConfig:
    """`[perception]`: detecting and reading."""

    reader: str = _one_of("patrol", "patrol", "easyocr")
    threads: int = _between(1, 1, 64)
    input_width: int = _between(960, 128, 4096)
    detector_confidence: float = _between(0.0, 0.0, 1.0)
    layout_prior: bool = True
    reported_confidence: float = _between(0.3, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class BudgetConfig:
    """`[budget]`: from a frame's grab to the alert raised."""

    grab_to_alert_ms: float = _between(250.0, 10.0, 60_000.0)


@dataclass(frozen=True, slots=True)
class AlertsConfig:
    """`[alerts]`: what becomes of a hit."""

    withdraw_share: float = _between(0.5, 0.0, 1.0)
    confirmed_probability: float = _between(0.99, 0.0, 1.0)
    look_back_h: float = _between(12.0, 0.0, 24.0 * 31)


@dataclass(frozen=True, slots=True)
class RecordsConfig:
    """`[records]`: days that each kind is kept, and the free disk space below which pictures are no longer stored."""

    pictures_days: float = _between(7.0, 0.0)
    sightings_days: float = _between(7.0, 0.0)
    alerts_days: float = _between(31.0, 0.0)
    latencies_days: float = _between(7.0, 0.0)
    least_free_mb: float = _between(500.0, 0.0)


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """`[sync]`: the back office; `url` empty means none. Paths are relative to the configuration file."""

    url: str = ""
    public_key: str = ""
    car_id: str = "car"
    every_s: float = _between(300.0, 1.0)
    timeout_s: float = _between(20.0, 0.1, 600.0)
    pinned_certificate: str = ""
    pin_sha256: str = ""
    client_certificate: str = ""
    client_key: str = ""


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """`[screen]`: the crew's screen; beyond this machine only with TLS and login."""

    enabled: bool = True
    port: int = _between(8737, 0, 65535)
    on_network: bool = False
    network_port: int = _between(8738, 0, 65535)
    network_names: tuple[str, ...] = ("anpr.local",)
    rules: str = ""
    moving_mph: float = _between(5.0, 0.0, 200.0)
    unlock_s: float = _between(300.0, 0.0)
    theme: str = _one_of("auto", "auto", "day", "night")


@dataclass(frozen=True, slots=True)
class PatrolConfig:
    """The whole file."""

    car: CarConfig = field(default_factory=CarConfig)
    camera: tuple[CameraConfig, ...] = (CameraConfig(),)
    gps: GpsConfig = field(default_factory=GpsConfig)
    perception: PerceptionConfig = field(default_factory=PerceptionConfig)
    budget: BudgetConfig = field(default_factory=BudgetConfig)
    alerts: AlertsConfig = field(default_factory=AlertsConfig)
    records: RecordsConfig = field(default_factory=RecordsConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    folder: Path = Path()
    """Where the file stands; not a key of it."""


def load_config(path: Path) -> PatrolConfig:
    """Read a configuration; raises ConfigError naming the key, what was expected and what was found."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"there is no configuration file {path}: copy patrol.toml and change it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration {path} cannot be read ({error}): save it as UTF-8 text") from error
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the configuration {path} is not valid TOML ({error}): correct that line") from error
    if "folder" in table:
        raise ConfigError("the configuration has an unknown key 'folder': it is the folder of the file itself")
    config: PatrolConfig = dataclasses.replace(_section(PatrolConfig, table, ""), folder=path.parent)
    names = [camera.id for camera in config.camera]
    if len(set(names)) != len(names):
        raise ConfigError(f"two cameras in {path} have the same id: give each [[camera]] its own")
    return config


def _section(kind: Any, table: dict[str, Any], where: str) -> Any:
    known = {f.name: f for f in dataclasses.fields(kind)}
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
            hint = f", did you mean '{near[0]}'" if near else ""
            raise ConfigError(f"the configuration has an unknown key '{where}{key}'{hint}? Known: {', '.join(known)}")
    hints = typing.get_type_hints(kind)
    values = {key: _value(known[key], hints[key], value, f"{where}{key}") for key, value in table.items()}
    return kind(**values)


def _value(known: Any, hint: Any, value: Any, key: str) -> Any:
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise ConfigError(f"'{key}' is a section: write it as [{key}] with its keys below")
        return _section(hint, value, f"{key}.")
    if isinstance(hint, types.GenericAlias):
        return _rows(typing.get_args(hint)[0], value, key)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if hint is str and key.endswith(".source") and isinstance(value, int):
        value = str(value)  # a camera's index is naturally written as a number
    if type(value) is not hint:
        raise ConfigError(f"'{key}' must be {_noun(hint)}, found {value!r}: correct it")
    _require_allowed(known.metadata, value, key)
    return value


def _rows(kind: Any, value: Any, key: str) -> tuple[Any, ...]:
    if kind is str:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise ConfigError(f"'{key}' must be a list of texts in quotes, found {value!r}: correct it")
        return tuple(value)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ConfigError(f"'{key}' is a list of tables: write each as [[{key}]]")
    return tuple(_section(kind, row, f"{key}[{i}].") for i, row in enumerate(value))


def _require_allowed(metadata: Mapping[str, Any], value: Any, key: str) -> None:
    limits = metadata.get("limits")
    if limits and not limits[0] <= value <= limits[1]:
        raise ConfigError(f"'{key}' must lie between {limits[0]:g} and {limits[1]:g}, found {value!r}: correct it")
    choices = metadata.get("choices")
    if choices and value not in choices:
        raise ConfigError(f"'{key}' must be one of {', '.join(choices)}, found {value!r}: correct it")


def _noun(hint: Any) -> str:
    return {int: "a whole number", float: "a number", str: "a text in quotes", bool: "true or false"}[hint]
