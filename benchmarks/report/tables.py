"""A report in the terminal: rich tables, one for each section."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.report.compare import Change

PERCENT: Final = frozenset({
    "capture_rate", "read_rate", "read_rate_exact", "vehicles_read_right", "duplicate_rate", "merge_rate", "frames_dropped",
    "character_rate", "right", "sure_and_wrong",
})  # fmt: skip
NAMES: Final = {
    "capture_rate": "capture rate",
    "read_rate": "read rate",
    "read_rate_exact": "read rate, O/0 and I/1 told apart",
    "vehicles_read_right": "vehicles read right",
    "misreads_per_1000": "misreads per 1,000 sightings",
    "stray_per_1000": "sightings of no plate per 1,000",
    "duplicate_rate": "duplicate sightings",
    "merge_rate": "merged sightings",
    "calibration_error": "calibration error",
    "first_right_read_s_p50": "first legible frame to first right read, median s",
    "first_right_read_s_p95": "… 95th percentile s",
    "alert_s_p50": "first legible frame to alert, median s",
    "alert_s_p95": "… 95th percentile s",
    "cpu_s_per_video_minute": "CPU seconds per minute of video",
    "wall_s_per_video_s": "seconds per second of video",
    "peak_memory_mb": "peak memory MB",
    "frames_dropped": "frames dropped",
    "character_rate": "characters right",
    "right": "right",
    "sure_and_wrong": "sure and wrong",
}


def shown(name: str, figure: dict[str, Any]) -> tuple[str, str]:
    """Return a figure and its interval as text."""
    if figure.get("value") is None:
        return "-", ""
    if name in PERCENT:
        return f"{100 * figure['value']:.1f} %", f"{100 * figure['low']:.1f} to {100 * figure['high']:.1f} %"
    digits = 0 if abs(figure["value"]) >= 100 else 3 if abs(figure["value"]) < 1 else 2
    return f"{figure['value']:.{digits}f}", f"{figure['low']:.{digits}f} to {figure['high']:.{digits}f}"


def print_report(report: dict[str, Any], console: Console) -> None:
    """Print every section."""
    for title, section in report["sections"].items():
        for table in section_tables(title, section):
            console.print(table)
        for error in section.get("errors", []):
            console.print(f"[red]not measured:[/red] {error}", highlight=False, soft_wrap=True)


def section_tables(title: str, section: dict[str, Any]) -> Iterator[Table]:
    """Yield the tables of one section; kinds that are not known here bring their rows under `rows`."""
    if section["kind"] == "clips":
        heading = f"{section['title']}: {section['clips']} clips, {section['legible_vehicles']} legible vehicles"
        yield _figures(heading, {**section["accuracy"], **section["cost"]})
        if section.get("per_clip"):
            yield _rows("clip by clip", without_empty(section["per_clip"]))
        if section.get("worst"):
            yield _rows(
                "missed and misread (with pictures: --html or --markdown)",
                [{"": one["text"]} for one in section["worst"]],
            )
        for by, groups in section["breakdowns"].items():
            if len(groups) > 1:
                yield _groups(by, groups)
        if section["by_height"]:
            yield _heights(section["by_height"])
    elif section["kind"] == "stills":
        yield _readers(section)
    elif "rows" in section:
        yield _rows(section.get("title", title), section["rows"])
    if section.get("stage_ms"):
        yield _rows(
            "latency, ms (median over clips of p50; worst clip of p95 and p99)" if section["kind"] == "clips" else "latency, ms",
            [{"stage": stage, **values} for stage, values in section["stage_ms"].items()],
        )  # fmt: skip


def _figures(heading: str, figures: dict[str, Any]) -> Table:
    table = Table("measure", "value", "95 % interval", "of", title=heading, title_justify="left")
    for name, figure in figures.items():
        value, interval = shown(name, figure)
        table.add_row(NAMES.get(name, name), value, interval, str(figure.get("count", "")))
    return table


def _groups(by: str, groups: dict[str, Any]) -> Table:
    table = Table(
        "by " + by, "vehicles", "capture rate", "read rate", "misreads per 1,000", "first right read s", "alert s"
    )
    for group, figures in groups.items():
        rates = [
            " ".join(f"({part})" if k else part for k, part in enumerate(shown(n, figures[n])) if part)
            for n in ("capture_rate", "read_rate")
        ]
        rest = [shown(n, figures[n])[0] for n in ("misreads_per_1000", "first_right_read_s_p50", "alert_s_p50")]
        table.add_row(group, str(figures["capture_rate"]["count"]), *rates, *rest)
    return table


def _heights(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table("character height", "legible frames", "with a read", "with a right read")
    for row in rows:
        cells = [" ".join(shown("read_rate", row[key])) for key in ("read", "right")]
        table.add_row(f"{row['low_px']} to {row['high_px']} px", str(row["read"]["count"]), *cells)
    return table


def _readers(section: dict[str, Any]) -> Table:
    table = Table(
        "reader",
        "plates read right",
        "95 % interval",
        "characters right",
        "ms a plate",
        "ratio to ours",
        title=section["title"],
    )
    for name, figures in section["readers"].items():
        value, interval = shown("read_rate", figures["read_rate"])
        ratio_value, ratio_interval = shown("ratio", figures["ratio"]) if figures.get("ratio") else ("", "")
        characters, _ = shown("character_rate", figures["character_rate"])
        table.add_row(
            name,
            value,
            interval,
            characters,
            f"{figures['ms_p50']:.1f}",
            f"{ratio_value} ({ratio_interval})" if ratio_value else "",
        )
    return table


def without_empty(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows without the columns that say nothing in any of them, such as errors where there was none."""
    told = [
        key
        for key in dict.fromkeys(k for row in rows for k in row)
        if any(row.get(key) not in {"", None} for row in rows)
    ]
    return [{key: row.get(key) for key in told} for row in rows]


def _rows(heading: str, rows: Sequence[dict[str, Any]]) -> Table:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    table = Table(*columns, title=heading, title_justify="left")
    for row in rows:
        table.add_row(*(_cell(row.get(c)) for c in columns))
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def print_changes(changes: Sequence[Change], console: Console) -> None:
    """Print what became better or worse beyond noise, and how many figures stayed."""
    table = Table("where", "measure", "before", "after", "", title="against the earlier run")
    for change in changes:
        if change.verdict != "same":
            colour = "green" if change.verdict == "better" else "red"
            before, after = (shown(change.name, e.as_json())[0] for e in (change.before, change.after))
            table.add_row(
                change.where,
                NAMES.get(change.name, change.name),
                before,
                after,
                f"[{colour}]{change.verdict}[/{colour}]",
            )
    if table.row_count:
        console.print(table)
    same = sum(change.verdict == "same" for change in changes)
    console.print(f"{len(changes) - same} of {len(changes)} figures changed beyond noise.", highlight=False)
