"""Options that several commands share, and choices as all of them take them."""

import getpass
from enum import StrEnum
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


class WordChoice(click.Choice[StrEnum]):
    """A choice between the words of an enum, in capitals or not; what is shown are the words as the enum has them."""

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__(list(words), case_sensitive=False)

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """Return the word of a member, or what was typed, in small letters."""
        del ctx
        return str(choice).casefold()


def settled_config(path: Path | None) -> PatrolConfig:
    """Return the configuration that was named, or the defaults."""
    return load_config(path) if path is not None else PatrolConfig()


def who(officer: str | None) -> str:
    """Return the name under which an action is audited."""
    return officer or getpass.getuser()
