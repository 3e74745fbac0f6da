"""What became of each vehicle."""

from pathlib import Path

import pytest

from benchmarks.accuracy.outcomes import outcomes
from benchmarks.accuracy.replayed import AlertAt, Replayed
from benchmarks.accuracy.truth_file import load_truth
from tests.benchmarks.made_clips import plate, vehicle, write_clip


def test_alerts_are_timed_from_the_first_legible_frame(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(5, 10), plate(6, 10)])], []))
    said = Replayed(alerts=[AlertAt("AB46CDE", 0.9), AlertAt("AB46CDE", 0.4)])
    assert outcomes(truth, said)[0].alert_s == pytest.approx(-0.1)
