"""The report in the terminal."""

import io
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.accuracy.intervals import NOTHING, Estimate
from benchmarks.report.compare import Change, compare, load_report
from benchmarks.report.tables import print_changes, print_report, shown, without_empty
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


@pytest.mark.parametrize(
    ("name", "figure", "text"),
    [
        ("read_rate", Estimate(0.98765, 0.9, 1.0, 9), ("98.8 %", "90.0 to 100.0 %")),
        ("misreads_per_1000", Estimate(123.4, 99.6, 150.0, 9), ("123", "100 to 150")),
        ("alert_s_p50", Estimate(-0.1234, -0.2, 0.3, 9), ("-0.123", "-0.200 to 0.300")),
        ("cpu_s_per_video_minute", Estimate(12.345, 10.0, 20.0, 9), ("12.35", "10.00 to 20.00")),
        ("read_rate", NOTHING, ("-", "")),
    ],
)
def test_figures_have_the_digits_that_mean_something(name: str, figure: Estimate, text: tuple[str, str]) -> None:
    assert shown(name, figure.as_json()) == text


def test_only_what_changed_is_listed() -> None:
    low, high = Estimate(0.2, 0.19, 0.21, 500), Estimate(0.8, 0.79, 0.81, 500)
    console = Console(width=120, record=True, file=io.StringIO())
    print_changes([Change("here", "read_rate", high, low), Change("there", "read_rate", low, low)], console)
    text = console.export_text()
    assert "worse" in text
    assert "there" not in text
    assert "1 of 2 figures changed beyond noise." in text


def test_errors_are_printed_as_they_are() -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    print_report({"sections": {"screen": {"kind": "failed", "title": "Screen", "errors": ["no browser"]}}}, console)
    assert "not measured: no browser" in console.export_text()


def test_columns_that_say_nothing_are_left_out() -> None:
    rows: list[dict[str, Any]] = [{"clip": "a", "missed": 0, "error": ""}, {"clip": "b", "missed": 2, "error": None}]
    assert without_empty(rows) == [{"clip": "a", "missed": 0}, {"clip": "b", "missed": 2}]
    assert without_empty([]) == []
