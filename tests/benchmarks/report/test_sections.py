"""The parts of a report as plain data."""

import json

import pytest

from benchmarks.accuracy.clips import ClipResult
from benchmarks.accuracy.outcomes import Outcome, Told
from benchmarks.report.sections import FORMAT, clip_rows, clip_section, new_report


def outcome(vrm: str, *told: Told, legible: bool = True, first_right_s: float | None = None) -> Outcome:
    return Outcome(
        "a", "day", vrm, legible, "oncoming", "day", "dry", 50.0, 12.0, 15.0, 1, told, first_right_s, None
    )  # fmt: skip


RIGHT, WRONG = Told("AB46CDE", 0.9, True, True, False), Told("X", 0.4, False, False, False)


def result(clip: str, *outcomes: Outcome, ms: float = 10.0, cpu_s: float = 30.0, dropped: int = 0) -> ClipResult:
    stage = {"p50": ms, "p95": 2 * ms, "p99": 3 * ms}
    return ClipResult(
        clip, "k", "", outcomes, {"frames": 90, "dropped": dropped, "ms": {"total": stage}}, 20.0, 10.0, cpu_s, 2**20
    )


def test_clips_vehicles_and_errors_are_counted() -> None:
    section = clip_section("Clips", [
        result("a", outcome("AB46CDE", RIGHT, first_right_s=0.25), outcome("B2", WRONG, first_right_s=0.1), outcome("", WRONG)),
        result("b", outcome("C3", legible=False)),
        ClipResult("c", "k", error="c: it broke"),
    ], ["the disk is full"])  # fmt: skip
    assert (section["clips"], section["vehicles"], section["legible_vehicles"]) == (2, 3, 2)
    assert section["errors"] == ["c: it broke", "the disk is full"]
    assert section["first_right_read_s"] == [0.1, 0.25]
    assert section["accuracy"]["read_rate"]["value"] == 0.5
    assert json.loads(json.dumps(section)) == section


def test_cost_is_over_clips_and_frames_dropped_over_all_frames() -> None:
    cost = clip_section("Clips", [result("a", cpu_s=30.0), result("b", cpu_s=10.0, dropped=10)])["cost"]
    assert cost["cpu_s_per_video_minute"]["value"] == pytest.approx(60.0)
    assert cost["wall_s_per_video_s"]["value"] == pytest.approx(0.5)
    assert (cost["peak_memory_mb"]["value"], cost["peak_memory_mb"]["count"]) == (1.0, 2)
    assert cost["frames_dropped"]["value"] == pytest.approx(10 / 190, abs=1e-5)
    assert clip_section("Clips", [])["cost"] == {}


def test_stages_are_the_median_of_p50_and_the_worst_of_the_tails() -> None:
    stages = clip_section("Clips", [result("a", ms=10), result("b", ms=20), result("c", ms=90)])["stage_ms"]
    assert stages == {"total": {"p50": 20.0, "p95": 180.0, "p99": 270.0}}


def test_a_report_says_what_and_where() -> None:
    report = new_report(3, True)
    assert (report["format"], report["jobs"], report["quick"], report["sections"]) == (FORMAT, 3, True, {})
    assert report["made_utc"].endswith("+00:00")
    assert report["machine"]["memory_gb"] > 0


def test_each_clip_has_a_row_of_what_became_of_its_vehicles() -> None:
    rows = clip_rows([
        result("a", outcome("A1", WRONG, RIGHT), outcome("B2", WRONG), outcome("C3"), outcome("D4", legible=False), outcome("", WRONG)),
        ClipResult("b", "k", error="b: it broke"),
    ])  # fmt: skip
    assert rows == [
        {"clip": "a", "vehicles": 3, "read right": 1, "misread": 1, "missed": 1, "sightings of no plate": 1, "seconds": 20.0, "error": ""},
        {"clip": "b", "vehicles": 0, "read right": 0, "misread": 0, "missed": 0, "sightings of no plate": 0, "seconds": 0.0, "error": "b: it broke"},
    ]  # fmt: skip
