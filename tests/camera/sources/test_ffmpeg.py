from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from camera.sources.ffmpeg import bgr, video_stream
from tests.camera.parts import numbered, scene, write_clip
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


def frame_of(picture: np.ndarray, form: str) -> VideoFrame:
    return VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=form)


@pytest.mark.parametrize(
    ("form", "size"), [("yuv420p", (640, 360)), ("yuv420p", (638, 358)), ("yuv444p", (640, 360)), ("gray", (640, 360))]
)
def test_colours_are_those_of_ffmpeg_whatever_turns_them(form: str, size: tuple[int, int]) -> None:
    frame = frame_of(scene(1, *size), form)
    image = bgr(frame)
    assert image.dtype == np.uint8
    assert image.shape == (size[1], size[0], 3)
    wanted = frame.to_ndarray(format="bgr24").astype(int)
    # levels differ by one or two; at edges the two spread colour differently
    assert np.percentile(np.abs(image.astype(int) - wanted), 95) <= 3


def test_full_range_is_not_taken_for_studio_range() -> None:
    """A camera's JPEG black is 0, not 16: taken for the other, shadows would be crushed."""
    for level in (0, 10, 128, 250, 255):
        planes = np.full((36 * 3 // 2, 64), 128, np.uint8)
        planes[:36] = level
        frame = VideoFrame.from_ndarray(planes, format="yuvj420p")
        assert np.abs(bgr(frame).astype(int) - level).max() <= 1


def test_blue_stays_blue() -> None:
    picture = np.zeros((36, 64, 3), np.uint8)
    picture[..., 0] = 200
    image = bgr(frame_of(picture, "yuv420p"))
    assert image[..., 0].min() > 180
    assert image[..., 2].max() < 20


def test_one_thread_decodes(tmp_path: Path) -> None:
    with av.open(str(write_clip(tmp_path / "a.mp4", numbered(2)))) as container:
        stream = video_stream(container)
        assert stream is not None
        assert stream.codec_context.thread_count == 1
