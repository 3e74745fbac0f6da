"""Which commands ask for a supervisor, once the car has one: `roles.toml` in the data folder, written by hand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anpr.config.file import load_settings
from anpr.config.settings import setting

ROLES_FILE: Final = "roles.toml"

BY_DEFAULT: Final = (
    "hotlist import", "hotlist set", "hotlist restore", "hotlist erase", "hotlist export", "hotlist set-aside",
)  # fmt: skip

COMMANDS: Final = (
    *BY_DEFAULT, "hotlist add", "hotlist remove", "hotlist publish", "hotlist sync", "hotlist lookup", "audit export",
    "evidence export",
)  # fmt: skip
"""Commands of `anpr` that may ask for one."""


@dataclass(frozen=True, slots=True)
class SupervisorRole:
    """`[supervisor]`: `commands` that only a supervisor gives.

    Left to crews, unless a force wants it otherwise: their own list (`add`, `remove`), `lookup`, `sync` (which believes nothing but
    the back office's signature), `publish` (which takes the back office's key), and exports of evidence and audit.
    """

    commands: tuple[str, ...] = setting(BY_DEFAULT, choices=COMMANDS)


@dataclass(frozen=True, slots=True)
class Roles:
    """The tables of `roles.toml`."""

    supervisor: SupervisorRole = setting(SupervisorRole())


def load_roles(folder: Path) -> Roles:
    """Return what the data folder's `roles.toml` says, without one the defaults. Raises ConfigError."""
    path = folder / ROLES_FILE
    return load_settings(Roles, path, "roles") if path.exists() else Roles()
