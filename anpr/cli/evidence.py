"""`anpr evidence`: signed packages of alerts that leave the car, their verification anywhere, and what is held for a case."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import click
from rich.table import Table

from anpr import sqlite
from anpr.alerting.disclosure import Audience, ListNames
from anpr.cli.hotlist.opened import list_names, open_store
from anpr.cli.options import SUPERVISOR, config_option, for_audience, json_option, officer_option, settled_config, who
from anpr.cli.output import console, print_json
from anpr.clock import SystemClock
from anpr.config.data_folder import data_folder, latest_date, records_db, tablet_key
from anpr.errors import InputError, StoreError
from anpr.exhibits.gathering import ExhibitId, gather
from anpr.exhibits.overview import exportables
from anpr.exhibits.package import Circumstances, pack
from anpr.exhibits.verification import verify as verified
from anpr.records.holds import hold as hold_alert
from anpr.records.holds import release as release_alert
from anpr.records.retention import transaction
from anpr.records.store import RecordStore
from anpr.trust.audit import AuditLog
from anpr.trust.chain import AuditHead, AuditWriter
from anpr.trust.tablet_key import TabletKey, fingerprint
from anpr.trusted_time import TrustedTime, read_latest


def _given(ctx: click.Context, parameter: click.Parameter, reason: str) -> str:
    del ctx, parameter
    if not reason.strip():
        raise InputError("--reason is empty: write why, for the audit")
    return reason


reason_option = click.option(
    "--reason", required=True, callback=_given, help="Why, for the audit: an incident or crime number."
)


@click.group()
def evidence() -> None:
    """Signed packages of alerts: export, verify, hold."""


@evidence.command("list")
@json_option
@click.pass_obj
@for_audience
def list_(data: Path | None, as_json: bool, audience: Audience) -> None:
    """List what can be exported: alerts by their numbers; to a supervisor also sightings with hits (s12)."""
    folder = _with_records(data)
    found = exportables(records_db(folder), _names(data, audience))
    if as_json:
        for one in found:
            print_json(
                "exportable", id=one.id, at_utc=one.at_utc, vrm=one.vrm, lists=one.lists, state=one.state,
                decision=one.decision, held=one.held,
            )  # fmt: skip
        return
    table = Table("ID", "At (UTC)", "VRM", "Lists", "State", "Decision", "Held for")
    for one in found:
        table.add_row(one.id, one.at_utc[:19], one.vrm, ", ".join(one.lists), one.state, one.decision, one.held)
    console().print(table)


@evidence.command("export")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@reason_option
@config_option
@json_option
@officer_option
@click.pass_obj
@for_audience
def export(
    data: Path | None, ids: tuple[str, ...], target: Path, reason: str, config: Path | None, as_json: bool,
    officer: str | None, audience: Audience,
) -> None:  # fmt: skip
    """Write alerts (by ID, see `anpr evidence list`) into a new signed package FILE.

    It holds record, pictures, the list's entry as it stood, decisions, the chain of custody and a page to read, index.html. The
    export itself is in the audit before the file is there.
    """
    folder = _with_records(data)
    if target.exists():
        raise InputError(f"{target} exists already: name a new file")
    names = _names(data, audience)
    wanted = list(dict.fromkeys(ExhibitId.parse(text) for text in ids))
    exhibits = [gather(records_db(folder), one, names) for one in wanted]
    key = TabletKey.open(tablet_key(folder))
    by_whom = _by_whom(officer)
    detail = {
        "exhibits": ", ".join(map(str, wanted)),
        "reason": reason,
        "file": target.name,
        "key": fingerprint(key.public),
    }
    if audience is Audience.SUPERVISOR:
        detail["lists"] = ", ".join(sorted({name for exhibit in exhibits for name in exhibit.lists}))
    with closing(AuditLog(records_db(folder), doubt=_doubt(folder))) as log:
        entry = log.record(by_whom, "evidence exported", detail)
        about = Circumstances(SystemClock().utc(), by_whom, reason, settled_config(config).car.name)
        package = pack(
            exhibits, log.entries, AuditHead(entry.seq, entry.hash), about, key,
            lambda one: names.may_show_audit(one.detail),
        )  # fmt: skip
        try:
            with os.fdopen(
                os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
            ) as file:
                file.write(package)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            log.record(by_whom, "not done", {**detail, "action": "evidence exported", "why": type(error).__name__})
            raise InputError(f"{target} cannot be written ({error.strerror}): name another file") from error
    if as_json:
        print_json("evidence", file=target, exhibits=[str(one) for one in wanted], head=str(AuditHead(entry.seq, entry.hash)), key=fingerprint(key.public))  # fmt: skip
    else:
        console().print(
            f"{target}: {', '.join(str(one).replace('-', ' ') for one in wanted)}, signed with the key", markup=False
        )
        console().print(fingerprint(key.public), markup=False)


@evidence.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--key", default="", metavar="FINGERPRINT", help="Of the tablet's key, as it was noted: who must have signed."
)
@json_option
def verify(file: Path, key: str, as_json: bool) -> None:
    """Check a package FILE: whole, unaltered, and with --key signed by that tablet. Needs none of the car's data.

    Exit code 1 and one sentence when anything is wrong.
    """
    try:
        verdict = verified(file.read_bytes(), key)
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror})") from error
    told = verdict.manifest or {}
    if as_json:
        print_json(
            "verification", intact=verdict.intact, trouble=verdict.trouble, key=verdict.key, named_key=bool(key),
            exhibits=told.get("exhibits", []), made_utc=told.get("made_utc"), made_by=told.get("made_by"),
            reason=told.get("reason"), head=told.get("audit_head"), notes=verdict.notes,
        )  # fmt: skip
    if not verdict.intact:
        raise StoreError(f"{file}: {verdict.trouble}")
    if as_json:
        return
    say: Callable[[str], None] = lambda text: console().print(text, markup=False, highlight=False, soft_wrap=True)  # noqa: E731
    say(f"{file} is whole and unaltered: {', '.join(told['exhibits'])}, made {told['made_utc']} by {told['made_by']}.")
    for note in verdict.notes:
        say(f"Note: {note}.")
    if key:
        say("Signed with the key that was named.")
    else:
        say(f"Signed with the key {verdict.key}: compare it with the one that was noted, or name that with --key.")


@evidence.command("hold")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@reason_option
@officer_option
@click.pass_obj
@for_audience
def hold(data: Path | None, ids: tuple[str, ...], reason: str, officer: str | None, audience: Audience) -> None:
    """Keep alerts for a case: what is recorded of them is not purged until the hold ends."""
    names = _names(data, audience)
    records = records_db(_with_records(data))
    wanted = [_alert_id(text) for text in ids]
    for number in wanted:
        gather(records, ExhibitId(number), names)  # raises for what this audience may not know of
    _written(data, hold_alert, wanted, reason, _by_whom(officer))
    console().print(f"Held: {', '.join(map(str, wanted))}.", markup=False)


@evidence.command("release")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@reason_option
@officer_option
@click.pass_obj
@for_audience
def release(data: Path | None, ids: tuple[str, ...], reason: str, officer: str | None, audience: Audience) -> None:
    """End the hold of alerts: they are purged by their age again."""
    del audience  # a supervisor may be asked for, and the entry says who it was
    wanted = [_alert_id(text) for text in ids]
    _written(data, release_alert, wanted, reason, _by_whom(officer))
    console().print(f"No longer held: {', '.join(map(str, wanted))}.", markup=False)


@evidence.command("key")
@json_option
@click.pass_obj
def key_(data: Path | None, as_json: bool) -> None:
    """Print the fingerprint of the tablet's key, made if there is none: note it elsewhere when the tablet is fitted."""
    key = TabletKey.open(tablet_key(data_folder(data)))
    if as_json:
        print_json("key", fingerprint=fingerprint(key.public), public=key.public)
    else:
        console().print(fingerprint(key.public), markup=False, highlight=False)


def _written(
    data: Path | None,
    write: Callable[[sqlite.Connection, AuditWriter, int, str, str], None],
    alerts: Sequence[int],
    reason: str,
    by_whom: str,
) -> None:
    """Hold or release, all that were named or none."""
    folder = _with_records(data)
    writer = AuditWriter(doubt=_doubt(folder))
    try:
        with closing(RecordStore(records_db(folder), "hold")) as store, transaction(store.connection) as connection:
            for alert_id in alerts:
                write(connection, writer, alert_id, reason, by_whom)
    except sqlite.Error as error:
        raise StoreError(
            f"the records file {records_db(folder)} cannot be written ({error}): check the disk"
        ) from error


def _alert_id(text: str) -> int:
    wanted = ExhibitId.parse(text)
    if wanted.is_sighting:
        raise InputError(f"{text} is a sighting: alerts are held, by their numbers")
    return wanted.number


def _by_whom(officer: str | None) -> str:
    """Return who does it: the supervisor who has proved to be it, else who is named."""
    supervisor = click.get_current_context().find_root().meta.get(SUPERVISOR)
    return str(supervisor) if supervisor else f"command line: {who(officer)}"


def _names(data: Path | None, audience: Audience) -> ListNames:
    with open_store(data) as store:
        return list_names(store, audience)


def _doubt(folder: Path) -> Callable[[], str]:
    return lambda: TrustedTime(SystemClock(), read_latest(latest_date(folder))).look().why


def _with_records(data: Path | None) -> Path:
    folder = data_folder(data)
    if not records_db(folder).exists():
        raise InputError(f"there is no records file {records_db(folder)}: name the data folder with --data")
    with closing(
        RecordStore(records_db(folder), "evidence")
    ):  # opened, it has every table: also one without a patrol yet
        return folder
