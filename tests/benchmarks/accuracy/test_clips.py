"""One clip measured, and kept for later runs."""

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.accuracy.clips import ClipJob, ClipResult, measure, store, stored
from benchmarks.accuracy.truth_file import truths_in
from tests.benchmarks.made_clips import FAKE, FAKE_COMMAND, clip_jobs


def test_a_program_that_says_nonsense_is_reported(tmp_path: Path) -> None:
    jobs = clip_jobs(tmp_path, 1)
    lines = tmp_path / "day-000.mp4.lines"
    lines.write_text("hello\n", encoding="utf-8")
    assert "line 1 of the replay" in measure(jobs[0]).error
    lines.write_text("", encoding="utf-8")
    assert "without its summary" in measure(jobs[0]).error


def test_a_result_is_found_again_until_anything_that_decides_it_changes(tmp_path: Path) -> None:
    (job,) = clip_jobs(tmp_path, 1)
    result = measure(job)
    assert store(tmp_path / "out", result) == ""
    assert stored(tmp_path / "out", job) == result
    for other in (
        replace(job, command=FAKE_COMMAND + " "),
        replace(job, version="2"),
        replace(job, import_command="x"),
    ):
        assert stored(tmp_path / "out", other) is None
    clip = job.truth.with_name("day-000.mp4")
    content = clip.read_bytes()
    clip.write_bytes(content + b"recorded anew")
    assert stored(tmp_path / "out", job) is None
    clip.write_bytes(content)
    assert stored(tmp_path / "out", job) == result
    job.truth.write_text(job.truth.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert stored(tmp_path / "out", job) is None


def test_failures_and_broken_files_are_measured_again(tmp_path: Path) -> None:
    (job,) = clip_jobs(tmp_path, 1)
    store(tmp_path / "out", ClipResult("day-000.mp4", job.key, error="it broke"))
    assert stored(tmp_path / "out", job) is None
    for content in ("", "[]", "{}", '{"clip": "a", "outcomes": [1]}'):
        (tmp_path / "out" / f"{job.key}.json").write_text(content, encoding="utf-8")
        assert stored(tmp_path / "out", job) is None


def test_every_mark_of_the_clip_is_on_the_list_that_alerts_are_timed_with(tmp_path: Path) -> None:
    (job,) = clip_jobs(tmp_path, 1)
    code = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_text(pathlib.Path(sys.argv[1]).read_text())"
    kept = tmp_path / "kept.csv"
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {{file}} {shlex.quote(str(kept))}"
    assert measure(replace(job, import_command=command)).error == ""
    assert kept.read_text(encoding="utf-8").split(",") == ["AB46CDE", "", "", "", "STOP", *[""] * 10, "\n"]


def test_seconds_of_video_are_frames_by_their_rate(tmp_path: Path) -> None:
    (job,) = clip_jobs(tmp_path, 1)
    assert measure(job).video_s == 20 / 10
    content = json.loads(job.truth.read_text(encoding="utf-8"))
    del content["frames"]
    (tmp_path / "day-000.mp4.lines").write_text(
        '{"type": "summary", "frames": 50, "dropped": 0, "ms": {}}\n', encoding="utf-8"
    )
    job.truth.write_text(json.dumps(content), encoding="utf-8")
    assert measure(job).video_s == 5.0


def test_a_relative_folder_is_measured_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip_jobs(tmp_path, 1)
    # the program changes its folder, as one does that runs where its source is
    (tmp_path / "elsewhere").mkdir()
    code = f"import os, runpy; os.chdir('elsewhere'); runpy.run_path({str(FAKE)!r})"
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {{clip}}"
    monkeypatch.chdir(tmp_path)
    (truth,) = truths_in(Path())
    result = measure(ClipJob(truth, command, "1"))
    assert result.error == ""
    assert result.outcomes[0].told
