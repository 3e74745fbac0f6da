"""One clip measured, and kept for later runs."""

from pathlib import Path

from benchmarks.accuracy.clips import measure
from tests.benchmarks.made_clips import clip_jobs


def test_a_program_that_says_nonsense_is_reported(tmp_path: Path) -> None:
    jobs = clip_jobs(tmp_path, 1)
    lines = tmp_path / "day-000.mp4.lines"
    lines.write_text("hello\n", encoding="utf-8")
    assert "line 1 of the replay" in measure(jobs[0]).error
    lines.write_text("", encoding="utf-8")
    assert "without its summary" in measure(jobs[0]).error
