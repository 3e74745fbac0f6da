"""`anpr audit`: verify and export the audit log."""

import dataclasses
import getpass
import json
from pathlib import Path
from typing import Final

import click

from anpr.alerting.disclosure import Audience, ListNames
from anpr.cli.hotlist.opened import list_names, open_store
from anpr.cli.options import for_audience
from anpr.cli.streams import print_line
from anpr.config.data_folder import data_folder, records_db
from anpr.errors import InputError, StoreError
from anpr.trust.audit import AuditEntry, AuditHead, AuditLog

WITHHELD: Final = "withheld"
"""Action of an entry of the audit that may not be shown."""


@click.group()
def audit() -> None:
    """Verify and export the audit log."""


@audit.command("verify")
@click.option("--head", "known", metavar="NUMBER:HASH", help="A head noted earlier, which must still be in the chain.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def verify(data: Path | None, known: str | None, as_json: bool) -> None:
    """Walk the chain; exit code 1 and the first break when it is not whole."""
    log = _open(data)
    verdict = log.verify(_head(known) if known else None)
    log.close()
    if as_json:
        print_line(json.dumps({
            "type": "audit", "intact": verdict.intact, "entries": verdict.entries,
            "head": f"{verdict.head.seq}:{verdict.head.hash}", "trouble": verdict.trouble,
        }))  # fmt: skip
    if not verdict.intact:
        raise StoreError(verdict.trouble)
    if not as_json:
        print_line(f"The audit is whole: {verdict.entries} entries. Head, to be noted elsewhere:")
        print_line(f"{verdict.head.seq}:{verdict.head.hash}")


@audit.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--after", type=int, default=0, help="Only entries after this number.")
@click.pass_obj
@for_audience
def export(data: Path | None, target: Path, after: int, audience: Audience) -> None:
    """Write the entries as JSON, one a line, to a new file or standard output; the export is itself logged.

    An entry that names a list which the crew may not know of, or which is no longer in the car, is withheld but for its
    number, time and hashes. A supervisor gets all, with which the chain can be verified elsewhere.
    """
    log = _open(data)
    with open_store(data) as store:
        names = list_names(store, audience)
    log.record(f"command line: {getpass.getuser()}", "audit exported", {"after": str(after)})
    lines = (json.dumps(dataclasses.asdict(_shown(entry, names)), ensure_ascii=True) for entry in log.entries(after))
    try:
        if str(target) == "-":
            for line in lines:
                print_line(line)
        else:
            with target.open("x", encoding="ascii", newline="\n") as out:
                out.writelines(line + "\n" for line in lines)
    except FileExistsError as error:
        raise InputError(f"{target} exists already: name a new file") from error
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror}): name another file") from error
    finally:
        log.close()


def _shown(entry: AuditEntry, names: ListNames) -> AuditEntry:
    """Return an entry as it may be shown: of one that is withheld, number, time and hashes alone."""
    if names.may_show_audit(entry.detail):
        return entry
    return dataclasses.replace(entry, actor="", action=WITHHELD, detail={}, salt="")


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
