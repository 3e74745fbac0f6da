"""`anpr doctor`: looks at everything that a patrol needs, before one begins."""

import sys
from pathlib import Path
from typing import Final

import click
from rich import box
from rich.table import Table
from rich.text import Text

from anpr.cli.options import config_option, json_option, settled_config
from anpr.cli.output import console, print_json, progress_console
from anpr.config.data_folder import data_folder
from anpr.patrol.checks import examine
from anpr.values import Level

_COLOURS: Final = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "red"}


@click.command()
@config_option
@json_option
@click.pass_obj
def doctor(data: Path | None, config: Path | None, as_json: bool) -> None:
    """Check models, lists, records, audit, cameras, GPS, disk, log and screen; exit code 1 if anything is wrong."""
    settings = settled_config(config)
    folder = data_folder(data)
    table = Table("", "check", "found", "what to do", box=box.SIMPLE_HEAD, padding=(0, 1))
    levels: list[Level] = []
    with progress_console().status("checking"):
        for check, finding in examine(folder, settings):
            levels.append(finding.level)
            if as_json:
                print_json(
                    "check", name=check.name, what=check.what, level=finding.level.value, found=finding.words,
                    remedy=finding.remedy,
                )  # fmt: skip
            colour = _COLOURS[finding.level]
            table.add_row(
                Text(finding.level.value, style=colour), Text(check.name), Text(finding.words), Text(finding.remedy)
            )
    counts = {level.value: levels.count(level) for level in Level}
    if as_json:
        print_json("summary", **counts)
    else:
        out = console()
        out.print(table)
        out.print(f"{counts['ok']} well, {counts['warning']} doubtful, {counts['fault']} wrong")
    if Level.FAULT in levels:
        sys.exit(1)
