"""Sets of made clips: made once, found again, and named when they cannot be."""

from pathlib import Path

from benchmarks.accuracy.drive_sets import make_sets


def test_a_folder_that_cannot_be_written_names_every_clip(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("a file where the folder should be", encoding="utf-8")
    made = make_sets({"day": 1, "fast": 1}, tmp_path / "full", seed=1, seconds=0.1, workers=1)
    assert [clip.error.split(":")[0] for clip in made] == ["day-000", "fast-000"]
    assert all("cannot be written" in clip.error for clip in made)
