"""`python -m benchmarks.report.figures`: the figures of the documents, measured by command and never written by hand.

Each entry of `FIGURES` says which command gives a figure and how it is taken from what the command writes. What was measured
is kept in `docs/figures.json` with date, commit and machine, as each command ends; `docs/FIGURES.md` and the headline
table of `README.md` are written from that file alone.

    python -m benchmarks.report.figures                 what takes a minute at most
    python -m benchmarks.report.figures --only alerts   one figure, and what else its command gives
    python -m benchmarks.report.figures --all           all that was not measured at this commit yet, however long
    python -m benchmarks.report.figures --write         measure nothing, only write the pages again
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import psutil
from rich.console import Console

from anpr.errors import AnprError, Failure, InputError
from benchmarks.accuracy.programs import Run, arguments, run_program
from benchmarks.report.figure_table import FIGURES, HEADLINES, SECTIONS, Figure

ROOT: Final = Path(__file__).parents[2]
STORE: Final = ROOT / "docs" / "figures.json"
PAGE: Final = ROOT / "docs" / "FIGURES.md"
README: Final = ROOT / "README.md"

MEASURED_ROOMS: Final = ("anpr", "camera", "hotlists", "models", "benchmarks")
"""What figures depend on."""

QUICK_MINUTES: Final = 1.0
"""Commands that take longer are left out unless they are asked for."""

BUSY: Final = 0.5
"""Load a processor thread at the start from which figures of time would measure the other programs."""

_SLOWEST: Final = 5.0
"""A command may take so many times the minutes that the table gives it before it is given up."""

_BEGIN: Final = "<!-- figures: written by `make figures` -->"
_END: Final = "<!-- /figures -->"


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure as it is kept: what it is, its value as shown, and when, at which commit and on what it was measured."""

    name: str
    section: str
    what: str
    figure: str
    floor: str
    command: str
    needs: str
    measured: str
    commit: str
    machine: str


@dataclass(slots=True)
class Store:
    """What was measured, in a file; saved after every command, so that a run that is broken off loses one command."""

    path: Path = STORE
    figures: dict[str, Measured] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = STORE) -> "Store":
        """Return what the file holds, nothing when there is none; raises InputError when it is not such a file."""
        if not path.exists():
            return cls(path)
        try:
            found = [Measured(**one) for one in json.loads(path.read_text(encoding="utf-8"))["figures"]]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} does not hold figures ({error}): take it from the repository again") from error
        return cls(path, {one.name: one for one in found})

    def keep(self, measured: Iterable[Measured]) -> None:
        """Put figures in place of those of the same name, and save all."""
        self.figures.update({one.name: one for one in measured})
        order = {figure.name: place for place, figure in enumerate(FIGURES)}
        ordered = sorted(self.figures.values(), key=lambda one: order.get(one.name, len(order)))
        text = json.dumps({"figures": [asdict(one) for one in ordered]}, indent=1, ensure_ascii=False)
        unfinished = self.path.with_suffix(".part")
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(self.path)


def page(figures: Iterable[Measured]) -> str:
    """Return the page of all figures, from what is kept alone."""
    kept = list(figures)
    lines = [
        "# Figures",
        "",
        "Written by `make figures` from `docs/figures.json`: change neither by hand. Definitions are in",
        "[benchmarks/MEASURES.md](../benchmarks/MEASURES.md), intervals and plots in",
        "[benchmarks/REPORT.md](../benchmarks/REPORT.md). `python -m benchmarks.report.figures --only NAME` measures one",
        "anew. What needs data that is not part of this repository says so. A floor is what the project demands of itself.",
    ]
    for section in dict.fromkeys(one.section for one in kept):
        here = [one for one in kept if one.section == section]
        lines += ["", f"## {section}", ""]
        if section in SECTIONS:
            lines += [SECTIONS[section], ""]
        lines += ["| name | what | figure | floor | measured |", "|---|---|---|---|---|"]
        lines += [
            f"| `{one.name}` | {_cell(one.what)} | {_cell(one.figure)} | {_cell(one.floor)} | {_cell(_when(one))} |"
            for one in here
        ]
        lines += ["", "Commands:", ""]
        for command in dict.fromkeys(one.command for one in here):
            names = ", ".join(f"`{one.name}`" for one in here if one.command == command)
            needs = next((f"; needs {one.needs}" for one in here if one.command == command and one.needs), "")
            lines.append(f"- {names}: `{command}`{needs}")
    return "\n".join(lines) + "\n"


def headlines(figures: Mapping[str, Measured]) -> str:
    """Return the table of the README."""
    chosen = [figures[name] for name in HEADLINES if name in figures]
    rows = [f"| {_cell(one.what)} | {_cell(one.figure)} | {_cell(one.floor)} |" for one in chosen]
    return "\n".join([_BEGIN, "| what | figure | floor |", "|---|---|---|", *rows, _END])


def write_pages(store: Store, page_path: Path = PAGE, readme: Path = README) -> None:
    """Write the page of figures, and the headline table between its two marks in the README."""
    page_path.write_text(page(store.figures.values()), encoding="utf-8")
    text = readme.read_text(encoding="utf-8")
    before, found, rest = text.partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not (found and ended):
        raise Failure(f"{readme} has no place for figures: put {_BEGIN} and {_END} where the table belongs")
    readme.write_text(before + headlines(store.figures) + after, encoding="utf-8")


def measure(command: str, figures: Sequence[Figure], stamp: Mapping[str, str]) -> list[Measured]:
    """Run a command and return its figures; raises Failure when it fails or does not say what was expected.

    Parts joined by `&&` run one after the other; the last one is measured. `{folder}` is a folder for them alone.
    """
    limit_s = max(figure.minutes for figure in figures) * 60 * _SLOWEST
    with tempfile.TemporaryDirectory(prefix="anpr-figures-", ignore_cleanup_errors=True) as folder:
        for part in command.split(" && "):
            run = run_program(_program(part, folder), limit_s)
    return [
        Measured(
            figure.name, figure.section, figure.what, _taken(figure.take, run, figure.name), figure.floor,
            figure.command, figure.needs, **stamp,
        )
        for figure in figures
    ]  # fmt: skip


def _taken(take: Callable[[Run], str], run: Run, name: str) -> str:
    try:
        return take(run)
    except (LookupError, ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise Failure(
            f"the figure {name} is not in what its command wrote ({type(error).__name__}: {error})"
        ) from error


def _program(part: str, folder: str) -> list[str]:
    first, *rest = arguments(part, folder=folder)
    if first == "python":
        return [sys.executable, *rest]
    if first == "anpr":
        return [sys.executable, "-m", "anpr", *rest]
    return [first, *rest]


def _stamp() -> dict[str, str]:
    """Return when, at which commit and on what is measured now."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": f"{psutil.cpu_count(logical=False)} cores, {processor()}",
    }


def commit() -> str:
    """Return the commit of the working tree, with a + when the program or its benchmarks differ from it."""

    def said(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    changed = said("status", "--porcelain", "--untracked-files=no", "--", *MEASURED_ROOMS)
    return (said("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


def processor() -> str:
    """Return the processor's name, or its kind where the system does not say."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return " ".join(value.split())
    return platform.processor() or platform.machine()


def _when(one: Measured) -> str:
    return ", ".join(part for part in (one.measured, f"commit {one.commit}" if one.commit else "", one.machine) if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def chosen_commands(
    store: Store, only: Sequence[str], minutes: float, everything: bool, stamp: Mapping[str, str]
) -> dict[str, list[Figure]]:
    """Return the commands to be run with their figures; raises InputError for a name that is not in the table."""
    names = {figure.name for figure in FIGURES}
    if unknown := set(only) - names:
        raise InputError(f"there is no figure {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}")
    commands: dict[str, list[Figure]] = {}
    for figure in FIGURES:
        commands.setdefault(figure.command, []).append(figure)
    if only:
        return {c: figures for c, figures in commands.items() if {f.name for f in figures} & set(only)}
    if everything:
        return {c: figures for c, figures in commands.items() if not all(_is_done(store, f, stamp) for f in figures)}
    return {c: figures for c, figures in commands.items() if max(f.minutes for f in figures) <= minutes}


def _is_done(store: Store, figure: Figure, stamp: Mapping[str, str]) -> bool:
    known = store.figures.get(figure.name)
    return known is not None and (known.commit, known.machine) == (stamp["commit"], stamp["machine"])


@click.command("figures")
@click.option("--only", multiple=True, metavar="NAME", help="Measure this figure; may be repeated.")
@click.option("--minutes", default=QUICK_MINUTES, show_default=True, help="Leave out commands that take longer.")
@click.option("--all", "everything", is_flag=True, help="All that was not measured at this commit on this machine.")
@click.option("--busy", is_flag=True, help="Measure times even though other programs use the processor.")
@click.option("--write", "write_only", is_flag=True, help="Measure nothing; write the pages from what is kept.")
def main(only: tuple[str, ...], minutes: float, everything: bool, busy: bool, write_only: bool) -> None:
    """Measure the figures of the documents and write them."""
    console = Console(stderr=True, highlight=False)
    store, stamp, failed = Store.load(), _stamp(), False
    commands = {} if write_only else chosen_commands(store, only, minutes, everything, stamp)
    for command, figures in commands.items():
        try:
            if reason := _why_not(figures, busy):
                raise Failure(reason)
            console.print(f"{command}  (about {max(f.minutes for f in figures):g} min)", markup=False, soft_wrap=True)
            found = measure(command, figures, stamp)
            store.keep(found)
            for one in found:
                console.print(f"    {one.what}: {one.figure}", markup=False, soft_wrap=True)
        except AnprError as error:
            failed = True
            console.print(f"not measured: {', '.join(f.name for f in figures)}: {error}", markup=False, soft_wrap=True)
    write_pages(store)
    if failed:
        sys.exit(1)


def _why_not(figures: Sequence[Figure], busy: bool) -> str:
    """Return why a command is not run, nothing when it is."""
    missing = [
        f.needs for f in figures if f.needs and not all((ROOT / place).exists() for place in f.needs.split(", "))
    ]
    if missing:
        return f"it needs {missing[0]}, which is not here"
    load = psutil.getloadavg()[0] / (os.cpu_count() or 1)
    if any(f.timed for f in figures) and load > BUSY and not busy:
        return f"the machine is busy (load {load:.1f} a thread) and it measures time: wait, or give --busy"
    return ""


def run() -> None:
    """Run from the command line; errors are one sentence on stderr."""
    try:
        main(standalone_mode=True)
    except AnprError as error:
        Console(stderr=True).print(f"figures: {error}", highlight=False, markup=False, soft_wrap=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    run()
