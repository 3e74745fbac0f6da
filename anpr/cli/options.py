"""Options that several commands share."""

import getpass
from pathlib import Path

import click

from anpr.config import PatrolConfig, load_config

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Configuration of the car (see patrol.toml); default: its defaults.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
officer_option = click.option(
    "--officer", envvar="ANPR_OFFICER", default=None, help="Who is asking, for the audit; default: the account's name."
)


def settled_config(path: Path | None) -> PatrolConfig:
    """Return the configuration that was named, or the defaults."""
    return load_config(path) if path is not None else PatrolConfig()


def who(officer: str | None) -> str:
    """Return the name under which an action is audited."""
    return officer or getpass.getuser()
