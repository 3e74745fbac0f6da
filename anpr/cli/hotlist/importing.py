"""Commands on files of lists: import one, or preview what an import would do."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from anpr.alerting.disclosure import Audience
from anpr.cli.hotlist.lists import changed_settings, settings_options
from anpr.cli.hotlist.opened import open_audit, open_store, require_writable
from anpr.cli.options import WordChoice, for_audience, json_option, officer_option, who
from anpr.cli.output import console, print_json, progress_console
from anpr.config.data_folder import data_folder
from anpr.errors import ConfigError
from hotlists.columns import POLICE_COLUMNS
from hotlists.importers.doubts import MOST_REJECTS
from hotlists.importers.import_list import ImportOptions, ImportReport, import_list
from hotlists.importers.mapping import load_mapping
from hotlists.importers.options import FileKind, ReadOptions, Understood
from hotlists.importers.preview import Preview
from hotlists.importers.preview import preview as preview_list
from hotlists.importers.tally import Tally
from hotlists.store.settings import ListSettings

_SHOWN = ("vrm", "make", "model", "colour", "action", "markers", "reason", "weed_date")
_READING = (
    click.option("--format", "kind", type=WordChoice(FileKind), default=FileKind.AUTO, help="Layout of the file."),
    click.option("--column", "columns", multiple=True, metavar="OURS=HEADING", help="Which heading is which column."),
    click.option("--sheet", help="Sheet of a workbook that is the list."),
    click.option("--mapping", help="Table of import.toml in the data folder that says which header is which column."),
    click.option("--mapping-file", type=click.Path(path_type=Path), help="Another file than import.toml."),
    click.option("--partial", is_flag=True, help="Each VRM in the file is only a part of one."),
    click.option(
        "--max-rejects", type=float,
        help=f"Percent of rows that may be rejected; default: {MOST_REJECTS:.0%}, of a small list up to 3 rows.",
    ),
    click.option("--shorter", is_flag=True, help="Take a list that is far shorter than the one in force."),
    click.option("--yes", is_flag=True, help="The same, and take a file that ends within its last row."),
)  # fmt: skip


def _reading_options(command: Any) -> Any:
    """Add the options that say how a file is read."""
    for option in reversed(_READING):
        command = option(command)
    return command


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "name", required=True, help="Name of the list; made when it does not exist.")
@_reading_options
@click.option("--as-of", type=click.DateTime(), help="When the content was true (local time); default: now.")
@settings_options
@json_option
@officer_option
@click.pass_obj
@for_audience
def import_(
    data: Path | None,
    /,
    file: Path,
    name: str,
    as_of: datetime | None,
    as_json: bool,
    officer: str | None,
    audience: Audience,
    **chosen: Any,
) -> None:
    """Import FILE as the new revision of a list.

    It may be the 16-column police CSV, a CSV or XLSX with headings, one VRM a line, JSON lines or a JSON array. What was
    understood of it is shown; what would be a guess is refused. `anpr hotlist preview FILE` shows it without importing.
    """
    reading = {key: chosen.pop(key) for key in _READ_FROM}
    with open_store(data) as store, open_audit(data) as audit, _progress(quiet=as_json) as bar:
        require_writable(store, name, audience)
        known = store.find(name)
        wanted = changed_settings(known.settings if known is not None else ListSettings(name), chosen)
        options = _options(
            data, bar, reading, effective_utc=as_of.astimezone() if as_of is not None else None,
            before_in_force=None if as_json else _print_understood,
        )  # fmt: skip
        audit.record(who(officer), "hotlist_import", {"list": name, "file": file.name})
        report = import_list(store, file, wanted, options)
    _print_import(report, as_json=as_json)


@click.command("preview")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "name", help="List in force to compare with.")
@_reading_options
@json_option
@click.pass_obj
@for_audience
def preview(
    data: Path | None, /, file: Path, name: str | None, as_json: bool, audience: Audience, **reading: Any
) -> None:
    """Show what an import of FILE would do: columns, first rows, counts, rejects, changes; nothing is imported."""
    with open_store(data) as store, _progress(quiet=as_json) as bar:
        options = _options(data, bar, reading)
        if name is not None:
            require_writable(store, name, audience)
            found = preview_list(file, options, store, name)
        else:
            found = preview_list(file, options)
    if as_json:
        tally, changes = found.tally, found.changes
        print_json(
            "preview", list=name, **_understood_json(found.understood), rows=tally.rows, entries=found.entries,
            rejected=tally.rejected, merged=found.merged, converted=tally.converted, undated=tally.undated,
            reasons=dict(tally.reasons.most_common()), rejects=[asdict(one) for one in tally.first_rejects],
            first=[dict(zip(POLICE_COLUMNS, row, strict=True)) for row in tally.first], changes=changes,
            refusal=found.refusal,
        )  # fmt: skip
    else:
        _print_preview(found, name)


_READ_FROM = ("kind", "columns", "sheet", "mapping", "mapping_file", "partial", "max_rejects", "shorter", "yes")


def _progress(*, quiet: bool) -> Progress:
    out = progress_console()
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=out, transient=True, disable=quiet or not out.is_terminal,
    )  # fmt: skip


def _options(data: Path | None, bar: Progress, chosen: dict[str, Any], **more: Any) -> ImportOptions:
    """Return the options of an import from those of the command line."""
    most, mapping = chosen["max_rejects"], chosen["mapping"]
    if most is not None and not 0.0 <= most <= 100.0:
        raise ConfigError("the option --max-rejects must be a percentage from 0 to 100")
    columns = load_mapping(chosen["mapping_file"] or data_folder(data) / "import.toml", mapping) if mapping else None
    task = bar.add_task("reading")
    return ImportOptions(
        ReadOptions(chosen["kind"], columns, chosen["partial"], _named(chosen["columns"]), chosen["sheet"]),
        most_rejects=None if most is None else most / 100.0,
        progress=lambda rows: bar.update(task, description=f"{rows:,} rows"),
        shorter=chosen["shorter"] or chosen["yes"],
        unfinished=chosen["yes"],
        **more,
    )


def _named(pairs: tuple[str, ...]) -> dict[str, str]:
    named = {}
    for pair in pairs:
        column, _, heading = pair.partition("=")
        if column.strip().lower() not in POLICE_COLUMNS or not heading.strip():
            raise ConfigError(
                f"the option --column is {pair!r}: write OURS=HEADING, where OURS is one of {', '.join(POLICE_COLUMNS)}"
            )
        named[column.strip().lower()] = heading.strip()
    return named


def _understood_json(understood: Understood) -> dict[str, Any]:
    return {
        "format": understood.kind,
        "sheet": understood.sheet,
        "sheets_left_out": [{"name": name, "why": why} for name, why in understood.sheets_left_out],
        "heading_line": understood.heading_line,
        "columns": [asdict(column) for column in understood.columns],
        "notes": dict(understood.notes),
    }


def _print_understood(understood: Understood, tally: Tally) -> None:
    """Say for a person what was understood of a file: layout, columns, what is left out, and dates."""
    for line in _sentences(understood, tally):
        console().print(line, markup=False)


def _sentences(understood: Understood, tally: Tally) -> list[str]:
    where = f"the sheet {understood.sheet!r}, " if understood.sheet is not None else ""
    above = f" ({understood.lines_above} rows above left out)" if understood.lines_above else ""
    if understood.heading_line is not None:
        layout = f"headings in row {understood.heading_line}{above}"
    else:
        layout = {FileKind.POLICE: "16 columns without headings", FileKind.VRMS: "one VRM a line"}.get(
            understood.kind, "JSON"
        )
    lines = [f"read as: {where}{layout}"]
    headed = [column for column in understood.columns if column.heading]
    if taken := [f"{column.column} = {column.heading!r}" for column in headed if column.column is not None]:
        lines.append(f"  columns: {', '.join(taken)}")
    if ignored := [repr(column.heading) for column in headed if column.column is None]:
        lines.append(f"  columns left out: {', '.join(ignored)}")
    if understood.sheets_left_out:
        names = ", ".join(f"{name!r} ({why})" for name, why in understood.sheets_left_out)
        lines.append(f"  sheets left out: {names}")
    lines.extend(f"  {count:,} {note}" for note, count in understood.notes.most_common())
    if tally.undated:
        lines.append(f"  {tally.undated:,} of {tally.entries:,} entries have no weed date")
    if tally.converted:
        lines.append(f"  {tally.converted:,} VRMs had letters of another script or accents, taken as the plain ones")
    return lines


def _print_preview(found: Preview, name: str | None) -> None:
    out, tally = console(), found.tally
    _print_understood(found.understood, tally)
    columns = [column for column in _SHOWN if any(row[POLICE_COLUMNS.index(column)] for row in tally.first)]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for column in columns:
        table.add_column(column.replace("_", " "), no_wrap=column in {"vrm", "weed_date"}, overflow="fold")
    for row in tally.first:
        table.add_row(*(Text(row[POLICE_COLUMNS.index(column)]) for column in columns))
    if columns:
        out.print(table)
    out.print(
        f"{found.entries:,} entries from {tally.rows:,} rows ({tally.rejected:,} rejected, {found.merged:,} merged)",
        markup=False,
    )
    for reject in tally.first_rejects[:10]:
        out.print(f"  row {reject.line:,}: {reject.reason}", markup=False)
    if tally.rejected > 10:
        out.print(f"  and {tally.rejected - 10:,} more", markup=False)
    if found.changes is not None:
        changes = found.changes
        out.print(
            f"against {name!r}, revision {changes.revision}: {changes.added:,} new, {changes.removed:,} gone,"
            f" {changes.kept:,} the same VRM",
            markup=False,
        )
    elif name is not None:
        out.print(f"there is no list {name!r} in force yet", markup=False)
    out.print("an import would be refused: " + found.refusal if found.refusal else "nothing was imported", markup=False)


def _print_import(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            "import", list=report.list_name, revision=report.revision.number, rows=report.rows, entries=report.entries,
            rejected=report.rejected, merged=report.merged, converted=report.converted, undated=report.undated,
            reasons=report.reasons, rejects_file=report.rejects_file, **_understood_json(report.understood),
        )  # fmt: skip
        return
    out = console()
    out.print(
        f"{report.list_name}: revision {report.revision.number} in force, {report.entries:,} entries from"
        f" {report.rows:,} rows ({report.rejected:,} rejected, {report.merged:,} merged)",
        markup=False,
    )
    for reason, count in list(report.reasons.items())[:5]:
        out.print(f"  {count:,} rows: {reason}", markup=False)
    if report.rejects_file is not None:
        out.print(f"line by line: {report.rejects_file}", markup=False)
