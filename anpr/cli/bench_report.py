"""What every command of `anpr bench` does with its report: the options for it, and the showing, writing and comparing."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from anpr.errors import AnprError

Section = Callable[[], dict[str, Any]]


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what happens with a report."""
    for option in (
        click.option(
            "--json", "as_json", is_flag=True, help="The report as one JSON object on stdout, nothing else there."
        ),
        click.option("--report", type=click.Path(path_type=Path), help="Write the report here, for --compare later."),
        click.option(
            "--markdown", type=click.Path(path_type=Path), help="Write a Markdown file, its plots in a folder beside."
        ),
        click.option("--html", type=click.Path(path_type=Path), help="Write one self-contained page with plots."),
        click.option("--compare", type=click.Path(path_type=Path), help="A report of an earlier run to compare with."),
    ):
        command = option(command)
    return command


def finish(
    sections: dict[str, Section], jobs: int, quick: bool, *, as_json: bool, report: Path | None, html: Path | None,
    markdown: Path | None, compare: Path | None,
) -> None:  # fmt: skip
    """Run every section, show the report and write what was asked for; what failed is named, the rest is shown.

    Ends the program with 1 when anything failed. Raises the AnprError of a section that is the only one.
    """
    from benchmarks import suite  # noqa: PLC0415
    from benchmarks.report import compare as comparing  # noqa: PLC0415
    from benchmarks.report import markdown as writing  # noqa: PLC0415
    from benchmarks.report import page, tables  # noqa: PLC0415
    from benchmarks.report.sections import new_report  # noqa: PLC0415

    before = comparing.load_report(compare) if compare else None
    whole = new_report(jobs, quick)
    failed: AnprError | None = None
    errors = Console(stderr=True)
    for name, run in sections.items():
        try:
            whole["sections"][name] = run()
        except AnprError as error:
            if len(sections) == 1:
                raise
            failed = error
            errors.print(f"anpr: {name}: {error}", highlight=False, markup=False, soft_wrap=True)
            whole["sections"][name] = {"kind": "failed", "title": name, "errors": [str(error)]}
    changes = comparing.compare(before, whole) if before else []
    if as_json:
        sys.stdout.write(json.dumps(whole) + "\n")
    else:
        tables.print_report(whole, Console())
        if before:
            tables.print_changes(changes, Console())
    if report:
        suite.save(whole, report)
    if markdown:
        writing.write_markdown(whole, markdown)
    if html:
        suite.save_text(page.page(whole, changes), html)
    if failed or any(section.get("errors") for section in whole["sections"].values()):
        sys.exit(1)
