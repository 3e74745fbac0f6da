"""`anpr data-key`: the key with which the data folder is locked: what seals it, and another in its place."""

from pathlib import Path

import click

from anpr.cli.options import json_option, officer_option, who
from anpr.cli.output import console, print_json, progress_console
from anpr.clock import utc_now
from anpr.config.data_folder import data_folder, patrol_lock, records_db
from anpr.errors import StoreError
from anpr.locks import no_patrol
from anpr.sealed_folder import change_key, plain_files, ready_folder
from anpr.sealing.data_key import read_keys
from anpr.sealing.machine import seal_named
from anpr.trust.audit import AuditLog


@click.group("data-key")
def data_key() -> None:
    """The key with which the data folder is locked."""


@data_key.command("status")
@json_option
@click.pass_obj
def status(data: Path | None, as_json: bool) -> None:
    """Say how the key is sealed, what that does not protect from, and what lies unlocked."""
    folder = data_folder(data)
    keys = read_keys(folder)
    seal, weakness = ("none", "") if keys is None else (keys.seal, seal_named(keys.seal).weakness())
    plain = [str(path.relative_to(folder)) for path in plain_files(folder)]
    if as_json:
        print_json(
            "data_key",
            seal=seal,
            weakness=weakness,
            changing=keys is not None and keys.following is not None,
            plain=plain,
        )
        return
    console().print("there is no data key yet" if keys is None else f"sealed by: {seal}", markup=False)
    for text in (weakness, f"not locked: {', '.join(plain)}" if plain else ""):
        if text:
            console().print(text, markup=False)


@data_key.command("change")
@json_option
@officer_option
@click.pass_obj
def change(data: Path | None, as_json: bool, officer: str | None) -> None:
    """Lock everything with a new key, and lock what is not locked yet; no patrol may run meanwhile.

    It takes as long as copying the databases, and as much room as the largest. Ended by force, it is completed by the next start.
    """
    folder = data_folder(data)
    actor = who(officer)  # before anything is done: whoever is not who they say changes no key
    with no_patrol(patrol_lock(folder)), progress_console().status("locking") as shown:
        trouble = ready_folder(folder, utc_now(), shown.update)
        if trouble:
            raise StoreError(trouble)
        count = change_key(folder, shown.update)
        if records_db(folder).exists():
            audit = AuditLog(records_db(folder))
            try:
                audit.record(actor, "data key changed", {"databases": str(count)})
            finally:
                audit.close()
    if as_json:
        print_json("changed", databases=count)
    else:
        console().print(f"{count} databases are locked with a new key", markup=False)
