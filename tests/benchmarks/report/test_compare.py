"""Two reports side by side."""

import json
from pathlib import Path

import pytest

from anpr.errors import InputError
from benchmarks.accuracy.intervals import Estimate
from benchmarks.report.compare import Change, compare, load_report
from benchmarks.report.sections import FORMAT
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


LOW, HIGH = Estimate(0.2, 0.19, 0.21, 500), Estimate(0.8, 0.79, 0.81, 500)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("capture_rate", "better"), ("character_rate", "better"), ("misreads_per_1000", "worse"), ("alert_s_p50", "worse"),
     ("calibration_error", "worse"), ("peak_memory_mb", "worse")],
)  # fmt: skip
def test_which_way_is_better_depends_on_the_figure(name: str, verdict: str) -> None:
    assert Change("drives", name, LOW, HIGH).verdict == verdict
    assert Change("drives", name, HIGH, LOW).verdict == ({"better", "worse"} - {verdict}).pop()
    assert Change("drives", name, LOW, LOW).verdict == "same"


def report(**sections: object) -> dict[str, object]:
    return {"format": FORMAT, "sections": sections}


def test_every_figure_of_both_reports_is_compared_and_no_other() -> None:
    figure = HIGH.as_json()
    groups = {"lane": {"parked": {"capture_rate": figure, "read_rate": figure, "misreads_per_1000": figure}}}
    before = report(
        drives={"accuracy": {"read_rate": figure, "gone": figure}, "cost": {"peak_memory_mb": figure}, "breakdowns": groups},
        stills={"readers": {"ours": {"read_rate": figure, "character_rate": figure, "ratio": figure}}},
        latency={"kind": "latency"},
    )  # fmt: skip
    after = report(
        drives={"accuracy": {"new": figure, "read_rate": figure}, "cost": {"peak_memory_mb": figure}, "breakdowns": groups},
        stills={"readers": {"ours": {"read_rate": figure, "character_rate": figure}}},
    )  # fmt: skip
    assert [(change.where, change.name) for change in compare(before, after)] == [
        ("drives", "read_rate"), ("drives", "peak_memory_mb"),
        ("drives, lane parked", "capture_rate"), ("drives, lane parked", "read_rate"),
        ("stills, ours", "read_rate"), ("stills, ours", "character_rate"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": "patrol-anpr-truth/1"}'])
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.json: no report"):
        load_report(path)
    path.write_text(json.dumps(report()), encoding="utf-8")
    assert load_report(path)["sections"] == {}
