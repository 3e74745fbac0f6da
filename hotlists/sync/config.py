"""Where the lists of a car come from, and whom it trusts: the table [sync] of a TOML file."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from anpr.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """One back office and this car's name there.

    `url`: the published folder, `https://…` or a path (a USB stick). `public_key`: the back office's key, PEM.
    `car_id`: matched against the patterns of cars of each list. `every_s`: how often to ask. `pinned_certificate`: PEM,
    the only certificate or authority trusted for the server; `pin_sha256`: fingerprint of the server's certificate.
    `client_certificate` and `client_key`: PEM, shown to the server.
    """

    url: str
    public_key: Path
    car_id: str = "car"
    every_s: float = 300.0
    timeout_s: float = 20.0
    pinned_certificate: Path | None = None
    pin_sha256: str = ""
    client_certificate: Path | None = None
    client_key: Path | None = None

    def __post_init__(self) -> None:
        """Raise ConfigError for a value out of range."""
        if not self.url:
            raise ConfigError("the setting sync.url is empty: name the address or folder of the published lists")
        for name in ("every_s", "timeout_s"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or value <= 0:
                raise ConfigError(f"the setting sync.{name} must be a number above 0")
        pin = self.pin_sha256.replace(":", "").lower()
        if pin and (len(pin) != 64 or set(pin) - set("0123456789abcdef")):
            raise ConfigError("the setting sync.pin_sha256 must be a SHA-256 fingerprint: 64 hexadecimal digits")
        if self.client_key is not None and self.client_certificate is None:
            raise ConfigError("the setting sync.client_key needs sync.client_certificate too")

    @property
    def is_folder(self) -> bool:
        """Whether the lists come from a folder rather than a server."""
        return not self.url.lower().startswith(("http://", "https://"))


def load_sync_config(path: Path) -> SyncConfig:
    """Return the settings of the table [sync]; paths are relative to the file. Raises ConfigError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("sync")
    except OSError as error:
        raise ConfigError(f"the sync settings {path} cannot be read ({error.strerror}): write them there") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the sync settings {path} are not valid TOML ({error}): correct them") from error
    if not isinstance(table, dict):
        raise ConfigError(f"the sync settings {path} have no table [sync]: add it")
    return sync_config(table, path.parent, str(path))


def sync_config(table: dict[str, Any], folder: Path, where: str) -> SyncConfig:
    """Return the settings of a table; raises ConfigError for unknown, missing or wrong ones."""
    known = {field.name for field in fields(SyncConfig)}
    unknown = set(table) - known
    if unknown:
        raise ConfigError(f"the setting sync.{min(unknown)} in {where} is unknown: use {', '.join(sorted(known))}")
    for name in ("url", "public_key"):
        if not isinstance(table.get(name), str):
            raise ConfigError(f"the setting sync.{name} is missing in {where}: add it")
    values = {name: value for name, value in table.items() if value != ""}
    for name in ("public_key", "pinned_certificate", "client_certificate", "client_key"):
        if name in values:
            values[name] = folder / str(values[name])
    for name in ("car_id", "pin_sha256"):
        if not isinstance(values.get(name, ""), str):
            raise ConfigError(f"the setting sync.{name} in {where} must be text")
    return SyncConfig(**values)
