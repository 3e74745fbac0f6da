"""The shipped demo: small enough, decodable by opencv alone, and its story is in clip, truth and hotlist."""

import csv

import cv2

from anpr.vrm import normalise
from benchmarks.accuracy.truth_file import load_truth
from benchmarks.drives.demo import DRIVE, HOTLIST, LARGEST_BYTES, MOVERS, SHIPPED


def test_the_clip_is_small_and_whole() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir() if path.is_file()) <= LARGEST_BYTES
    clip = cv2.VideoCapture(str(SHIPPED / "clip.mp4"))
    assert (clip.get(cv2.CAP_PROP_FRAME_WIDTH), clip.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (1280, 720)
    assert sum(1 for _ in iter(clip.grab, False)) == round(DRIVE.seconds * DRIVE.camera.fps)


def test_every_vehicle_of_the_clip_is_legible_for_a_while() -> None:
    truth = load_truth(SHIPPED / "truth.json")
    assert {vehicle.vrm for vehicle in truth.vehicles} == {normalise(mover.words) for mover in MOVERS}
    for vehicle in truth.vehicles:
        assert sum(row.legible for row in vehicle.frames) >= 10, vehicle.vrm


def test_the_hotlist_has_sixteen_columns_and_tells_its_story() -> None:
    with (SHIPPED / "hotlist.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [tuple(row) for row in rows] == list(HOTLIST)
    assert {len(row) for row in rows} == {16}
    listed, passing = {normalise(row[0]) for row in rows}, {normalise(mover.words) for mover in MOVERS}
    assert len(listed & passing) == 5
    near = [a for a in listed - passing for b in passing if sum(x != y for x, y in zip(a, b, strict=True)) == 1]
    assert near == ["BX49KLM"]
