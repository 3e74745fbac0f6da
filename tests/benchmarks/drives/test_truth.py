"""The truth of a clip as it is written."""

import json
from pathlib import Path

import pytest

from benchmarks.accuracy.truth_file import load_truth
from benchmarks.drives.truth import MPH, PlateInFrame, VehicleTruth, write_truth


def row(frame: int, legible: bool) -> PlateInFrame:
    corners = ((1.0, 2.0), (9.0, 2.0), (9.0, 4.0), (1.0, 4.0))
    return PlateInFrame(frame, (1.0, 2.0, 9.0, 4.0), corners, 15.0, 12.5, 0.5, 1.0, legible)


def vehicle(*rows: PlateInFrame) -> VehicleTruth:
    return VehicleTruth(0, "AB46CDE", "current", "hatch", "BLUE", "oncoming", "front", 52.5, list(rows))


def test_a_mile_an_hour_is_the_international_one() -> None:
    assert pytest.approx(1609.344 / 3600) == MPH


def test_times_are_those_of_the_first_and_last_legible_frame() -> None:
    seen = vehicle(row(3, False), row(6, True), row(7, False), row(12, True), row(13, False))
    assert seen.legible_frames() == [6, 12]
    told = seen.as_json(30.0)
    assert (told["first_s"], told["last_s"]) == (0.2, 0.4)
    never = vehicle(row(3, False)).as_json(30.0)
    assert (never["first_s"], never["last_s"]) == (None, None)


def test_what_is_written_is_what_the_benchmarks_read(tmp_path: Path) -> None:
    (tmp_path / "day-000.mp4").touch()
    path = tmp_path / "day-000.truth.json"
    header = {"name": "day-000", "clip": "day-000.mp4", "fps": 30.0, "frames": 240, "light": "day", "weather": "dry"}
    write_truth(path, header, [vehicle(row(6, True)), vehicle(row(9, False))], 30.0)
    truth = load_truth(path)
    first, second = truth.vehicles
    assert (truth.fps, truth.frames, truth.set_name) == (30.0, 240, "day")
    assert (first.vrm, first.lane, first.closing_mph, first.legible, second.legible) == (
        "AB46CDE",
        "oncoming",
        52.5,
        True,
        False,
    )
    at = first.frames[0]
    assert (at.frame, at.box, at.character_px, at.blur_px, at.distance_m) == (6, (1.0, 2.0, 9.0, 4.0), 12.5, 0.5, 15.0)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if '"vrm"' in line]) == 2  # a vehicle a line


def test_a_clip_without_vehicles_is_json_as_well(tmp_path: Path) -> None:
    write_truth(tmp_path / "a.truth.json", {"clip": "a.mp4"}, [], 30.0)
    assert json.loads((tmp_path / "a.truth.json").read_text(encoding="utf-8"))["vehicles"] == []
