"""Truth files are read whole, or refused by name."""

from pathlib import Path

import pytest

from anpr.errors import InputError
from benchmarks.accuracy.clips import ClipJob, measure
from benchmarks.accuracy.truth_file import truths_in
from tests.benchmarks.made_clips import FAKE_COMMAND


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "JSON"),
        ("[]", "no truth file"),
        ('{"format": "patrol-anpr-truth/1", "clip": "a.mp4", "fps": 0, "vehicles": []}', "fps"),
        ('{"format": "patrol-anpr-truth/1", "clip": "a.mp4", "fps": 30, "vehicles": [{"vrm": "A?1"}]}', "no mark"),
        ('{"format": "patrol-anpr-truth/1", "clip": "a.mp4", "fps": 30, "vehicles": [{"vrm": "A1", "first_s": 3, "last_s": 2}]}', "time span"),
        ('{"format": "patrol-anpr-truth/1", "clip": "a.mp4", "fps": 30, "vehicles": [{"vrm": "A1", "frames": [{"frame": 1, "box": [5, 1, 2, 3]}]}]}', "box"),
    ],
)  # fmt: skip
def test_wrong_truth_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.truth.json"
    path.write_text(text, encoding="utf-8")
    error = measure(ClipJob(path, FAKE_COMMAND, "1")).error
    assert error.startswith("a.truth.json")
    assert says in error


def test_an_empty_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="anpr bench label"):
        truths_in(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        truths_in(tmp_path / "nowhere")
