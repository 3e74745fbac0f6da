"""Samples of hidden characters: what the reader missed and misread is known, at its place."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from anpr.perception.hidden_cut import COLUMNS
from models.plates.random_plate import random_plate
from models.train.hidden.samples import KINDS, UNKNOWN, Sampler, laid_over, write
from models.train.reader.real import fold_of


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A street with one clear plate of a vehicle of fold 0."""
    folder = tmp_path_factory.mktemp("drive")
    (folder / "frames").mkdir()
    rng = np.random.default_rng(0)
    while fold_of((plate := random_plate(rng, styles=("GB current",))).text) != 0:
        pass
    picture = rng.integers(60, 90, (300, 600, 3)).astype(np.uint8)
    tall = round(180 * plate.image.shape[0] / plate.image.shape[1])
    picture[140 : 140 + tall, 200:380] = cv2.resize(plate.image, (180, tall), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(folder / "frames" / "a.png"), picture)
    plates = [{"box": [200, 140, 380, 140 + tall], "text": plate.text, "legibility": "clear"}]
    (folder / "labels.json").write_text(
        json.dumps([{"file": "a.png", "video": "d", "second": 0, "plates": plates}]), encoding="utf-8"
    )
    return folder


def test_characters_that_the_reader_lacks_have_no_partner() -> None:
    x = np.array([8.0, 12, 16, 20])
    rows = np.zeros(4, np.int64)
    assert laid_over("RK64", x, rows, "K64", [(12.0, 0), (16.0, 0), (20.0, 0)]) == [(0, None), (1, 0), (2, 1), (3, 2)]
    assert laid_over("RK64", x, rows, "IK64", [(8.3, 0), (12.0, 0), (16.0, 0), (20.0, 0)])[0] == (0, 0)
    assert laid_over("RK64", x, rows, "RK6", [(8.0, 0), (12.0, 0), (16.0, 0)])[-1] == (3, None)
    assert (None, 3) in laid_over("RK6", x[:3], rows[:3], "RK6I", [(8.0, 0), (12.0, 0), (16.0, 0), (26.0, 0)])


def test_targets_agree_with_what_was_read_and_hidden(drive: Path) -> None:
    sampler = Sampler(3, drive)
    found = [sample for _ in range(60) for sample in sampler.samples()]
    assert len(found) > 60
    assert {int(sample["kind"]) for sample in found} <= set(range(len(KINDS)))
    right = [sample for sample in found if sample["right"]]
    assert right
    for sample in right:
        length = int(sample["length"])
        assert not sample["gap"].any()
        assert not sample["is_wrong"].any()
        assert not (sample["missing"] == 1).any()
        assert (sample["wrong"] != 1).all()
        assert (np.diff(sample["column"][:length][sample["row"][:length] == 0].astype(float)) > 0).all()
    wrong = [sample for sample in found if not sample["right"]]
    assert wrong
    for sample in wrong:
        assert sample["gap"].any() or sample["is_wrong"].any()
        assert (sample["missing"] == 1).any() == bool(sample["gap"].any())
    assert any((sample["missing"] == UNKNOWN).any() for sample in wrong)
    assert all(sample["covered"].shape == (2, COLUMNS) for sample in found)


def test_the_same_seed_writes_the_same_samples(drive: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        done = CliRunner().invoke(
            write, [str(tmp_path / f"{name}.npy"), "--drive", str(drive), "--count", "6", "--seed", "4"]
        )
        assert done.exit_code == 0, done.output
    a, b = (np.load(tmp_path / f"{name}.npy") for name in ("a", "b"))
    assert (a == b).all()
    assert (a["length"] > 0).all()


def test_without_a_drive_every_plate_is_rendered(tmp_path: Path) -> None:
    done = CliRunner().invoke(write, [str(tmp_path / "a.npy"), "--count", "40", "--seed", "4", "--made-frames", "2"])
    assert done.exit_code == 0, done.output
    found = np.load(tmp_path / "a.npy")
    assert (found["length"] > 0).all()
    assert set(found["kind"].tolist()) <= {0, 1, 2}
    assert len(set(found["kind"].tolist())) > 1
