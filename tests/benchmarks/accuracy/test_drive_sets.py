"""Sets of made clips: made once, found again, and named when they cannot be."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy.drive_sets import MadeClip, clip_hashes, make_one, make_sets
from benchmarks.drives import generate
from benchmarks.drives.camera import Camera
from benchmarks.drives.plan import Drive, Mover

TINY = Drive(
    "day-000", 3, (Mover("AB46 CDE", "current", "following", 0, 0.0, 9.0),), own_mph=10, seconds=0.1,
    camera=Camera(width_px=320, height_px=180, focal_px=500.0),
)  # fmt: skip


def test_a_folder_that_cannot_be_written_names_every_clip(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a file where the folder should be", encoding="utf-8")
    made = make_sets({"day": 1, "fast": 1}, tmp_path / "full", seed=1, seconds=0.1, workers=1)
    assert [clip.error.split(":")[0] for clip in made] == ["day-000", "fast-000"]
    assert all("cannot be written" in clip.error for clip in made)


def test_a_clip_is_made_once_and_again_when_its_drive_changes(tmp_path: Path) -> None:
    first = make_one(TINY, tmp_path, None)
    assert first == MadeClip(tmp_path / "day-000.truth.json")
    (digest,) = clip_hashes([first, MadeClip(tmp_path / "none", "it broke")]).values()
    clip = next(path for path in tmp_path.iterdir() if path.suffix in {".mp4", ".avi"})
    made_at = clip.stat().st_mtime_ns
    assert make_one(TINY, tmp_path, None) == first
    assert clip.stat().st_mtime_ns == made_at
    make_one(replace(TINY, seed=4), tmp_path, None)
    assert clip_hashes([first])["day-000.truth.json"] != digest


def test_a_run_that_is_killed_leaves_nothing_that_passes_for_another_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_one(TINY, tmp_path, None)
    made = generate.generate

    def killed(*args: Any, **more: Any) -> None:
        made(*args, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(generate, "generate", killed)
    with pytest.raises(KeyboardInterrupt):
        make_one(replace(TINY, seed=4), tmp_path, None)
    monkeypatch.undo()
    make_one(TINY, tmp_path, None)
    assert json.loads((tmp_path / "day-000.truth.json").read_text(encoding="utf-8"))["seed"] == TINY.seed
