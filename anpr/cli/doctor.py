"""`anpr doctor`: looks at everything that a patrol needs, before one begins."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
from rich import box
from rich.table import Table
from rich.text import Text

from anpr.cli import machine_checks
from anpr.cli.options import config_option, json_option, settled_config
from anpr.cli.output import console, print_json, progress_console
from anpr.config.car import PatrolConfig
from anpr.data_folder import data_folder
from anpr.faults import Level
from anpr.perception import checks as perception_checks
from anpr.records import checks as records_checks
from anpr.screen import checks as screen_checks
from anpr.support.checks import CarUnderCheck, Check, Finding
from camera import checks as camera_checks
from hotlists.store import checks as hotlists_checks

ROOMS: Final[tuple[Callable[[CarUnderCheck], list[Check]], ...]] = (
    machine_checks.checks,
    perception_checks.checks,
    hotlists_checks.checks,
    records_checks.checks,
    camera_checks.checks,
    screen_checks.checks,
)
"""Where checks come from; a room with new ones is a line here."""

_COLOURS: Final = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "red"}


def may_name(covert: bool) -> bool:
    """Return whether a list may be named: nobody is told of covert ones here."""
    return not covert


def examine(folder: Path, config: PatrolConfig) -> Iterator[tuple[Check, Finding]]:
    """Yield every check with what it found, one after the other."""
    car = CarUnderCheck(folder, config, may_name)
    for room in ROOMS:
        for check in room(car):
            yield check, check.run()


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
