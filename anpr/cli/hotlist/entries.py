"""Commands on single entries: look up, add, remove, export."""

import csv
from datetime import datetime
from pathlib import Path

import click
from rich import box
from rich.table import Table
from rich.text import Text

from anpr.alerting.disclosure import Audience, is_covert, shown_entries
from anpr.cli.hotlist.opened import named_list, open_audit, open_store, require_writable
from anpr.cli.options import for_audience, json_option, officer_option, who
from anpr.cli.output import age_words, console, print_json
from anpr.config.data_folder import data_folder, hotlists_db
from anpr.errors import InputError, UserError
from anpr.showable import as_cell, require_showable
from hotlists.columns import POLICE_COLUMNS, WARNING_MARKERS
from hotlists.dates import BadDate, end_of_day_s, weed_day
from hotlists.matching.matcher import open_matcher
from hotlists.store.by_hand import HAND_LIST, HandEntry, add_entry, remove_entry
from hotlists.store.store import HotlistStore


@click.command("lookup")
@click.argument("vrm")
@click.option("--reason", required=True, help="Why, for the audit.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def lookup(data: Path | None, vrm: str, reason: str, as_json: bool, officer: str | None, audience: Audience) -> None:
    """Look VRM up in all lists, wildcards included; the look-up is audited with its reason."""
    if not reason.strip():
        raise UserError("nothing is looked up: give a reason")
    require_showable("--reason", reason)
    folder = data_folder(data)
    with open_audit(data) as audit:
        audit.record(who(officer), "hotlist_lookup", {"vrm": vrm, "reason": reason})
    matcher = open_matcher(hotlists_db(folder), reload_every_s=None)
    try:
        found = shown_entries(matcher.look_up(vrm), audience)
    finally:
        matcher.close()
    if as_json:
        for entry, info, age_s in found:
            print_json(
                "entry", entry=entry, list=info.name, priority=info.priority, covert=is_covert(info), list_age_s=age_s
            )
        print_json("summary", found=len(found))
        return
    if not found:
        console().print("not on any list")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for column in ("VRM", "list", "age", "vehicle", "action", "markers", "reason", "until"):
        # What an officer acts on is whole on the narrowest terminal; long texts take more lines.
        table.add_column(column, no_wrap=column in {"VRM", "until"}, overflow="fold")
    for entry, info, age_s in found:
        markers = " ".join(f"{m} ({WARNING_MARKERS[m]})" if m in WARNING_MARKERS else m for m in entry.markers.split())
        vehicle = " ".join(filter(None, (entry.make, entry.model, entry.colour)))
        cells = (entry.vrm, info.name, age_words(age_s), vehicle, entry.action, markers, entry.reason, entry.weed_date)
        table.add_row(*(Text(cell) for cell in cells))  # a list's [brackets] are text, not markup
    console().print(table)


@click.command("add")
@click.argument("vrm")
@click.option("--reason", required=True, help="Why the vehicle is of interest.")
@click.option("--expires", required=True, help="Last day (2026-12-24), a time (2026-12-24T18:00), or never.")
@click.option("--list", "name", default=HAND_LIST, show_default=True, help="List to put it on; made if need be.")
@click.option("--make", default="", help="Make of the vehicle.")
@click.option("--model", default="", help="Model of the vehicle.")
@click.option("--colour", default="", help="Colour of the vehicle.")
@click.option("--action", default="STOP", show_default=True, help="What to do, as STOP or SILENT.")
@click.option("--markers", default="", help='Warning markers, as "FI VI".')
@click.option("--information", default="", help="What the crew should know.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def add(
    data: Path | None,
    /,
    vrm: str,
    reason: str,
    expires: str,
    name: str,
    as_json: bool,
    officer: str | None,
    audience: Audience,
    **columns: str,
) -> None:
    """Put VRM on a list of this car; it may hold ? and *."""
    with open_store(data) as store, open_audit(data) as audit:
        require_writable(store, name, audience)
        entry = HandEntry(vrm, reason, _expiry(expires), columns | {"weed_date": expires})
        revision, text = add_entry(store, name, entry, actor=who(officer), audit=audit)
    if as_json:
        print_json("added", list=name, vrm=text, revision=revision.number, entries=revision.entries)
    else:
        console().print(
            f"{text} is on {name!r} (revision {revision.number}, {revision.entries:,} entries)", markup=False
        )


@click.command("remove")
@click.argument("vrm")
@click.option("--list", "name", default=HAND_LIST, show_default=True, help="List to take it off.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def remove(data: Path | None, vrm: str, name: str, as_json: bool, officer: str | None, audience: Audience) -> None:
    """Take VRM off a list of this car."""
    with open_store(data) as store, open_audit(data) as audit:
        named_list(store, name, audience)
        revision = remove_entry(store, name, vrm, actor=who(officer), audit=audit)
    if as_json:
        print_json("removed", list=name, revision=revision.number, entries=revision.entries)
    else:
        console().print(f"taken off {name!r} (revision {revision.number}, {revision.entries:,} entries)", markup=False)


@click.command("export")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why, for the audit.")
@json_option
@officer_option
@click.pass_obj
@for_audience
def export(
    data: Path | None, name: str, file: Path, reason: str, as_json: bool, officer: str | None, audience: Audience
) -> None:
    """Write list NAME to FILE as the 16-column police CSV; the export is audited with its reason."""
    if not reason.strip():
        raise UserError("nothing is exported: give a reason")
    require_showable("--reason", reason)
    with open_store(data) as store, open_audit(data) as audit:
        if named_list(store, name, audience).current is None:
            raise UserError(f"nothing is exported: the hotlist {name!r} has no revision yet")
        audit.record(who(officer), "hotlist_export", {"list": name, "reason": reason, "file": file.name})
        count = _write(store, name, file)
    if as_json:
        print_json("exported", list=name, entries=count, file=file)
    else:
        console().print(f"{count:,} entries of {name!r} written to {file}", markup=False)


def _write(store: HotlistStore, name: str, file: Path) -> int:
    current = store.get(name).current
    count = 0
    try:
        with file.open("x", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            for row in store.rows(current) if current is not None else ():
                writer.writerow([as_cell(str(cell)) for cell in row[1 : 1 + len(POLICE_COLUMNS)]])
                count += 1
    except OSError as error:
        raise InputError(f"the file {file} cannot be written ({error.strerror}): name a new file") from error
    return count


def _expiry(text: str) -> datetime | None:
    if "T" in text and "-" in text:
        try:
            return datetime.fromisoformat(text).astimezone()
        except ValueError:
            pass
    try:
        end_s = end_of_day_s(weed_day(text))
    except BadDate as error:
        raise UserError(f"the option --expires is {error}") from error
    return None if end_s is None else datetime.fromtimestamp(end_s).astimezone()
