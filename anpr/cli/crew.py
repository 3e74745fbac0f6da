"""`anpr crew`: who may log in on the car's network."""

import getpass
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from anpr.accounts import CrewAccounts, collar_number, require_good_pin
from anpr.audit import AuditLog
from anpr.data_folder import data_folder, records_db


@click.group()
def crew() -> None:
    """Crew members who may log in."""


@crew.command("add")
@click.argument("collar")
@click.option("--name", required=True, help="Name as the screen shows it.")
@click.option("--pin-stdin", is_flag=True, help="Read the PIN from standard input instead of asking for it.")
@click.pass_obj
def add(data: Path | None, collar: str, name: str, pin_stdin: bool) -> None:
    """Add a crew member, or give an existing one a new name and PIN."""
    collar = collar_number(collar)
    if pin_stdin:
        pin = sys.stdin.readline().rstrip("\r\n")
    else:
        pin = click.prompt("PIN (6 to 12 digits)", hide_input=True, confirmation_prompt=True)
    require_good_pin(pin, collar)
    path = records_db(data_folder(data))
    accounts = CrewAccounts(path)
    member = accounts.add(collar, name, pin)
    accounts.close()
    _record(path, "crew added", {"collar": member.collar, "name": member.name})
    click.echo(f"{member.collar} ({member.name}) may log in.", err=True)


@crew.command("remove")
@click.argument("collar")
@click.pass_obj
def remove(data: Path | None, collar: str) -> None:
    """Remove a crew member."""
    path = records_db(data_folder(data))
    accounts = CrewAccounts(path)
    accounts.remove(collar)
    accounts.close()
    _record(path, "crew removed", {"collar": collar_number(collar)})
    click.echo(f"{collar_number(collar)} may no longer log in.", err=True)


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
            click.echo(json.dumps({"collar": member.collar, "name": member.name, "added_utc": member.added_utc}))
        return
    table = Table("Collar", "Name", "Added (UTC)")
    for member in members:
        table.add_row(member.collar, member.name, member.added_utc)
    Console().print(table)


def _record(path: Path, action: str, detail: dict[str, str]) -> None:
    log = AuditLog(path)
    log.record(f"command line: {getpass.getuser()}", action, detail)
    log.close()
