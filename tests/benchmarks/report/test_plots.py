"""Plots as SVG text."""

from benchmarks.report.plots import histogram


def test_a_histogram_of_one_value_and_of_none() -> None:
    assert histogram("a", "s", []) == ""
    assert "svg" in histogram("a", "s", [0.5])
