"""Truth files are read whole, or refused by name."""

import json
from pathlib import Path

import pytest

from anpr.errors import InputError
from benchmarks.accuracy.clips import ClipJob, measure
from benchmarks.accuracy.truth_file import load_truth, truths_in
from tests.benchmarks.made_clips import FAKE_COMMAND, plate, vehicle, write_clip


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


def test_truth_is_read_whole(tmp_path: Path) -> None:
    rows = [plate(3, 10, legible=False, height=7.5), plate(4, 12)]
    vehicles = [vehicle("ab46 cde", rows, lane="parked", closing_mph=20), {"vrm": "KX95LMN", "first_s": 1, "last_s": 2}]
    truth = load_truth(write_clip(tmp_path, "low_sun-012", vehicles, [], light="low_sun"))
    assert (truth.clip, truth.fps, truth.frames, truth.light, truth.weather) == (
        tmp_path / "low_sun-012.mp4", 10.0, 20, "low_sun", "dry",
    )  # fmt: skip
    assert truth.set_name == "low_sun"
    first, second = truth.vehicles
    assert (first.vrm, first.first_s, first.last_s, first.lane, first.closing_mph) == (
        "AB46CDE",
        0.4,
        0.4,
        "parked",
        20.0,
    )
    assert [(row.frame, row.legible, row.character_px) for row in first.frames] == [(3, False, 7.5), (4, True, 12.0)]
    assert (second.legible, second.closing_mph, second.lane) == (True, None, "unknown")
    assert {frame: [number for number, _ in found] for frame, found in truth.by_frame.items()} == {3: [0], 4: [0]}
    assert truth.located


def test_a_vehicle_that_nobody_could_read_has_no_span_and_is_not_legible(tmp_path: Path) -> None:
    truth = load_truth(write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(3, 10, legible=False)])], []))
    assert (truth.vehicles[0].legible, truth.vehicles[0].first_s) == (False, 0.0)


@pytest.mark.parametrize(
    ("changes", "row", "says"),
    [
        ({"frames": "many"}, {}, "frames is 'many'"),
        ({"fps": "fast"}, {}, "fast"),
        ({"fps": float("inf")}, {}, "fps is inf"),
        ({}, {"frame": [1]}, "neither an index nor a file's name"),
        ({}, {"character_px": "large"}, "large"),
        ({}, {"box": [1, 2, 3]}, "not enough values"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_and_not_met_later(
    tmp_path: Path, changes: dict[str, object], row: dict[str, object], says: str
) -> None:
    path = write_clip(tmp_path, "a", [vehicle("AB46CDE", [plate(1, 10)])], [])
    content = json.loads(path.read_text(encoding="utf-8")) | changes
    content["vehicles"][0]["frames"][0] |= row
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.truth\.json") as refused:
        load_truth(path)
    assert says in str(refused.value)


def test_truths_come_in_name_order(tmp_path: Path) -> None:
    for name in ("b-2", "a-10", "a-2"):
        write_clip(tmp_path, name, [], [])
    assert [path.name for path in truths_in(tmp_path)] == ["a-10.truth.json", "a-2.truth.json", "b-2.truth.json"]
