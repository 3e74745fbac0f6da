"""The report as a Markdown file with its plots beside it."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

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
