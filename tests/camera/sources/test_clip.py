"""Clips and folders of frames."""

import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from anpr.errors import InputError
from tests.camera.parts import numbered, scene, write_clip
from tests.camera.recordings import numbers, play


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "mpeg4"), ("a.avi", "mjpeg"), ("a.mkv", "mpeg4")])
def test_a_clip_gives_every_frame_in_order(tmp_path: Path, name: str, codec: str) -> None:
    played, source = play(write_clip(tmp_path / name, numbered(20), codec=codec))
    assert numbers(played) == list(range(20))
    assert source.damage == ()
    assert source.fps == 25.0
    assert [f.name for f in played] == [str(n) for n in range(20)]


def test_clips_as_opencv_writes_them(tmp_path: Path) -> None:
    for name, code in (("a.mp4", "mp4v"), ("a.avi", "MJPG")):
        writer = cv2.VideoWriter(str(tmp_path / name), cv2.VideoWriter.fourcc(*code), 30, (320, 240))
        for picture in numbered(12):
            writer.write(picture)
        writer.release()
        played, source = play(tmp_path / name)
        assert numbers(played) == list(range(12))
        assert source.length == 12
        assert played[3].captured_ns == 100_000_000


def test_a_clip_that_is_cut_short_is_played_and_the_damage_told(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.avi", [scene(n) for n in range(30)], codec="mjpeg")
    content = clip.read_bytes()
    (tmp_path / "cut.avi").write_bytes(content[: len(content) * 6 // 10])
    played, source = play(tmp_path / "cut.avi")
    assert 10 <= len(played) < 25
    assert any(f"{len(played)} of 30 frames could be played" in sentence for sentence in source.damage)


def test_damage_inside_a_clip_is_told_and_the_rest_is_played(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    clip = write_clip(tmp_path / "a.mp4", [scene(n, shift=4 * n) for n in range(40)])
    content = bytearray(clip.read_bytes())
    junk = np.random.default_rng(3)
    for at in junk.integers(len(content) // 3, len(content) * 2 // 3, 30):
        content[at : at + 50] = bytes(junk.integers(0, 256, 50, dtype=np.uint8))
    (tmp_path / "bad.mp4").write_bytes(content)
    played, source = play(tmp_path / "bad.mp4")
    assert len(played) >= 30
    assert any("frames are damaged, the first is frame" in sentence for sentence in source.damage)
    assert capfd.readouterr() == ("", "")


def test_a_clip_without_its_index(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", [scene(n) for n in range(20)])
    content = clip.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="index is missing: the clip is cut short"):
        play(tmp_path / "cut.mp4")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"not a film\n" * 500, "not a video"), (bytes(9000), "not a video|no video")],
)
def test_what_is_not_a_clip(tmp_path: Path, content: bytes, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(InputError, match=words):
        play(tmp_path / "a.mp4")
    assert capfd.readouterr() == ("", "")


def test_a_sound_file_holds_no_video(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        silence.sample_rate = 8000
        container.mux(stream.encode(silence))
        container.mux(stream.encode())
    with pytest.raises(InputError, match="holds no video"):
        play(tmp_path / "a.wav")


def test_names_with_spaces_and_accents(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", numbered(3))
    odd = tmp_path / "Straße nach Ǻ 100% [1].mp4"
    shutil.move(clip, odd)
    assert numbers(play(odd)[0]) == [0, 1, 2]
