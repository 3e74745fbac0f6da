"""Two reports side by side."""

from pathlib import Path

from benchmarks.report.compare import compare, load_report
from tests.benchmarks.made_clips import bench_clips, many_vehicles


def test_a_run_writes_table_report_and_page_and_compares(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    many_vehicles(before, 12)
    many_vehicles(after, 29)
    assert bench_clips(before, "--report", str(tmp_path / "one.json"))[0] == 0
    code, out = bench_clips(
        after,
        "--report",
        str(tmp_path / "two.json"),
        "--html",
        str(tmp_path / "page.html"),
        "--compare",
        str(tmp_path / "one.json"),
    )
    assert code == 0
    assert "read rate" in out
    assert "better" in out
    changes = compare(load_report(tmp_path / "one.json"), load_report(tmp_path / "two.json"))
    verdicts = {change.name: change.verdict for change in changes if change.where == "clips"}
    assert verdicts["read_rate"] == "better"
    assert verdicts["misreads_per_1000"] == "better"
    assert verdicts["capture_rate"] == "same"
    backwards = compare(load_report(tmp_path / "two.json"), load_report(tmp_path / "one.json"))
    assert {c.verdict for c in backwards if c.name == "read_rate" and c.where == "clips"} == {"worse"}
