"""Stress: which plates are taken, what counts as right, wrong and none, the figures, and the real engine on a made street."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr.errors import InputError
from anpr.values import Box, Detection, Image, Read
from benchmarks.accuracy.stress import (
    LabelledPlate,
    Passed,
    count_levels,
    labelled_plates,
    own_end_finder,
    own_reader,
    run_stress,
    stress_section,
)
from models.plates.random_plate import random_plate


def read(box: Box, text: str, confidence: float) -> Read:
    return Read(Detection(box, 1.0), text, confidence, np.zeros((len(text), 37), np.float32))


def ends(_: Image, __: Box, ___: str) -> None:
    return None


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """A street with one British plate of 160 px, labelled, and one that nobody can read."""
    plate = random_plate(np.random.default_rng(4), styles=("GB current",))
    picture = np.full((420, 640, 3), 90, np.uint8)
    tall = round(160 * plate.image.shape[0] / plate.image.shape[1])
    picture[200 : 200 + tall, 240:400] = cv2.resize(plate.image, (160, tall), interpolation=cv2.INTER_AREA)
    (tmp_path / "frames").mkdir()
    cv2.imwrite(str(tmp_path / "frames" / "a.png"), picture)
    plates = [
        {"box": [240, 200, 400, 200 + tall], "text": plate.text, "legibility": "clear"},
        {"box": [10, 10, 60, 20], "text": None, "legibility": "unreadable"},
        {"box": [10, 30, 60, 40], "text": "AB12CDE", "legibility": "hard"},
    ]
    (tmp_path / "labels.json").write_text(json.dumps([{"file": "a.png", "plates": plates}]), encoding="utf-8")
    return tmp_path


def test_only_clear_plates_are_taken_and_vehicles_come_by_turns(tmp_path: Path) -> None:
    plates = [{"box": [0, 0, 9, 3], "text": text, "legibility": "clear"} for text in ("AA1", "AA1", "AA1", "BB2")]
    (tmp_path / "labels.json").write_text(json.dumps([{"file": "a.jpg", "plates": plates}]), encoding="utf-8")
    for seed in range(5):
        assert {one.text for one in labelled_plates(tmp_path, 2, seed)} == {"AA1", "BB2"}
    assert len(labelled_plates(tmp_path)) == 4


def test_what_is_no_labelled_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.json"):
        labelled_plates(tmp_path)
    (tmp_path / "labels.json").write_text('[{"file": "a.jpg"}]', encoding="utf-8")
    with pytest.raises(InputError, match="plates"):
        labelled_plates(tmp_path)
    (tmp_path / "labels.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="marked clear"):
        labelled_plates(tmp_path)
    with pytest.raises(InputError, match="rain"):
        count_levels(("rain",))


def test_the_read_at_the_plate_counts_and_not_one_beside_it(street: Path) -> None:
    plates = labelled_plates(street)
    elsewhere = read((10.0, 10.0, 60.0, 20.0), plates[0].text, 1.0)

    def beside(_: Image) -> Sequence[Read]:
        return [elsewhere]

    (passed,) = run_stress(plates, beside, ends, kinds=("untouched",))
    assert (passed.text, passed.right, passed.sure_and_wrong) == ("", False, False)

    def wrong(image: Image) -> Sequence[Read]:
        middle = image.shape[1] / 2
        return [elsewhere, read((middle - 60, 180.0, middle + 60, 240.0), plates[0].text[1:], 0.95)]

    (passed,) = run_stress(plates, wrong, ends, kinds=("untouched",))
    assert passed.sure_and_wrong
    assert not passed.right


def test_figures_counted_by_hand() -> None:
    plates = [LabelledPlate(Path("a.jpg"), (0, 0, 9, 3), text) for text in ("AB12CDE", "BO10XYZ")]
    outcomes = [("AB12CDE", 0.99), ("B010XYZ", 0.5), ("B12CDE", 0.95), ("", 0.0)]
    passed = [
        Passed("post", "6 % at first", plate, text, confidence)
        for plate, (text, confidence) in zip((plates[0], plates[1], plates[0], plates[1]), outcomes, strict=True)
    ]
    section = stress_section("x", passed)
    level, together = section["levels"]
    assert level["right"]["value"] == 0.5
    assert level["sure_and_wrong"]["value"] == 0.25
    assert level["none"]["value"] == 0.25
    assert together["right"] == level["right"]
    assert [one["read"] for one in section["wrong"]] == ["B12CDE"]
    assert section["rows"][0]["sure and wrong"].startswith("25.0 %")


def test_the_shipped_models_read_the_untouched_plate_and_not_what_the_edge_cut_off(street: Path) -> None:
    plates = labelled_plates(street)
    passed = run_stress(plates, own_reader(), own_end_finder(), kinds=("untouched", "cut edge"))
    by_level = {one.level: one for one in passed}
    assert by_level["as it is"].right
    assert not by_level["through first"].right
    assert not by_level["through last"].right
