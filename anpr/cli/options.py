"""Options that several commands share."""

from pathlib import Path

import click

from anpr.config import PatrolConfig, load_config

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Configuration of the car (see patrol.toml); default: its defaults.",
)


def settled_config(path: Path | None) -> PatrolConfig:
    """Return the configuration that was named, or the defaults."""
    return load_config(path) if path is not None else PatrolConfig()
