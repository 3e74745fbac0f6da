"""The worst failures as pictures."""

import json
from pathlib import Path

from benchmarks.accuracy.clips import ClipJob
from benchmarks.accuracy.failures import worst_failures
from benchmarks.accuracy.many import run_jobs
from benchmarks.drives.camera import Camera
from benchmarks.drives.generate import generate, truth_path
from benchmarks.drives.plan import Drive, Mover
from tests.benchmarks.made_clips import (
    FAKE_COMMAND,
    summary,
)


def test_failures_are_shown_where_they_could_be_read_best(tmp_path: Path) -> None:
    mover = Mover("AB46 CDE", "current", "following", 0, 0.0, 8.0)
    drive = Drive(
        "small", 2, (mover,), own_mph=10, seconds=0.1, camera=Camera(width_px=640, height_px=360, focal_px=900.0)
    )
    clip = generate(drive, tmp_path, codec="mjpeg")
    clip.with_name(clip.name + ".lines").write_text(json.dumps(summary(3)) + "\n", encoding="utf-8")
    truths = [truth_path(clip)]
    results, _ = run_jobs([ClipJob(truths[0], FAKE_COMMAND, "1")], tmp_path / "out", workers=1)
    worst = worst_failures(truths, results)
    assert len(worst) == 1
    assert "AB46CDE: not seen" in worst[0]["text"]
    assert len(worst[0]["jpeg"]) > 1000
