"""Clips as files."""

from pathlib import Path

import numpy as np
import pytest

from anpr.errors import Failure, InputError
from benchmarks.drives.encode import ClipWriter


def test_motion_jpeg_needs_its_container(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.avi"):
        ClipWriter(tmp_path / "clip.mp4", 30, (64, 64), "mjpeg")


def test_a_clip_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    def write() -> None:
        with ClipWriter(tmp_path / "nowhere" / "clip.mp4", 30, (64, 64), "h264") as writer:
            for _ in range(400):
                writer.write(np.zeros((64, 64, 3), np.uint8))

    with pytest.raises(Failure, match=r"nowhere.*clip\.mp4"):
        write()
