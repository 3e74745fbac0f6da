"""The screen's section of the report: verdicts, and what it says where no browser is."""

from pathlib import Path

import pytest

from benchmarks.load.screen_section import screen_section, section_of


def found(p50: float, p99: float) -> dict[str, object]:
    spread = {"p50": p50, "p95": p99, "p99": p99, "count": 3}
    return {"alerts": 3, "painted": 3, "behind": 0, "unpainted": 0, "grab_to_paint_ms": spread, "frame_done_ms": spread}


def test_each_time_is_held_against_its_floor() -> None:
    rows = section_of(found(120.0, 250.1))["rows"]
    assert [(row["value"], row[""]) for row in rows if "" in row] == [(120.0, "floor met"), (250.1, "MISSED")]


def test_a_screen_that_painted_nothing_misses_both_floors() -> None:
    empty = {**found(0.0, 0.0), "unpainted": 3, "grab_to_paint_ms": {"count": 0}}
    rows = section_of(empty)["rows"]
    assert [row[""] for row in rows if "" in row] == ["MISSED", "MISSED"]
    assert {row["measure"]: row["value"] for row in rows}["alerts without a paint time"] == 3


def test_without_a_browser_the_section_says_so_and_the_report_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    section = screen_section(quick=True)
    assert "Chromium is not installed" in section["rows"][0]["value"]
    assert section["errors"] == []
