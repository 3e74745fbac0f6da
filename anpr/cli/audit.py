"""`anpr audit`: verify and export the audit log."""

import dataclasses
import getpass
import json
from pathlib import Path
from typing import Final

import click

from anpr.alerting.disclosure import Audience, ListNames
from anpr.cli.hotlist.opened import list_names, open_store
from anpr.cli.options import for_audience, json_option, officer_option, who
from anpr.cli.streams import print_line
from anpr.clock import SystemClock
from anpr.config.data_folder import data_folder, records_db, tablet_key
from anpr.errors import InputError, StoreError
from anpr.trust.anchor import Anchor, anchor_of, append_anchor, read_anchors
from anpr.trust.audit import AuditEntry, AuditHead, AuditLog
from anpr.trust.tablet_key import TabletKey, fingerprint

WITHHELD: Final = "withheld"
"""Action of an entry of the audit that may not be shown."""


@click.group()
def audit() -> None:
    """Verify and export the audit log."""


@audit.command("verify")
@click.option("--head", "known", metavar="NUMBER:HASH", help="A head noted earlier, which must still be in the chain.")
@click.option(
    "--anchor", "anchored", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Anchors kept outside the car: finds a cut end, a chain made anew, a replaced file and a clock set back.",
)  # fmt: skip
@click.option(
    "--key",
    default="",
    metavar="FINGERPRINT",
    help="Of the tablet's key, as it was noted: who must have signed the anchors.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def verify(data: Path | None, known: str | None, anchored: Path | None, key: str, as_json: bool) -> None:
    """Walk the chain; exit code 1 and the first break when it is not whole."""
    if key and anchored is None:
        raise click.UsageError("--key goes with --anchor FILE")
    anchors = read_anchors(anchored, key) if anchored is not None else []
    log = _open(data)
    verdict = log.verify(_head(known) if known else None, anchors)
    log.close()
    if as_json:
        print_line(json.dumps({
            "type": "audit", "intact": verdict.intact, "entries": verdict.entries,
            "head": f"{verdict.head.seq}:{verdict.head.hash}", "trouble": verdict.trouble,
            "erased": verdict.erased, "set_back": verdict.set_back, "anchors": len(anchors),
        }))  # fmt: skip
    if not verdict.intact:
        raise StoreError(verdict.trouble)
    if not as_json:
        if verdict.set_back:
            print_line(f"Note: {verdict.set_back}.")
        if anchors:
            print_line(
                f"It holds all that {len(anchors)} anchors say. Signed by {', '.join(sorted({fingerprint(one.key) for one in anchors}))}."
            )
        print_line(f"The audit is whole: {verdict.entries} entries. Head, to be noted elsewhere:")
        print_line(f"{verdict.head.seq}:{verdict.head.hash}")


@audit.command("anchor")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@officer_option
@click.pass_obj
def anchor(data: Path | None, target: Path, as_json: bool, officer: str | None) -> None:
    """Add the signed head of the audit to the file TARGET, which is to be kept outside the car."""
    folder = data_folder(data)
    log = _open(data)
    actor, detail = f"command line: {who(officer)}", {"file": target.name}
    try:
        log.record(actor, "audit anchored", detail)
        made = write_anchor(log, folder, target)
    except InputError as error:
        log.record(actor, "not done", {**detail, "action": "audit anchored", "why": type(error).__name__})
        raise
    finally:
        log.close()
    if as_json:
        print_line(
            json.dumps({"type": "anchor", "file": str(target), "head": str(made.head), "key": fingerprint(made.key)})
        )
    else:
        print_line(f"{target}: head {made.head}, signed with the key {fingerprint(made.key)}")


@audit.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--after", type=int, default=0, help="Only entries after this number.")
@click.pass_obj
@for_audience
def export(data: Path | None, target: Path, after: int, audience: Audience) -> None:
    """Write the entries as JSON, one a line, to a new file or standard output; the export is itself logged.

    An entry that names a list which the crew may not know of, or which is no longer in the car, is withheld but for its
    number, time and hashes. A supervisor gets all, with which the chain can be verified elsewhere. The signed head is written
    beside a file, as TARGET.anchor.
    """
    if str(target) != "-" and target.exists():
        raise InputError(f"{target} exists already: name a new file")
    log = _open(data)
    with open_store(data) as store:
        names = list_names(store, audience)
    actor = f"command line: {getpass.getuser()}"
    log.record(actor, "audit exported", {"after": str(after)})
    lines = (json.dumps(dataclasses.asdict(_shown(entry, names)), ensure_ascii=True) for entry in log.entries(after))
    try:
        if str(target) == "-":
            for line in lines:
                print_line(line)
        else:
            with target.open("x", encoding="ascii", newline="\n") as out:
                out.writelines(line + "\n" for line in lines)
            write_anchor(log, data_folder(data), target.with_name(f"{target.name}.anchor"))
    except OSError as error:
        log.record(actor, "not done", {"action": "audit exported", "why": type(error).__name__})
        raise InputError(f"{target} cannot be written ({error.strerror}): name another file") from error
    finally:
        log.close()


def _shown(entry: AuditEntry, names: ListNames) -> AuditEntry:
    """Return an entry as it may be shown: of one that is withheld, number, time and hashes alone."""
    if names.may_show_audit(entry.detail):
        return entry
    return dataclasses.replace(entry, actor="", action=WITHHELD, detail={}, salt="")


def write_anchor(log: AuditLog, folder: Path, target: Path) -> Anchor:
    """Add the signed head of an audit to a file and return it."""
    made = anchor_of(log.head(), SystemClock().utc(), TabletKey.open(tablet_key(folder)))
    append_anchor(target, made)
    return made


def _open(data: Path | None) -> AuditLog:
    path = records_db(data_folder(data))
    if not path.exists():
        raise InputError(f"there is no records file {path}: name the data folder with --data")
    return AuditLog(path)


def _head(text: str) -> AuditHead:
    number, _, hash_ = text.partition(":")
    if not number.isdigit() or len(hash_) != 64:
        raise InputError("--head is NUMBER:HASH as `anpr audit verify` prints it")
    return AuditHead(int(number), hash_.lower())
