"""A report as one HTML page that needs nothing else: figures, plots, and the worst failures as pictures."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

from benchmarks.report.compare import Change
from benchmarks.report.plots import Point, histogram, rates, reliability
from benchmarks.report.tables import NAMES, shown, without_empty

_STYLE: Final = """
body{font:15px/1.45 system-ui,sans-serif;max-width:1040px;margin:2em auto;padding:0 1em;color:#1b1b1b}
table{border-collapse:collapse;margin:.8em 0}td,th{border-bottom:1px solid #ddd;padding:.25em .8em .25em 0;text-align:left}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:1em}
svg{width:100%;font:11px system-ui,sans-serif}svg .title{font-size:13px;font-weight:600}svg .axis{fill:#555}
.worst{display:flex;flex-wrap:wrap;gap:1em}.worst figure{margin:0;width:300px}.worst img{width:100%}
.better{color:#17703c}.worse,.error{color:#b3261e}small{color:#555}
"""


def page(report: dict[str, Any], changes: Sequence[Change] = ()) -> str:
    """Return the page."""
    machine = ", ".join(f"{key} {value}" for key, value in report["machine"].items())
    body = "".join(_section(title, section) for title, section in report["sections"].items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Patrol ANPR benchmarks</title><style>{_STYLE}</style>'
        f"<h1>Patrol ANPR benchmarks</h1><p>{escape(report['made_utc'])} · version {escape(report['version'])} · engine "
        f"{escape(report['engine'])}<br><small>{escape(machine)}; {report['jobs']} at a time</small></p>"
        f"{_changes(changes)}{body}</html>"
    )


def _changes(changes: Sequence[Change]) -> str:
    if not changes:
        return ""
    rows = "".join(
        f"<tr><td>{escape(c.where)}<td>{escape(NAMES.get(c.name, c.name))}<td>{shown(c.name, c.before.as_json())[0]}"
        f'<td>{shown(c.name, c.after.as_json())[0]}<td class="{c.verdict}">{c.verdict}'
        for c in changes
        if c.verdict != "same"
    )
    same = sum(c.verdict == "same" for c in changes)
    return f"<h2>Against the earlier run</h2><table>{rows}</table><p>{same} of {len(changes)} figures did not change beyond noise.</p>"


def _section(title: str, section: dict[str, Any]) -> str:
    errors = "".join(f'<p class="error">Not measured: {escape(error)}</p>' for error in section.get("errors", []))
    return f"<h2>{escape(section.get('title', title))}</h2>{errors}{''.join(_content(section))}"


def _content(section: dict[str, Any]) -> Iterator[str]:
    if section["kind"] == "clips":
        yield f"<p>{section['clips']} clips, {section['legible_vehicles']} vehicles that a person could read.</p>"
        yield _figures({**section["accuracy"], **section["cost"]})
        yield f'<div class="plots">{"".join(section_plots(section))}</div>'
        if section.get("per_clip"):
            yield "<h3>Clip by clip</h3>" + _rows(without_empty(section["per_clip"]))
    elif section["kind"] == "stills":
        rows = "".join(
            f"<tr><td>{escape(name)}<td>{' '.join(shown('read_rate', f['read_rate']))}<td>{shown('character_rate', f['character_rate'])[0]}"
            f"<td>{f['ms_p50']:.1f}<td>{' '.join(shown('ratio', f['ratio'])) if f.get('ratio') else ''}"
            for name, f in section["readers"].items()
        )
        yield f"<table><tr><th>reader<th>plates read right<th>characters right<th>ms a plate<th>ratio to ours{rows}</table>"
        yield f'<div class="plots">{"".join(section_plots(section))}</div>'
    elif section.get("rows"):
        yield _rows(section["rows"])
    if section.get("stage_ms"):
        yield "<h3>Latency, ms</h3>" + _rows([{"stage": k, **v} for k, v in section["stage_ms"].items()])
    if section.get("histogram_ms") or section["kind"] == "stress":
        yield f'<div class="plots">{"".join(section_plots(section))}</div>'
    if section.get("worst"):
        yield f'<h3>Missed and misread</h3><div class="worst">{"".join(map(_failure, section["worst"]))}</div>'


def _failure(one: dict[str, Any]) -> str:
    picture = f'<img src="data:image/jpeg;base64,{one["jpeg"]}" alt="">' if one["jpeg"] else "<p>no picture</p>"
    return f"<figure>{picture}<figcaption>{escape(one['text'])}</figcaption></figure>"


def section_plots(section: dict[str, Any]) -> Iterator[str]:
    """Yield the plots of a section as SVG text; sections of other kinds than clips have their own few."""
    if section["kind"] == "clips":
        yield from (plot for plot in _clip_plots(section) if plot)
    elif section["kind"] == "stills":
        yield rates(
            "plates read right", "", {name: [_point("", f["read_rate"])] for name, f in section["readers"].items()}
        )
    elif section["kind"] == "stress":
        for kind in dict.fromkeys(level["kind"] for level in section["levels"]):
            yield rates(kind, "", {
                name: [_point(level["level"], level[key]) for level in section["levels"] if level["kind"] == kind]
                for name, key in (("right", "right"), ("sure and wrong", "sure_and_wrong"))
            })  # fmt: skip
    elif section.get("histogram_ms"):
        yield histogram("latency per frame", "ms", section["histogram_ms"])


def _clip_plots(section: dict[str, Any]) -> Iterator[str]:
    if section["by_height"]:
        heights = {
            name: [_point(f"{row['low_px']}-{row['high_px']}", row[key]) for row in section["by_height"]]
            for name, key in (("frames with a read", "read"), ("frames with a right read", "right"))
        }
        yield rates("single frames by character height", "px", heights)
    for by in ("closing speed", "largest characters", "closest distance", "set", "lane"):
        groups = section["breakdowns"].get(by, {})
        if len(groups) > 1:
            yield rates(f"vehicles by {by}", "", {
                NAMES[name]: [_point(group.removesuffix(" mph"), f[name]) for group, f in groups.items() if f[name]["value"] is not None]
                for name in ("capture_rate", "read_rate")
            })  # fmt: skip
    if section["reliability"]:
        yield reliability("confidence against truth", section["reliability"])
    yield histogram("first legible frame to first right read", "s", section["first_right_read_s"])
    yield histogram("first legible frame to alert", "s", section["alert_s"])


def _point(name: str, figure: dict[str, Any]) -> Point:
    return Point(name, figure["value"] or 0.0, figure["low"] or 0.0, figure["high"] or 0.0, figure["count"])


def _figures(figures: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(NAMES.get(name, name))}<td>{shown(name, f)[0]}<td>{shown(name, f)[1]}<td>{f.get('count', '')}"
        for name, f in figures.items()
    )
    return f"<table><tr><th>measure<th>value<th>95 % interval<th>of{rows}</table>"


def _rows(rows: Sequence[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    head = "".join(f"<th>{escape(str(c))}" for c in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(f'{row[c]:,}' if isinstance(row.get(c), (int, float)) else '' if row.get(c) is None else str(row[c]))}"
            for c in columns
        )
        for row in rows
    )
    return f"<table><tr>{head}{body}</table>"
