"""Clips as files."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from anpr.errors import Failure, InputError
from benchmarks.drives import encode
from benchmarks.drives.encode import ClipWriter, best_codec


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


def stripes(shift: int) -> np.ndarray:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:, :, 0] = (np.arange(96) * 2 + shift) % 256
    picture[:, 30 + shift : 60 + shift] = (20, 200, 90)
    return picture


@pytest.mark.parametrize(("codec", "suffix"), [("h264", ".mp4"), ("mjpeg", ".avi")])
def test_frames_come_back_in_order_size_and_colour(tmp_path: Path, codec: encode.Codec, suffix: str) -> None:
    path = tmp_path / f"clip{suffix}"
    frames = [stripes(2 * n) for n in range(7)]
    with ClipWriter(path, 25.0, (96, 64), codec, quality=10) as writer:
        for frame in frames:
            writer.write(frame)
    clip = cv2.VideoCapture(str(path))
    assert clip.get(cv2.CAP_PROP_FPS) == pytest.approx(25.0)
    decoded = [picture for _ in range(9) for ok, picture in [clip.read()] if ok]
    assert len(decoded) == 7
    for found, frame in zip(decoded, frames, strict=True):
        assert found.shape == frame.shape
        assert np.abs(found.astype(int) - frame).mean() < 8


def test_a_coarser_quality_gives_a_smaller_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    sizes = []
    for quality in (5, 60):
        with ClipWriter(tmp_path / f"{quality}.avi", 25.0, (96, 64), "mjpeg", quality) as writer:
            for _ in range(20):
                writer.write(noise)
        sizes.append((tmp_path / f"{quality}.avi").stat().st_size)
    assert sizes[1] < 0.8 * sizes[0]


def test_without_the_encoder_motion_jpeg_is_chosen_and_h264_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert best_codec() == "h264"
    monkeypatch.setattr(encode, "ENCODER", "no such encoder")
    assert best_codec() == "mjpeg"
    with pytest.raises(InputError, match="choose mjpeg"):
        ClipWriter(tmp_path / "a.mp4", 25.0, (96, 64), "h264")


def test_after_an_error_of_the_caller_the_error_is_told_and_not_the_file_s(tmp_path: Path) -> None:
    def write_and_fail() -> None:
        with ClipWriter(tmp_path / "a.mp4", 25.0, (96, 64), "h264") as writer:
            writer.write(stripes(0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
