"""The worst failures as pictures."""

import base64
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.accuracy.clips import ClipJob, ClipResult
from benchmarks.accuracy.failures import every_failure, worst_failures
from benchmarks.accuracy.many import run_jobs
from benchmarks.accuracy.outcomes import Outcome, Told
from benchmarks.drives.camera import Camera
from benchmarks.drives.generate import generate, truth_path
from benchmarks.drives.plan import Drive, Mover
from tests.benchmarks.made_clips import (
    FAKE_COMMAND,
    plate,
    summary,
    vehicle,
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


def outcome(vrm: str, *told: Told, character_px: float = 12.0, legible: bool = True) -> Outcome:
    return Outcome(
        "day-000", "day", vrm, legible, "oncoming", "day", "dry", 50.0, character_px, 15.0, 1, told, None, None
    )  # fmt: skip


def wrong(text: str, confidence: float) -> Told:
    return Told(text, confidence, False, False, False)


def frames_with(folder: Path, vrms: list[str], x: float = 100.0) -> Path:
    """A folder of one frame with its truth: each vehicle's plate in it."""
    clip = folder / "day-000"
    clip.mkdir()
    picture = np.zeros((240, 640, 3), np.uint8)
    picture[:, :, 1] = 200
    cv2.imwrite(str(clip / "f0.png"), picture)
    rows = [{**plate(0, x), "frame": "f0.png"}]
    vehicles = [{**vehicle(vrm, [plate(0, x)]), "frames": rows} for vrm in vrms]
    truth = {"format": "patrol-anpr-truth/1", "clip": "day-000", "fps": 10, "vehicles": vehicles}
    path = folder / "day-000.truth.json"
    path.write_text(json.dumps(truth), encoding="utf-8")
    return path


def test_confident_misreads_come_first_and_right_illegible_and_stray_ones_not_at_all(tmp_path: Path) -> None:
    marks = ["A1", "B2", "C3", "D4", "E5"]
    truth = frames_with(tmp_path, marks)
    told = [
        outcome("A1"), outcome("B2", wrong("B3", 0.9)), outcome("C3", Told("C3", 0.9, True, True, False)),
        outcome("D4", wrong("D5", 0.5), character_px=30.0), outcome("E5", legible=False), outcome("", wrong("X", 1.0)),
    ]  # fmt: skip
    result = ClipResult("day-000", "k", outcomes=tuple(told))
    found = worst_failures([truth], [result])
    assert [one["text"] for one in found] == [
        "B2: B3 0.90 (day-000, oncoming, 50 mph)",
        "D4: D5 0.50 (day-000, oncoming, 50 mph)",
        "A1: not seen (day-000, oncoming, 50 mph)",
    ]
    assert [one["text"][:2] for one in worst_failures([truth], [result], most=1)] == ["B2"]
    shown = cv2.imdecode(np.frombuffer(base64.b64decode(found[0]["jpeg"]), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape[1] == 320
    assert shown[..., 1].mean() > 150


def test_a_plate_outside_the_picture_has_no_picture(tmp_path: Path) -> None:
    truth = frames_with(tmp_path, ["A1"], x=5000.0)
    assert worst_failures([truth], [ClipResult("day-000", "k", outcomes=(outcome("A1"),))]) == []


def test_the_picture_is_of_the_legible_frame_with_the_largest_characters(tmp_path: Path) -> None:
    truth = frames_with(tmp_path, ["A1"])
    content = json.loads(truth.read_text(encoding="utf-8"))
    heights = {"f0.png": 9.0, "f1.png": 14.0, "f2.png": 12.0, "f3.png": 30.0}
    content["vehicles"][0]["frames"] = [
        {**plate(0, 100.0, legible=name != "f3.png", height=height), "frame": name} for name, height in heights.items()
    ]
    truth.write_text(json.dumps(content), encoding="utf-8")
    for n in range(4):
        cv2.imwrite(str(tmp_path / "day-000" / f"f{n}.png"), np.full((240, 640, 3), 60 * n, np.uint8))
    (shown,) = worst_failures([truth], [ClipResult("day-000", "k", outcomes=(outcome("A1"),))])
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(shown["jpeg"]), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert abs(picture.mean() - 60) < 3


def own_truth(folder: Path, vehicles: list[dict[str, object]]) -> Path:
    """A folder of four frames, each of one grey level, with a truth that a person wrote."""
    clip = folder / "day-000"
    clip.mkdir()
    for n in range(4):
        cv2.imwrite(str(clip / f"f{n}.png"), np.full((240, 640, 3), 60 * n, np.uint8))
    path = folder / "day-000.truth.json"
    head = {"format": "patrol-anpr-truth/1", "clip": "day-000", "fps": 10}
    path.write_text(json.dumps({**head, "vehicles": vehicles}), encoding="utf-8")
    return path


def grey(row: dict[str, object]) -> float:
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(str(row["jpeg"])), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return float(picture.mean())


def test_every_failure_of_own_clips_is_named_with_the_picture_that_was_labelled(tmp_path: Path) -> None:
    span = {"first_s": 0.0, "last_s": 0.3}
    place = {"frame": "f1.png", "box": [100, 100, 180, 120]}
    truth = own_truth(tmp_path, [
        {"vrm": "A1", **span, "picture": place}, {"vrm": "B2", "first_s": 0.2, "last_s": 0.2},
        {"vrm": "A1", **span, "picture": {**place, "frame": "f3.png"}}, {"vrm": "C3", "first_s": 9.0, "last_s": 9.0},
    ])  # fmt: skip
    told = (
        outcome("A1", Told("A1", 0.9, True, True, False)),
        outcome("B2"),
        outcome("A1", wrong("A7", 0.8)),
        outcome("C3"),
    )
    rows = every_failure([truth], [ClipResult("day-000", "k", outcomes=told)])
    assert [(row["vrm"], row["first_s"], [one["text"] for one in row["told"]]) for row in rows] == [
        ("B2", 0.2, []), ("A1", 0.0, ["A7"]), ("C3", 9.0, []),
    ]  # fmt: skip
    # the middle of its time where nobody said where it is; the second of two with one mark has its own picture
    assert grey(rows[0]) == pytest.approx(120, abs=3)
    assert grey(rows[1]) == pytest.approx(180, abs=3)
    assert rows[2]["jpeg"] == ""
    assert rows[2]["text"] == "C3: not seen (day-000, 9.0 s, oncoming, 50 mph)"
