"""`anpr records`: damaged records: set aside, read as far as they can be, erased."""

from contextlib import closing
from pathlib import Path

import click

from anpr.cli.options import config_option, json_option, officer_option, settled_config, who
from anpr.cli.output import console, print_json, progress_console
from anpr.clock import SystemClock
from anpr.config.car import RecordsConfig
from anpr.config.data_folder import data_folder, latest_date, patrol_lock, records_db
from anpr.errors import InputError
from anpr.locks import no_patrol
from anpr.records.checks import whole
from anpr.records.renewal import damage, renew
from anpr.records.retention import Retention
from anpr.records.salvage import salvage as salvage_rows
from anpr.records.store import RecordStore
from anpr.set_aside import SetAside, files_set_aside
from anpr.trust.audit import AuditLog
from anpr.trusted_time import Dated, TrustedTime, read_latest


@click.group()
def records() -> None:
    """Damaged records: set aside, read as far as they can be, erased."""


@records.command("salvage")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@config_option
@json_option
@officer_option
@click.pass_obj
def salvage(
    data: Path | None, file: Path, folder: Path, config: Path | None, as_json: bool, officer: str | None
) -> None:
    """Write what can be read of the damaged records FILE into a new data folder FOLDER.

    Sightings, pictures, hits, alerts, decisions and the audit, whatever has become of the file; what is over its age is left out.
    Look at it with --data FOLDER (anpr audit verify, the history of the screen). FILE stays as it is, until its age is over or
    `anpr records erase` removes it.
    """
    if not file.is_file():
        raise InputError(f"{file}: no such file; 'anpr doctor' names what was set aside")
    home = data_folder(data)
    dated = _dated(home)
    target = records_db(folder)
    with progress_console().status("reading") as status:
        written = salvage_rows(file, target, lambda read: status.update(f"{read:,} rows read"))
        _drop_what_is_over_age(target, settled_config(config).records, dated)
    rows = {table: count for table, count in written.items() if count}
    if not rows:
        raise InputError(f"nothing can be read of {file}: no page of it holds records")
    told = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in rows.items())
    if records_db(home).exists():
        with closing(AuditLog(records_db(home))) as audit:
            audit.record(who(officer), "records salvaged", {"file": file.name, "rows": told})
    for one in files_set_aside(records_db(home)):
        if one.path.resolve() == file.resolve():
            one.settle()
    if as_json:
        print_json("salvaged", file=file, folder=folder, rows=written)
    else:
        console().print(f"{target}: {told}", markup=False)


@records.command("set-aside")
@json_option
@officer_option
@click.pass_obj
def set_aside(data: Path | None, as_json: bool, officer: str | None) -> None:
    """Set the records file aside if it is damaged and begin a new one, as a patrol does when it starts."""
    folder = data_folder(data)
    path = records_db(folder)
    with no_patrol(patrol_lock(folder)):
        dated = _dated(folder)
        why = damage(path, used_before=read_latest(latest_date(folder)) is not None) or whole(path)
        if not why:
            raise InputError(f"the records file {path} is whole: nothing is set aside")
        aside = renew(path, dated.at_utc, f"{why}; by {who(officer)}")
    if as_json:
        print_json("set_aside", file=aside, why=why)
    else:
        console().print(f"{aside}: set aside ({why}); new records are begun", markup=False)


@records.command("erase")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@officer_option
@click.pass_obj
def erase(data: Path | None, file: Path, as_json: bool, officer: str | None) -> None:
    """Remove a damaged records FILE that was set aside in the data folder, before its age is over."""
    path = records_db(data_folder(data))
    one = _named(files_set_aside(path), file)
    with closing(AuditLog(path)) as audit:
        audit.record(who(officer), "damaged records erased", {"file": one.path.name})
    one.erase()
    if as_json:
        print_json("erased", file=one.path)
    else:
        console().print(f"{one.path}: erased", markup=False)


def _dated(folder: Path) -> Dated:
    return TrustedTime(SystemClock(), read_latest(latest_date(folder))).look()


def _drop_what_is_over_age(target: Path, kept: RecordsConfig, dated: Dated) -> None:
    if not dated.trusted:
        return
    with closing(RecordStore(target, "salvage")) as store:
        retention = Retention(
            kept.pictures_days,
            kept.sightings_days,
            kept.alerts_days,
            kept.latencies_days,
            kept.audit_days,
            kept.stops_days,
        )
        while store.purge(dated.at_utc, retention):
            pass


def _named(found: list[SetAside], file: Path) -> SetAside:
    for one in found:
        if file.name == one.path.name and (len(file.parts) == 1 or file.resolve() == one.path.resolve()):
            return one
    raise InputError(f"{file} is no damaged records file of this data folder: see 'anpr doctor'")
