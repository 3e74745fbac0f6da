"""Which sighting is of which vehicle."""

from pathlib import Path

from benchmarks.accuracy.outcomes import outcomes
from benchmarks.accuracy.replayed import parse
from benchmarks.accuracy.truth_file import load_truth
from tests.benchmarks.made_clips import lines, sighting, summary, write_clip


def test_without_boxes_time_and_text_decide(tmp_path: Path) -> None:
    vehicles = [
        {"vrm": "AB46 CDE", "first_s": 1.0, "last_s": 2.0},
        {"vrm": "AB46 CDF", "first_s": 8.0, "last_s": 9.0},
    ]
    said = [
        sighting("AB46CDE", [10, 20], 0),
        sighting("AB46CDE", [80, 90], 0),
        sighting("XXXXXXX", [15, 18], 0),
        summary(),
    ]
    truth = load_truth(write_clip(tmp_path, "own", vehicles, []))
    result = outcomes(truth, parse(lines(said)))
    assert [len(one.told) for one in result] == [1, 1, 1]
    assert [one.told[0].right for one in result] == [True, False, False]
