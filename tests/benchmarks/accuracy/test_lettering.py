import json
from pathlib import Path
from typing import Any

import pytest

from anpr.errors import InputError
from anpr.perception.stills import ReadPlate
from anpr.values import Box
from benchmarks.accuracy.lettering import Lettering, measure
from tests.builders.read import read_of


def read(text: str, box: Box, confidence: float) -> ReadPlate:
    return read_of(text, box=box), ((text, confidence),)


def test_what_is_said_beside_every_plate_counts_and_what_is_said_of_plates_is_right_or_not() -> None:
    plates: list[dict[str, Any]] = [
        {"box": [0, 0, 100, 20], "text": "AB12CDE", "legibility": "clear"},
        {"box": [200, 0, 300, 20], "text": "KX63PLR", "legibility": "clear"},
        {"box": [400, 0, 420, 5], "text": None, "legibility": "unreadable"},
    ]
    found = Lettering()
    found.take(
        "1.jpg", plates,
        [
            read("AB12CDE", (2, 0, 101, 21), 0.9), read("KX63PLB", (200, 0, 300, 20), 0.9),
            read("XX", (401, 0, 420, 5), 0.9), read("SHOP", (600, 0, 700, 30), 0.6), read("SHOP", (600, 90, 700, 99), 0.4),
        ],
    )  # fmt: skip
    found.take("2.jpg", plates[:1], [read("AB12CDE", (0, 0, 100, 20), 0.3)])
    assert found.beside == [("1.jpg", "SHOP", 0.6)]
    assert found.per_thousand == 500.0
    assert (found.clear, found.right, found.right_and_said) == (3, 2, 1)


def test_a_folder_without_labels_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no labels"):
        measure(tmp_path)
    (tmp_path / "labels.json").write_text(json.dumps([]), encoding="utf-8")
    assert measure(tmp_path).pictures == 0
