"""Where the lists of a car come from, and whom it trusts: the table [sync] of a file, without a car's other settings."""

from pathlib import Path

from anpr.config.car import SyncConfig
from anpr.config.file import read_toml, settings_of
from anpr.errors import ConfigError


def load_sync_config(path: Path) -> SyncConfig:
    """Return the settings of the table [sync]; paths are relative to the file. Raises ConfigError."""
    table = read_toml(path, "sync settings").get("sync")
    if not isinstance(table, dict):
        raise ConfigError(f"the sync settings {path} have no table [sync]: add it")
    config = settings_of(SyncConfig, table, path, "sync")
    if not config.url:
        raise ConfigError(f"{path}: '[sync] url' is missing: name the address or folder of the published lists")
    return config
