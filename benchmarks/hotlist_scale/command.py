"""`python -m benchmarks.hotlist_scale`: every figure of the table, with the sizes that are asked for."""

import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.hotlist_scale import accuracy, exchange, imports, kills, lookups, possible
from benchmarks.hotlist_scale.doubtful_reads import ReaderModel

MEASURES = ("import", "big-import", "lookup", "swap", "delta", "kills", "accuracy", "possible")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; floor and aim are limits that the value must not pass (or must reach, if `more`)."""

    measure: str
    value: float
    unit: str
    floor: float | None = None
    aim: float | None = None
    more: bool = False

    def verdict(self) -> str:
        """Return which of floor and aim is met."""
        sign = -1.0 if self.more else 1.0
        if self.floor is None or self.aim is None:
            return ""
        if sign * self.value <= sign * self.aim:
            return "aim met"
        return "floor met" if sign * self.value <= sign * self.floor else "MISSED"


@dataclass(frozen=True)
class Sizes:
    """How large everything is; the defaults are those of the table."""

    rows: int = 1_000_000
    big_rows: int = 10_000_000
    wildcards: int = 100_000
    kills: int = 200
    kill_rows: int = 20_000
    listed: int = 1000
    sightings: int = 50_000


@click.command("hotlist_scale")
@click.option("--only", multiple=True, type=click.Choice(MEASURES), help="Measure only these; default: all.")
@click.option("--rows", default=Sizes.rows, show_default=True, help="Rows of the list.")
@click.option("--big-rows", default=Sizes.big_rows, show_default=True, help="Rows of the big list.")
@click.option("--wildcards", default=Sizes.wildcards, show_default=True, help="Wildcard entries.")
@click.option("--kills", "kill_count", default=Sizes.kills, show_default=True, help="Programs killed.")
@click.option(
    "--kill-rows", default=Sizes.kill_rows, show_default=True, help="Rows of the list in the killed programs."
)
@click.option("--listed", default=Sizes.listed, show_default=True, help="Listed vehicles of each kind of error.")
@click.option("--sightings", default=Sizes.sightings, show_default=True, help="Sightings of unlisted vehicles.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where to work; default: a temporary folder."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def hotlist_scale(
    only: tuple[str, ...],
    rows: int,
    big_rows: int,
    wildcards: int,
    kill_count: int,
    kill_rows: int,
    listed: int,
    sightings: int,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Measure hotlists at scale on made-up lists."""
    sizes = Sizes(rows, big_rows, wildcards, kill_count, kill_rows, listed, sightings)
    chosen = only or MEASURES
    console = Console(stderr=True)
    with _working_folder(folder) as work, console.status("") as status:

        def progress(text: str) -> None:
            status.update(text)

        figures, details = measure(work, sizes, chosen, progress)
    _print(figures, details, as_json=as_json)


def measure(
    work: Path, sizes: Sizes, chosen: tuple[str, ...], progress: Callable[[str], None]
) -> tuple[list[Figure], list[dict[str, Any]]]:
    """Return the figures and the details behind them."""
    figures: list[Figure] = []
    details: list[dict[str, Any]] = []

    def note(kind: str, values: dict[str, Any]) -> None:
        details.append({"type": kind, **values})

    if "import" in chosen:
        progress(f"import of {sizes.rows:,} rows")
        one = imports.measure(_folder(work, "import"), sizes.rows)
        note("import", asdict(one))
        figures.append(Figure(f"import of {sizes.rows:,} rows", one.seconds, "s", 30.0, 10.0))
    if {"big-import", "lookup"} & set(chosen):
        figures.extend(_big(work, sizes, chosen, progress, note))
    if "swap" in chosen:
        swap = lookups.measure_swap(_folder(work, "swap"), sizes.rows, progress)
        note("swap", asdict(swap))
        name = f"longest match while {sizes.rows:,} rows are swapped in"
        figures.append(Figure(name, swap.swap_max_ms, "ms", 10.0, 1.0))
    if "delta" in chosen:
        delta = exchange.measure(_folder(work, "delta"), sizes.rows, progress)
        note("delta", asdict(delta))
        figures.append(Figure(f"delta of 1 % of {sizes.rows:,} rows by the snapshot", delta.share * 100, "%", 3.0, 1.5))
        figures.append(Figure("time to apply it", delta.delta_apply_s, "s", 5.0, 1.0))
    if "kills" in chosen:
        report = kills.measure(_folder(work, "kills"), sizes.kills, sizes.kill_rows, 17, progress)
        note("kills", asdict(report))
        bad = report.lost + report.torn + (not report.database_sound)
        figures.append(Figure(f"lists lost or torn in {report.kills} kill -9", bad, "", 0.0, 0.0))
    if "accuracy" in chosen:
        figures.extend(_accuracy(work, sizes, progress, note))
    if "possible" in chosen:
        figures.extend(_possible(work, sizes, progress, note))
    return figures, details


def _possible(work: Path, sizes: Sizes, progress: Callable[[str], None], note: Callable[..., None]) -> list[Figure]:
    """Marks with hidden characters, beside lists of a hundredth and a tenth of the rows, and of all of them."""
    figures: list[Figure] = []
    rows = tuple(sorted({max(1, sizes.rows // 100), max(1, sizes.rows // 10), sizes.rows}))
    for one in possible.measure(_folder(work, "possible"), rows, sizes.listed, progress):
        note("possible", asdict(one))
        name = f"{one.kind}, {one.entries:,} entries"
        figures.append(Figure(f"listed vehicles offered: {name}", 100 * one.offered, "%"))
        figures.append(Figure(f"unlisted vehicles offered for nothing: {name}", 100 * one.false_offers, "%", 3.0, 1.0))
        figures.append(Figure(f"hits that evidence could confirm: {name}", one.confirmable, "", 0.0, 0.0))
        figures.append(Figure(f"match, p50: {name}", one.p50_ms, "ms"))
    return figures


def _big(
    work: Path, sizes: Sizes, chosen: tuple[str, ...], progress: Callable[[str], None], note: Callable[..., None]
) -> list[Figure]:
    figures: list[Figure] = []
    folder = _folder(work, "big")
    progress(f"import of {sizes.big_rows:,} rows")
    big = imports.measure(folder, sizes.big_rows)
    note("big-import", asdict(big))
    if "big-import" in chosen:
        figures.append(Figure(f"import of {sizes.big_rows:,} rows", big.seconds, "s", 360.0, 120.0))
        figures.append(Figure("its peak memory", big.peak_mb, "MB", 600.0, 300.0))
    if "lookup" in chosen:
        data = folder / "data" / "hotlists.db"
        progress("look-ups")
        without = lookups.measure(data)
        note("lookup", asdict(without))
        name = f"look-up of {without.readings_p50:.0f} readings in {without.entries:,} entries"
        figures.append(Figure(f"{name}, p99", without.lookup_p99_ms, "ms", 2.0, 0.5))
        figures.append(Figure(f"{name}, p50", without.lookup_p50_ms, "ms"))
        figures.append(Figure("with finding the readings, p99", without.match_p99_ms, "ms"))
        progress("look-ups with wildcards")
        lookups.add_wildcards(data, folder, sizes.wildcards)
        beside = lookups.measure(data)
        note("lookup", asdict(beside))
        added = max(0.0, beside.lookup_p50_ms - without.lookup_p50_ms)
        figures.append(Figure(f"added by {sizes.wildcards:,} wildcard entries, p50", added, "ms", 2.0, 0.3))
        added = max(0.0, beside.lookup_p99_ms - without.lookup_p99_ms)
        figures.append(Figure(f"added by {sizes.wildcards:,} wildcard entries, p99", added, "ms", 2.0, 0.3))
    return figures


def _accuracy(work: Path, sizes: Sizes, progress: Callable[[str], None], note: Callable[..., None]) -> list[Figure]:
    plan = accuracy.Plan(sizes.rows, sizes.listed, sizes.sightings)
    scores = accuracy.measure(_folder(work, "accuracy"), plan, ReaderModel(), progress)
    for score in scores:
        note("accuracy", score)
    ours = scores[0]

    def share(key: str) -> float:
        value = ours.get(key)
        return 100.0 * value if isinstance(value, float) else 0.0

    false = ours["false alerts per 10,000"]
    return [
        Figure(
            "right entry reported, 1 or 2 characters wrong",
            share("reported, one or two wrong"),
            "%",
            90.0,
            99.0,
            more=True,
        ),
        Figure("right entry alerts, 1 or 2 characters wrong", share("found, one or two wrong"), "%"),
        Figure("right entry alerts, best reading right", share("found, right"), "%"),
        Figure("false alerts per 10,000 sightings", float(false) if isinstance(false, float) else 0.0, "", 5.0, 0.5),
    ]


def _folder(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _working_folder(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        yield Path(made)


def _print(figures: list[Figure], details: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for detail in details:
            click.echo(json.dumps(detail))
        for figure in figures:
            click.echo(json.dumps({"type": "figure", **asdict(figure), "verdict": figure.verdict()}))
        return
    console = Console(highlight=False)
    table = Table("measure", "value", "floor", "aim", "", title=f"{os.cpu_count()} cores, {platform.machine()}")
    for figure in figures:
        floor, aim = ("" if v is None else f"{v:g} {figure.unit}" for v in (figure.floor, figure.aim))
        table.add_row(figure.measure, f"{figure.value:.4g} {figure.unit}", floor, aim, figure.verdict())
    console.print(table)
    scores = [detail for detail in details if detail["type"] == "accuracy"]
    if scores:
        console.print(_side_by_side(scores))


def _side_by_side(scores: list[dict[str, Any]]) -> Table:
    kinds = list(scores[0]["vehicles"])
    table = Table("way of matching", *(f"alerts, {kind}" for kind in kinds), "false per 10,000", "p50 ms", "p99 ms")
    for score in scores:
        shares = [
            f"{100 * score.get(f'found, {kind}', 0.0):.1f} % of {score['vehicles'].get(kind, 0)}" for kind in kinds
        ]
        false = score["false alerts per 10,000"]
        cells = [("–" if v is None else f"{v:.3g}") for v in (false, score["p50_ms"], score["p99_ms"])]
        table.add_row(score["way"], *shares, *cells)
    return table
