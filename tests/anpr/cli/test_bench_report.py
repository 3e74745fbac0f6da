"""What every command of `anpr bench` does with its report."""

import json
from pathlib import Path

import pytest

from anpr.errors import InputError
from benchmarks.report.compare import load_report
from tests.benchmarks.made_clips import bench_clips, many_vehicles


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    many_vehicles(tmp_path / "clips", 3, 4)
    code, out = bench_clips(tmp_path / "clips", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["sections"]["clips"]["accuracy"]["read_rate"]["value"] == 0.75
    assert report["machine"]["threads"] >= 1


def test_errors_are_in_the_report_and_the_exit_code(tmp_path: Path) -> None:
    many_vehicles(tmp_path / "clips", 3, 4)
    (tmp_path / "clips" / "bad.truth.json").write_text("{", encoding="utf-8")
    code, out = bench_clips(tmp_path / "clips")
    assert code == 1
    assert "bad.truth.json" in out
    assert "75.0 %" in out


def test_an_empty_folder_and_a_wrong_report_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bench label"):
        bench_clips(tmp_path)
    with pytest.raises(InputError, match="no report"):
        load_report(tmp_path / "nothing.json")
