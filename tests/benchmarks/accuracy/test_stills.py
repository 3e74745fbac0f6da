"""Readers side by side: adapters, what they print, figures, and pictures that cannot be read."""

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from anpr.errors import Failure, InputError
from anpr.values import Image
from benchmarks.accuracy.peers import program_reader
from benchmarks.accuracy.stills import Labelled, labelled, score

PYTHON = shlex.quote(sys.executable)


def by_name(_: Image, file: Path) -> str:
    return file.stem


def half(_: Image, file: Path) -> str:
    return file.stem if file.stem.startswith("A") else file.stem[:-2]


def test_labels_are_read_with_and_without_countries(folder: Path) -> None:
    assert [one.text for one in labelled(folder)] == ["AB51CDE", "KX95LMN", "A1"]
    (folder / "labels.tsv").write_text("AB51CDE.png AB51CDE\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        labelled(folder)
    with pytest.raises(InputError, match=r"labels\.tsv"):
        labelled(folder / "nowhere")


def test_figures_counted_by_hand(folder: Path) -> None:
    section = score("readers", labelled(folder), {"ours": lambda: by_name, "other": lambda: half})
    assert section["pictures"] == 2
    assert any("broken.png" in error for error in section["errors"])
    ours, other = section["readers"]["ours"], section["readers"]["other"]
    assert ours["read_rate"]["value"] == 1.0
    assert other["read_rate"]["value"] == 0.5
    assert other["character_rate"]["value"] == pytest.approx(12 / 14, abs=1e-4)
    assert other["ratio"]["value"] == 2.0
    assert {name: group["value"] for name, group in other["groups"].items()} == {"FR": 0.0, "GB": 1.0}


def test_a_failing_program_is_named_and_its_pictures_are_wrong(folder: Path) -> None:
    reader = program_reader(f"{PYTHON} -c 'raise SystemExit(3)' {{picture}}")
    with pytest.raises(Failure, match=r"AB51CDE\.png"):
        reader(np.zeros((2, 2, 3), np.uint8), folder / "AB51CDE.png")
    pictures = [Labelled(folder / "AB51CDE.png", "AB51CDE", "GB")]
    section = score("readers", pictures, {"ours": lambda: by_name, "bad": lambda: reader})
    assert section["readers"]["bad"]["read_rate"]["value"] == 0.0
    assert section["errors"]
