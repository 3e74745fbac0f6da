"""Plates cut out of made drives: the right pictures, and our reader reads them where they are large."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from anpr.cli.bench import bench
from anpr.config.car import PatrolConfig
from anpr.patrol.opening import open_stills
from anpr.values import Image
from anpr.vrm import fold
from benchmarks.accuracy.cut_outs import cut, cut_out_plates
from benchmarks.drives import marks
from benchmarks.drives.camera import Camera
from benchmarks.drives.generate import generate, truth_path
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.scene import Scene
from tests.benchmarks.drives.cutting import cut_out

SMALL = Drive(
    "small-000", 2,
    (Mover("AB46 CDE", "current", "following", 0, 0.0, 12.0), Mover("KX95 LMN", "current", "parked", 10, 0.1, 30.0)),
    own_mph=10, seconds=0.2,
)  # fmt: skip
CLOSE_VEHICLES = 200
CLOSE_CAMERA = Camera(width_px=480, height_px=400, fps=100.0)


def test_a_cut_reaches_around_the_box_and_ends_at_the_picture() -> None:
    picture = np.arange(100 * 200 * 3, dtype=np.uint32).astype(np.uint8).reshape(100, 200, 3)
    assert np.array_equal(cut(picture, (50.0, 40.0, 90.0, 60.0), 0.5), picture[30:70, 40:100])
    assert cut(picture, (0.0, 0.0, 20.0, 10.0), 0.5).shape == (15, 25, 3)


def test_one_picture_of_each_legible_vehicle_and_the_broken_clip_is_named(tmp_path: Path) -> None:
    clip = generate(SMALL, tmp_path, codec="mjpeg")
    truth = truth_path(clip)
    broken = tmp_path / "broken-000.truth.json"
    broken.write_text("{", encoding="utf-8")
    found, errors = cut_out_plates([broken, truth], tmp_path / "cuts")
    content = json.loads(truth.read_text(encoding="utf-8"))
    legible = [v for v in content["vehicles"] if any(row["legible"] for row in v["frames"])]
    assert [one.text for one in found] == [v["vrm"] for v in legible] == ["AB46CDE"]
    assert found[0].group == "small"
    assert len(errors) == 1
    assert errors[0].startswith("broken-000")
    rows = [row for row in legible[0]["frames"] if row["legible"]]
    middle = rows[len(rows) // 2]
    decoder = cv2.VideoCapture(str(clip))
    frames = [decoder.read()[1] for _ in range(content["frames"])]
    picture = np.asarray(cv2.imread(str(found[0].file)))
    assert np.array_equal(picture, cut(frames[middle["frame"]], tuple(middle["box"])))


@pytest.mark.slow
def test_the_command_sets_a_peer_beside_us_on_the_clips(tmp_path: Path) -> None:
    peer = "right=sh -c 'basename \"$0\" .png | sed s/.*-//' {picture}"
    arguments = ["drives", "--sets", "fast=1", "--seconds", "1.2", "--out", str(tmp_path), "--jobs", "1", "--json"]
    result = CliRunner().invoke(bench, [*arguments, "--peer", peer])
    assert result.exception is None, result.output
    sections = json.loads(result.stdout)["sections"]
    readers = sections["readers_on_drives"]["readers"]
    assert sections["readers_on_drives"]["pictures"] == sections["drives"]["legible_vehicles"]
    assert readers["right"]["read_rate"]["value"] == 1.0
    assert set(readers) == {"ours", "right"}
    assert list(readers["ours"]["groups"]) == ["fast"]


@pytest.fixture(scope="module")
def close_cuts() -> list[tuple[str, Image]]:
    """Plates of cars followed at close range, each cut out of its frame by its truth corners."""
    rng = np.random.default_rng(20)
    movers = tuple(
        Mover(*marks.random_mark(rng), "following", 0, 0.0, float(rng.uniform(7, 11))) for _ in range(CLOSE_VEHICLES)
    )
    scene = Scene(Drive("close", 20, movers, own_mph=10, seconds=0.01, camera=CLOSE_CAMERA))
    cuts = []
    for actor in scene.actors:
        scene.actors = [actor]
        picture = scene.frame(0)
        row = actor.truth.frames[0]
        assert row.legible
        cuts.append((actor.truth.vrm, cut_out(picture, row, actor.plate)))
    return cuts


@pytest.mark.slow
def test_plates_cut_out_by_their_truth_corners_are_read_right_at_close_range(
    close_cuts: list[tuple[str, Image]],
) -> None:
    stills = open_stills(PatrolConfig().perception)
    wrong = []
    for vrm, picture in close_cuts:
        plates = stills.crop(picture)
        said = plates[0][0].text if plates else ""
        if fold(said) != fold(vrm):
            wrong.append((vrm, said))
    assert len(wrong) <= 0.005 * len(close_cuts), wrong
