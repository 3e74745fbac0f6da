"""`anpr read` as its users call it, on pictures of every kind."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from anpr.cli import root
from models.plates.random_plate import random_plate
from tests.builders.clip import demo_frames


def read(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["read", *arguments, "--json"], catch_exceptions=False)


def plates_of(result: Result) -> dict[str, list[dict[str, Any]]]:
    rows = [json.loads(text) for text in result.stdout.splitlines()]
    return {Path(row["file"]).name: row["plates"] for row in rows}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    frame = demo_frames(322, 323)[0]
    cv2.imwrite(str(folder / "plain.png"), frame)
    cv2.imwrite(str(folder / "sixteen.png"), frame.astype(np.uint16) * 257)
    cv2.imwrite(str(folder / "grey.png"), cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    cv2.imwrite(str(folder / "rgba.png"), cv2.cvtColor(frame, cv2.COLOR_BGR2BGRA))
    cv2.imwrite(str(folder / "odd.png"), frame[:-3, :-5])
    cv2.imwrite(str(folder / "pixel.png"), np.zeros((1, 1, 3), np.uint8))
    return folder


def test_pictures_of_every_kind_are_read(pictures: Path) -> None:
    result = read(str(pictures))
    assert result.exit_code == 0
    found = plates_of(result)
    for name in ("plain.png", "sixteen.png", "grey.png", "rgba.png", "odd.png"):
        assert "FT99AEK" in [plate["text"] for plate in found[name]], name
    assert found["pixel.png"] == []
    plate = next(p for p in found["plain.png"] if p["text"] == "FT99AEK")
    assert plate["alternatives"][0] == ["FT99AEK", plate["alternatives"][0][1]]
    assert len(plate["box"]) == 4


def test_bad_pictures_are_named_and_the_others_still_read(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "letter.jpg").write_text("Dear Sir")
    (tmp_path / "broken.png").write_bytes((pictures / "plain.png").read_bytes()[:20_000])
    names = [str(tmp_path / n) for n in ("empty.png", "letter.jpg", "broken.png", "missing.png")]
    result = read(*names, str(pictures / "plain.png"))
    assert result.exit_code == 2
    assert "FT99AEK" in [plate["text"] for plate in plates_of(result)["plain.png"]]
    for name in ("empty.png", "letter.jpg", "broken.png", "missing.png"):
        assert sum(name in text for text in result.stderr.splitlines()) == 1


def test_a_plate_already_cut_out(tmp_path: Path) -> None:
    plate = random_plate(np.random.default_rng(3), styles=["GB current"])
    cv2.imwrite(str(tmp_path / "plate.png"), plate.image)
    (found,) = plates_of(read("--crops", str(tmp_path / "plate.png")))["plate.png"]
    assert found["text"] == plate.text
    assert found["confidence"] > 0.5


def test_the_program_as_a_process_says_one_sentence_and_exit_code_two(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "anpr", "read", str(tmp_path / "none.png"), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
