"""Options that several commands share, and choices as all of them take them."""

import functools
import getpass
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import click

from anpr.alerting.disclosure import Audience
from anpr.config.car import PatrolConfig, load_config
from anpr.config.data_folder import data_folder, records_db
from anpr.errors import AccessDenied
from anpr.showable import require_showable
from anpr.trust.accounts import CrewAccounts, CrewMember
from anpr.trust.audit import AuditLog

SUPERVISOR: Final = "anpr.supervisor"
"""Where a command finds, in its root context's `meta`, the supervisor who has proved to be it."""

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
    return require_showable("--officer", officer or getpass.getuser())


def for_audience(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that may name covert lists its `audience`: the crew, or with --supervisor one who proves to be it.

    It goes right above the function, below `click.pass_obj`. Without a supervisor covert lists are absent.
    """

    @click.option("--supervisor", metavar="COLLAR", help="Show covert lists too, to this supervisor; asks for the PIN.")
    @click.option("--pin-stdin", is_flag=True, help="Read the supervisor's PIN from standard input.")
    @functools.wraps(command)
    def asked(data: Path | None, /, *, supervisor: str | None, pin_stdin: bool, **rest: Any) -> None:
        audience = Audience.CREW
        if supervisor is not None:
            proved = require_supervisor(data, supervisor, typed_pin(supervisor, stdin=pin_stdin))
            click.get_current_context().find_root().meta[SUPERVISOR] = f"{proved.collar} {proved.name}"
            audience = Audience.SUPERVISOR
        elif pin_stdin:
            raise click.UsageError("--pin-stdin goes with --supervisor COLLAR")
        command(data, audience=audience, **rest)

    return asked


def typed_pin(collar: str, *, stdin: bool) -> str:
    """Return the PIN that is typed, or the next line of standard input."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(f"PIN of {collar}", hide_input=True, err=True)
    return typed


def require_supervisor(data: Path | None, collar: str, pin: str) -> CrewMember:
    """Return the supervisor; each use, granted or refused, is in the audit. Raises AccessDenied."""
    path = records_db(data_folder(data))
    accounts, audit = CrewAccounts(path), AuditLog(path)
    doing = {"command": click.get_current_context().command_path}
    try:
        supervisor = accounts.require_supervisor(collar, pin, "command line")
        audit.record(supervisor.collar, "supervisor admitted", doing)
    except AccessDenied:
        audit.record(accounts.known_collar(collar) or "unknown collar", "supervisor refused", doing)
        raise
    finally:
        accounts.close()
        audit.close()
    return supervisor
