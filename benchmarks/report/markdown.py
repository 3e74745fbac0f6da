"""A report as a Markdown file with its plots as SVG files beside it, for the repository."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks.report.page import section_plots
from benchmarks.report.tables import NAMES, shown, without_empty

TIMES: Final = frozenset({"cpu_s_per_video_minute", "wall_s_per_video_s"})
_STYLE = "<style>text{font:11px sans-serif}.title{font-size:13px;font-weight:600}</style>"


def write_markdown(report: dict[str, Any], path: Path) -> list[Path]:
    """Write the report and its plots (into a folder named like the file) and return all files written."""
    folder = path.with_suffix("").with_name(path.stem.lower() + "_plots")
    folder.mkdir(parents=True, exist_ok=True)
    written = [path]
    lines = list(_head(report))
    for title, section in report["sections"].items():
        lines += ["", f"## {section.get('title', title)}", ""]
        lines += _body(section, timed=not _busy(report))
        for number, plot in enumerate(section_plots(section), 1):
            picture = folder / f"{title}-{number}.svg"
            opening = '<svg xmlns="http://www.w3.org/2000/svg" '
            picture.write_text(plot.replace("<svg ", opening, 1).replace(">", ">" + _STYLE, 1) + "\n", encoding="utf-8")
            lines.append(f"![{section.get('title', title)}, plot {number}]({_link(folder, picture)})")
            written.append(picture)
        for line, failure in _failures(section, folder, title):
            lines.append(line)
            written += [failure] if failure is not None else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return written


def _failures(section: dict[str, Any], folder: Path, title: str) -> Iterator[tuple[str, Path | None]]:
    """Yield a line for each vehicle that was missed or misread, and its picture, which is written into the folder."""
    if section.get("worst"):
        yield "\n### Missed and misread\n", None
    for number, one in enumerate(section.get("worst", []), 1):
        if not one["jpeg"]:
            yield f"{one['text']}, no picture\n", None
            continue
        picture = folder / f"{title}-failure-{number}.jpg"
        picture.write_bytes(base64.b64decode(one["jpeg"]))
        yield f"{one['text']}\n\n![{one['vrm']}]({_link(folder, picture)})\n", picture


def _link(folder: Path, picture: Path) -> str:
    return quote(f"{folder.name}/{picture.name}")


def _head(report: dict[str, Any]) -> Iterator[str]:
    machine = report["machine"]
    yield "# Report"
    yield ""
    yield f"Made {report['made_utc'][:16].replace('T', ' ')} UTC, version {report['version']}, engine {report['engine']}, on "
    yield (
        f"{machine['cores']} cores ({machine['threads']} threads), {machine['memory_gb']} GB, OpenCV {machine['opencv']}; load "
        f"average before the run {machine['load_before']}. Figures in brackets are 95 % intervals; the measures are defined in "
        "[MEASURES.md](MEASURES.md)."
    )
    if _busy(report):
        yield ""
        yield "The machine was busy with other work, which does not touch accuracy; times are left out."


def _busy(report: dict[str, Any]) -> bool:
    """Whether other work took more than half of a core in two, so that times mean nothing."""
    machine = report["machine"]
    return bool(machine["load_before"] > 0.5 * machine["threads"])


def _body(section: dict[str, Any], timed: bool) -> Iterator[str]:
    for error in section.get("errors", []):
        yield f"- not measured: {error}"
    if section["kind"] == "clips":
        yield from _clips(section, timed)
    elif section["kind"] == "stills":
        yield from _stills(section, timed)
    elif section.get("rows"):
        columns = list(dict.fromkeys(key for row in section["rows"] for key in row))
        yield from _table(
            columns, [["" if row.get(c) is None else str(row[c]) for c in columns] for row in section["rows"]]
        )
    if section.get("stage_ms") and timed:
        rows = [
            [stage, *(f"{values[p]:.1f}" for p in ("p50", "p95", "p99"))]
            for stage, values in section["stage_ms"].items()
        ]
        yield from _table(["stage, ms", "p50", "p95", "p99"], rows)


def _clips(section: dict[str, Any], timed: bool) -> Iterator[str]:
    yield f"{section['clips']} clips, {section['legible_vehicles']} vehicles that a person could read."
    yield ""
    figures = {**section["accuracy"], **({k: v for k, v in section["cost"].items() if timed or k not in TIMES})}
    yield from _table(
        ["measure", "value", "95 % interval", "of"],
        [[NAMES.get(n, n), *shown(n, f), str(f["count"])] for n, f in figures.items()],
    )
    if clips := without_empty(section.get("per_clip", [])):
        yield from _table(list(clips[0]), [["" if v is None else str(v) for v in row.values()] for row in clips])
    for by, groups in section["breakdowns"].items():
        if len(groups) > 1:
            names = ("capture_rate", "read_rate", "misreads_per_1000")
            rows = [
                [group, str(f["capture_rate"]["count"]), *(_both(n, f[n]) for n in names)]
                for group, f in groups.items()
            ]
            yield from _table([f"by {by}", "vehicles", *(NAMES[n] for n in names)], rows)
    rows = [
        [
            f"{r['low_px']} to {r['high_px']} px",
            str(r["read"]["count"]),
            _both("read_rate", r["read"]),
            _both("read_rate", r["right"]),
        ]
        for r in section["by_height"]
    ]
    yield from _table(["character height", "legible frames", "with a read", "with a right read"], rows)


def _stills(section: dict[str, Any], timed: bool) -> Iterator[str]:
    rows = [
        [
            name,
            _both("read_rate", f["read_rate"]),
            shown("character_rate", f["character_rate"])[0],
            f"{f['ms_p50']:.0f}" if timed else "",
            _both("ratio", f["ratio"]) if f.get("ratio") else "",
        ]
        for name, f in section["readers"].items()
    ]
    yield f"{section['pictures']} pictures."
    yield ""
    yield from _table(["reader", "plates read right", "characters right", "ms a plate", "our rate / its rate"], rows)
    ours: dict[str, Any] = next(iter(section["readers"].values()), {"groups": {}})["groups"]
    if len(ours) > 1:
        most = sorted(ours, key=lambda group: -ours[group]["count"])[:10]
        rows = [[g, *(_both("read_rate", f["groups"][g]) for f in section["readers"].values())] for g in most]
        yield from _table(["country", *section["readers"]], rows)


def _both(name: str, figure: dict[str, Any]) -> str:
    value, interval = shown(name, figure)
    return f"{value} ({interval})" if interval else value


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
