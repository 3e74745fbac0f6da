"""What each stage takes on a clip, as a section of the report."""

import json
from pathlib import Path

import pytest

from benchmarks.accuracy.programs import Run
from benchmarks.load import latency
from tests.builders.clip import short_clip


def test_every_frame_is_measured_and_the_real_time_run_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = short_clip(tmp_path / "clip.avi", 305, 315)
    asked: list[list[str]] = []
    summary = {"frames": 7, "dropped": 3, "ms": {"grab_to_done": {"p50": 40.0, "p95": 50.0, "p99": 60.0}}}

    def run(command: list[str], timeout_s: float) -> Run:
        asked.append(command)
        return Run(["{}", json.dumps(summary)], 1.0, 2.0, 3)

    monkeypatch.setattr(latency, "run_program", run)
    section = latency.latency_section(clip)
    assert asked[0][-4:] == ["replay", str(clip), "--json", "--realtime"]
    assert section["title"] == "Latency on clip.avi, 10 frames"
    assert len(section["histogram_ms"]) == 10
    assert {"detect", "total"} <= section["stage_ms"].keys()
    total = section["stage_ms"]["total"]
    assert 0 < total["p50"] <= total["p95"] <= total["p99"] <= max(section["histogram_ms"])
    (row,) = section["rows"]
    assert (row["frames read"], row["frames dropped"], row["grab_to_done p99 ms"]) == (7, 3, 60.0)
    assert row["CPU s per minute of video"] == pytest.approx(60 * 2.0 / (10 / 30.0), rel=0.01)
