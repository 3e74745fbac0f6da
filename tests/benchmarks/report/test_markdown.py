"""The report as a Markdown file with its plots beside it."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from benchmarks.report.markdown import write_markdown
from tests.benchmarks.made_clips import (
    bench_clips,
    many_vehicles,
)


def test_the_markdown_names_plots_that_are_there(tmp_path: Path) -> None:
    many_vehicles(tmp_path / "clips", 20)
    code, _ = bench_clips(tmp_path / "clips", "--markdown", str(tmp_path / "REPORT.md"))
    text = (tmp_path / "REPORT.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((report_plots/[^)]+)\)", text)
    assert code == 0
    assert len(named) >= 4
    for name in named:
        assert ET.parse(tmp_path / name).getroot().tag.endswith("svg")  # noqa: S314 - written just above
    assert "| capture rate | 100.0 % |" in text


def report(load: float) -> dict[str, Any]:
    stages = {
        "kind": "latency",
        "title": "Latency",
        "stage_ms": {"read": {"p50": 1.25, "p95": 2.0, "p99": 3.0}},
        "histogram_ms": [1.0, 2.0],
    }
    rows = {
        "kind": "rows",
        "title": "Lists",
        "rows": [{"measure": "p99", "floor": None}, {"measure": "p50", "value": 3}],
        "errors": ["no disk"],
    }
    machine = {"cores": 2, "threads": 4, "memory_gb": 8, "opencv": "4", "load_before": load}
    return {
        "made_utc": "2026-01-02T03:04:05+00:00",
        "version": "1",
        "engine": "abc",
        "machine": machine,
        "sections": {"latency": stages, "hotlists": rows},
    }


def test_times_are_left_out_where_the_machine_was_busy(tmp_path: Path) -> None:
    written = write_markdown(report(0.1), tmp_path / "REPORT.md")
    idle = (tmp_path / "REPORT.md").read_text(encoding="utf-8")
    assert "2026-01-02 03:04 UTC" in idle
    assert "| read | 1.2 | 2.0 | 3.0 |" in idle
    assert written == [tmp_path / "REPORT.md", tmp_path / "report_plots" / "latency-1.svg"]
    write_markdown(report(2.1), tmp_path / "REPORT.md")
    busy = (tmp_path / "REPORT.md").read_text(encoding="utf-8")
    assert "times are left out" in busy
    assert "| read |" not in busy


def test_rows_have_all_columns_and_errors_are_told(tmp_path: Path) -> None:
    write_markdown(report(0.1), tmp_path / "REPORT.md")
    text = (tmp_path / "REPORT.md").read_text(encoding="utf-8")
    assert "| measure | floor | value |\n|---|---|---|\n| p99 |  |  |\n| p50 |  | 3 |" in text
    assert "- not measured: no disk" in text


def test_pictures_of_failures_lie_beside_it_and_are_linked_whatever_its_name(tmp_path: Path) -> None:
    many_vehicles(tmp_path / "clips", 28)
    bench_clips(tmp_path / "clips", "--report", str(tmp_path / "one.json"))
    whole = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    section = whole["sections"]["clips"]
    assert [row["vrm"] for row in section["worst"]] == ["AB28CDE", "AB29CDE"]
    section["worst"][0]["jpeg"] = base64.b64encode(b"a picture").decode()
    written = write_markdown(whole, tmp_path / "my report.md")
    text = (tmp_path / "my report.md").read_text(encoding="utf-8")
    (link,) = re.findall(r"\]\(([^)]+\.jpg)\)", text)
    assert (tmp_path / unquote(link)).read_bytes() == b"a picture"
    assert " " not in link
    assert tmp_path / unquote(link) in written
    assert "AB29CDE: AB29CDF 0.90 (day-000.mp4, oncoming, 10 mph), no picture" in text
    assert "| day-000.mp4 | 30 | 28 | 2 | 0 | 0 |" in text
