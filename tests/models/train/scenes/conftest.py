import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.train.scenes.backgrounds import street
from models.train.scenes.scene_maker import SceneMaker


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like the drive frames, with one frame on each side of the split."""
    folder = tmp_path_factory.mktemp("drive")
    (folder / "frames").mkdir()
    maker = SceneMaker(np.random.default_rng(5), [], size=(1280, 720), bank=8)
    labels = []
    for name in ("d1_0003.jpg", "d1_0900.jpg"):
        cv2.imwrite(str(folder / "frames" / name), street(maker.rng, 1280, 720))
        labels.append(
            {"file": name, "plates": [{"box": [600, 400, 700, 425], "text": "B10ABC", "legibility": "clear"}]}
        )
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder
