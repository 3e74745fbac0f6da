"""`anpr bench`: options become the sizes of a run, and only what was asked for runs."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpr.cli.bench import FURTHER, bench
from anpr.errors import InputError
from benchmarks import suite
from benchmarks.accuracy import drive_sets
from benchmarks.load import latency, records, screen_section
from tests.benchmarks.made_clips import bench_clips, many_vehicles

EMPTY = {"kind": "rows", "title": "made up", "rows": [], "errors": []}


def run(*words: str) -> Result:
    return CliRunner().invoke(bench, words, catch_exceptions=True)


@pytest.fixture
def drives(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """What was asked of the drives, which are not made."""
    asked: list[tuple[Any, dict[str, Any]]] = []

    def note(counts: Any, **more: Any) -> dict[str, Any]:
        asked.append((counts, more))
        return EMPTY

    monkeypatch.setattr(suite, "drives", note)
    return asked


@pytest.mark.parametrize(
    ("words", "counts", "seconds"),
    [
        ([], dict(drive_sets.FULL), drive_sets.SECONDS),
        (["--quick"], dict(drive_sets.QUICK), drive_sets.QUICK_SECONDS),
        (["--sets", "day=6,infrared"], {"day": 6, "infrared": 1}, drive_sets.SECONDS),
        (["--sets", "fast=2", "--seconds", "1.5", "--quick"], {"fast": 2}, 1.5),
    ],
)
def test_sets_and_seconds(drives: list[Any], words: list[str], counts: dict[str, int], seconds: float) -> None:
    assert run("drives", *words, "--json").exit_code == 0
    ((asked, more),) = drives
    assert asked == counts
    assert (more["seconds"], more["seed"], more["quiet"], more["out"]) == (seconds, 1, True, suite.OUT)


def test_sets_that_are_no_numbers_are_refused(drives: list[Any]) -> None:
    error = run("drives", "--sets", "day=many").exception
    assert isinstance(error, InputError)
    assert "day=6,infrared=4" in str(error)
    assert drives == []


@pytest.mark.parametrize("name", FURTHER)
def test_a_further_benchmark_is_run_as_quick_as_asked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    asked: list[bool] = []

    def section(quick: bool) -> dict[str, Any]:
        asked.append(quick)
        return EMPTY

    home = screen_section if name == "screen" else records
    monkeypatch.setattr(home, FURTHER[name][1], section)
    assert list(json.loads(run(name, "--quick", "--json").stdout)["sections"]) == [name]
    run(name)
    assert asked == [True, False]


def test_all_runs_every_section_and_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch, drives: list[Any]) -> None:
    def broken(*_: object) -> dict[str, Any]:
        raise InputError("the clip is gone")

    monkeypatch.setattr(latency, "latency_section", broken)
    for name, (_, function) in FURTHER.items():
        monkeypatch.setattr(screen_section if name == "screen" else records, function, lambda quick: EMPTY)
    result = run("all", "--quick", "--json")
    assert result.exit_code == 1
    assert "anpr: latency: the clip is gone" in result.stderr
    sections = json.loads(result.stdout)["sections"]
    assert list(sections) == ["drives", "latency", "hotlists", "records", "screen"]
    assert sections["latency"]["errors"] == ["the clip is gone"]
    assert drives[0][0] == dict(drive_sets.QUICK)


def test_two_reports_are_compared(tmp_path: Path) -> None:
    many_vehicles(tmp_path / "clips", 3, 4)
    bench_clips(tmp_path / "clips", "--report", str(tmp_path / "one.json"))
    result = run("compare", str(tmp_path / "one.json"), str(tmp_path / "one.json"))
    assert "figures changed beyond noise" in result.stdout
    assert isinstance(run("compare", str(tmp_path / "one.json"), str(tmp_path / "none.json")).exception, InputError)


def test_a_relative_folder_of_clips_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many_vehicles(tmp_path / "my clips", 28)
    monkeypatch.chdir(tmp_path)
    code, out = bench_clips(Path("my clips"), "--json")
    section = json.loads(out)["sections"]["clips"]
    assert (code, section["clips"], section["errors"]) == (0, 1, [])
    assert [row["vehicles"] for row in section["per_clip"]] == [30]
    assert [row["vrm"] for row in section["worst"]] == ["AB28CDE", "AB29CDE"]
