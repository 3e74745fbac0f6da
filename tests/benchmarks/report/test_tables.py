"""The report in the terminal."""

import io
from io import StringIO
from pathlib import Path

from rich.console import Console

from benchmarks.report.compare import compare, load_report
from benchmarks.report.tables import print_changes, print_report
from tests.benchmarks.made_clips import bench_clips, many_vehicles


def test_a_comparison_without_changes_says_so(tmp_path: Path) -> None:
    many_vehicles(tmp_path / "clips", 3, 4)
    bench_clips(tmp_path / "clips", "--report", str(tmp_path / "one.json"))
    report = load_report(tmp_path / "one.json")
    console = Console(width=120, record=True, file=io.StringIO())
    print_changes(compare(report, report), console)
    assert "0 of" in console.export_text()


def test_a_floor_that_a_row_lacks_is_an_empty_cell() -> None:
    console = Console(width=160, record=True, file=StringIO())
    print_report(
        {"sections": {"hotlists": {"kind": "rows", "title": "Lists", "rows": [{"measure": "p99", "floor": None}]}}},
        console,
    )
    shown = console.export_text()
    assert "p99" in shown
    assert "None" not in shown
