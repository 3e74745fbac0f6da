from pathlib import Path

import cv2
import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures of plates, one of them broken."""
    picture = cv2.imencode(".png", np.full((20, 90, 3), 200, np.uint8))[1].tobytes()
    for name in ("AB51CDE.png", "KX95LMN.png"):
        (tmp_path / name).write_bytes(picture)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    rows = ["file\ttext\tcountry", "AB51CDE.png\tAB51 CDE\tGB", "KX95LMN.png\tKX95LMN\tFR", "broken.png\tA1\tGB"]
    (tmp_path / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path
