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
from anpr.config.roles import ROLES_FILE, load_roles
from anpr.errors import AccessDenied
from anpr.showable import require_showable
from anpr.trust.accounts import CrewAccounts, CrewMember, Role, members_of
from anpr.trust.audit import AuditLog
from anpr.trust.lockout import Place

SUPERVISOR: Final = "anpr.supervisor"
"""Where a command finds, in its root context's `meta`, the supervisor who has proved to be it."""
_OFFICER: Final = "anpr.officer"
"""Where it finds the account of whoever has proved to be `--officer`."""

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Configuration of the car (see patrol.toml); default: its defaults.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
officer_option = click.option(
    "--officer", envvar="ANPR_OFFICER", default=None, metavar="COLLAR",
    help="Who is asking, for the audit: asks for the PIN once the car has crew accounts; default: the name of the machine's account.",
)  # fmt: skip


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
    """Return the name under which an action is audited: of whoever has proved to be it, else that of the machine's account.

    Once the car has accounts, `officer` is one of them and gives the PIN: raises AccessDenied. Before that it is what was typed,
    and stands beside the machine's account as that.
    """
    require_showable("--officer", officer or "")
    context = click.get_current_context()
    if proved := context.find_root().meta.get(SUPERVISOR):
        return str(proved)
    if not officer:
        return getpass.getuser()
    if member := _officer(context.obj, officer, stdin=bool(context.params.get("pin_stdin"))):
        return f"{member.collar} {member.name}"
    return f"{getpass.getuser()}, as {officer}"


def require_role(data: Path | None, officer: str | None, *, pin_stdin: bool = False) -> None:
    """Return when this command may be given; raises AccessDenied when that takes a supervisor who has not proved to be it."""
    context = click.get_current_context()
    folder = data_folder(data)
    name = f"{context.parent.info_name if context.parent else ''} {context.info_name}"
    if name not in load_roles(folder).supervisor.commands or context.find_root().meta.get(SUPERVISOR):
        return
    if not any(member.role is Role.SUPERVISOR for member in members_of(records_db(folder))):
        return
    member = _officer(data, officer, stdin=pin_stdin) if officer else None
    if member is None or member.role is not Role.SUPERVISOR:
        raise AccessDenied(
            f"only a supervisor gives the command '{name}' in this car: name one with --supervisor COLLAR, who gives the PIN"
            f" ({ROLES_FILE} in the data folder says which commands ask for one)"
        )


def _officer(data: Path | None, officer: str, *, stdin: bool) -> CrewMember | None:
    """Return the account of whoever is named, once for each command; None while the car has no accounts."""
    meta = click.get_current_context().find_root().meta
    if _OFFICER not in meta:
        has_accounts = bool(members_of(records_db(data_folder(data))))
        meta[_OFFICER] = prove(data, officer, typed_pin(officer, stdin=stdin)) if has_accounts else None
    member: CrewMember | None = meta[_OFFICER]
    return member


def for_audience(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that may name covert lists its `audience`: the crew, or with --supervisor one who proves to be it.

    It goes right above the function, below `click.pass_obj`. Without a supervisor covert lists are absent.
    """

    @click.option("--supervisor", metavar="COLLAR", help="Show covert lists too, to this supervisor; asks for the PIN.")
    @click.option(
        "--pin-stdin", is_flag=True, help="Read PINs from standard input, that of --supervisor first, one a line."
    )
    @functools.wraps(command)
    def asked(data: Path | None, /, *, supervisor: str | None, pin_stdin: bool, **rest: Any) -> None:
        audience = Audience.CREW
        if supervisor is not None:
            proved = require_supervisor(data, supervisor, typed_pin(supervisor, stdin=pin_stdin))
            click.get_current_context().find_root().meta[SUPERVISOR] = f"{proved.collar} {proved.name}"
            audience = Audience.SUPERVISOR
        elif pin_stdin and not rest.get("officer"):
            raise click.UsageError("--pin-stdin goes with --supervisor COLLAR or --officer COLLAR")
        require_role(data, rest.get("officer"), pin_stdin=pin_stdin)
        command(data, audience=audience, **rest)

    return asked


def typed_pin(collar: str, *, stdin: bool) -> str:
    """Return the PIN that is typed, or the next line of standard input."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(f"PIN of {collar}", hide_input=True, err=True)
    return typed


def prove(data: Path | None, collar: str, pin: str) -> CrewMember:
    """Return the member whose collar number and PIN these are; each use, granted or refused, is in the audit. Raises AccessDenied."""
    return _admitted(
        data, collar, "officer", lambda accounts: accounts.log_in(collar, pin, "command line", Place.COMMAND_LINE)
    )


def require_supervisor(data: Path | None, collar: str, pin: str) -> CrewMember:
    """Return the supervisor, as `prove`; raises AccessDenied for others."""
    return _admitted(
        data, collar, "supervisor", lambda accounts: accounts.require_supervisor(collar, pin, "command line")
    )


def _admitted(data: Path | None, collar: str, what: str, log_in: Callable[[CrewAccounts], CrewMember]) -> CrewMember:
    path = records_db(data_folder(data))
    accounts, audit = CrewAccounts(path), AuditLog(path)
    doing = {"command": click.get_current_context().command_path}
    try:
        member = log_in(accounts)
        audit.record(member.collar, f"{what} admitted", doing)
    except AccessDenied:
        audit.record(accounts.known_collar(collar) or "unknown collar", f"{what} refused", doing)
        raise
    finally:
        accounts.close()
        audit.close()
    return member
