from pathlib import Path

import numpy as np

from tests.camera.parts import write_clip
from tests.camera.recordings import play


def test_a_clip_recorded_upright_is_turned(tmp_path: Path) -> None:
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:60, :80] = 255
    write_clip(tmp_path / "a.mp4", [picture] * 3)
    # The display matrix in the track's header, as a telephone writes it: a quarter turn.
    content = (tmp_path / "a.mp4").read_bytes()
    upright = bytes.fromhex("00010000" + "00000000" * 3 + "00010000" + "00000000" * 3 + "40000000")
    turned = bytes.fromhex(
        "00000000" + "00010000" + "00000000" + "ffff0000" + "00000000" * 2 + "00780000" + "00000000" + "40000000"
    )
    at = content.index(upright, content.index(b"tkhd"))
    (tmp_path / "b.mp4").write_bytes(content[:at] + turned + content[at + len(upright) :])
    played, _ = play(tmp_path / "b.mp4")
    assert played[0].image.shape == (160, 120, 3)
    grey = played[0].image.mean(axis=2)
    assert grey[:70, 70:].mean() > 200  # clockwise: the white quarter is now at the top right
    assert grey[:70, :50].mean() < 40
