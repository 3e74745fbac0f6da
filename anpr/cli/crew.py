"""`anpr crew`: who may log in on the car's network."""

import dataclasses
import getpass
import json
import sys
from contextlib import closing
from pathlib import Path

import click
from rich.table import Table

from anpr.cli.options import require_supervisor, typed_pin
from anpr.cli.streams import console, print_line
from anpr.config.data_folder import data_folder, records_db
from anpr.errors import AccessDenied, InputError
from anpr.trust.accounts import CrewAccounts, Role, collar_number, require_good_pin
from anpr.trust.audit import AuditLog

_by_option = click.option("--by", metavar="COLLAR", help="The supervisor who does this; asks for the PIN.")


@click.group()
def crew() -> None:
    """Crew members who may log in."""


@crew.command("add")
@click.argument("collar")
@click.option("--name", required=True, help="Name as the screen shows it.")
@click.option("--supervisor", is_flag=True, help="A supervisor, to whom commands show covert lists.")
@_by_option
@click.option("--pin-stdin", is_flag=True, help="Read PINs from standard input, that of --by first, one a line.")
@click.pass_obj
def add(data: Path | None, collar: str, name: str, supervisor: bool, by: str | None, pin_stdin: bool) -> None:
    """Add a crew member, or give an existing one a new name, PIN and role.

    The first supervisor is made by whoever sets the car up. From then on only a supervisor adds, changes or removes
    anybody.
    """
    collar = collar_number(collar)
    _require_allowed(data, by, pin_stdin=pin_stdin)
    pin = _new_pin(pin_stdin=pin_stdin)
    require_good_pin(pin, collar)
    path = records_db(data_folder(data))
    accounts = CrewAccounts(path)
    member = accounts.add(collar, name, pin, Role.SUPERVISOR if supervisor else Role.CREW)
    accounts.close()
    _record(path, "crew added", {"collar": member.collar, "name": member.name, "role": member.role}, by)
    print_line(f"{member.collar} ({member.name}) may log in.", stderr=True)


@crew.command("reset")
@click.argument("collar")
@_by_option
@click.option("--pin-stdin", is_flag=True, help="Read PINs from standard input, that of --by first, one a line.")
@click.pass_obj
def reset(data: Path | None, collar: str, by: str | None, pin_stdin: bool) -> None:
    """Give a crew member who forgot their PIN a new one, and lift their locks; their devices log in anew."""
    collar = collar_number(collar)
    _require_allowed(data, by, pin_stdin=pin_stdin)
    path = records_db(data_folder(data))
    with closing(CrewAccounts(path)) as accounts:
        if collar not in {member.collar for member in accounts.members()}:
            raise InputError(f"no crew member has the collar number {collar}: see `anpr crew list`")
        pin = _new_pin(pin_stdin=pin_stdin)
        accounts.reset_pin(collar, pin)
    _record(path, "crew PIN reset", {"collar": collar}, by)
    print_line(f"{collar} has a new PIN.", stderr=True)


@crew.command("remove")
@click.argument("collar")
@_by_option
@click.option("--pin-stdin", is_flag=True, help="Read the PIN of --by from standard input.")
@click.pass_obj
def remove(data: Path | None, collar: str, by: str | None, pin_stdin: bool) -> None:
    """Remove a crew member."""
    _require_allowed(data, by, pin_stdin=pin_stdin)
    path = records_db(data_folder(data))
    accounts = CrewAccounts(path)
    accounts.remove(collar)
    accounts.close()
    _record(path, "crew removed", {"collar": collar_number(collar)}, by)
    print_line(f"{collar_number(collar)} may no longer log in.", stderr=True)


@crew.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(data: Path | None, as_json: bool) -> None:
    """List the crew members."""
    accounts = CrewAccounts(records_db(data_folder(data)))
    members = accounts.members()
    accounts.close()
    if as_json:
        for member in members:
            print_line(json.dumps(dataclasses.asdict(member)))
        return
    table = Table("Collar", "Name", "Role", "Added (UTC)")
    for member in members:
        table.add_row(member.collar, member.name, member.role.value, member.added_utc)
    console().print(table)


def _new_pin(*, pin_stdin: bool) -> str:
    if pin_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("PIN (6 to 12 digits)", hide_input=True, confirmation_prompt=True)
    return typed


def _require_allowed(data: Path | None, by: str | None, *, pin_stdin: bool) -> None:
    """Return when this account may be written; raises AccessDenied when that takes a supervisor who is not there."""
    supervisors = _supervisors(records_db(data_folder(data)))
    if by is not None:
        require_supervisor(data, by, typed_pin(by, stdin=pin_stdin))
    elif supervisors:
        raise AccessDenied("only a supervisor adds, changes or removes crew members: name one with --by")


def _supervisors(path: Path) -> set[str]:
    """Return the collar numbers of the supervisors; asking makes no file."""
    if not path.exists():
        return set()
    with closing(CrewAccounts(path)) as accounts:
        return {member.collar for member in accounts.members() if member.role is Role.SUPERVISOR}


def _record(path: Path, action: str, detail: dict[str, str], by: str | None) -> None:
    log = AuditLog(path)
    log.record(f"command line: {getpass.getuser()}", action, detail | ({"by": collar_number(by)} if by else {}))
    log.close()
