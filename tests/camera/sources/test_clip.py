"""Clips and folders of frames."""

import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import psutil
import pytest

from anpr.errors import InputError
from camera.sources.clip import ClipSource
from tests.camera.parts import HandClock, numbered, scene, write_clip
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


def is_open(path: Path) -> bool:
    return str(path) in {file.path for file in psutil.Process().open_files()}


def test_file_is_open_only_between_open_and_close(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", numbered(3))
    source = ClipSource(clip, fps=None, clock=HandClock())
    source.open()
    assert is_open(clip)
    assert source.read() is not None
    source.close()
    assert not is_open(clip)
    source.close()
    source.open()
    source.open()
    source.close()
    assert not is_open(clip)


@pytest.mark.parametrize("content", [b"not a film\n" * 500, b""])
def test_file_that_is_refused_is_let_go_of(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    source = ClipSource(tmp_path / "a.mp4", fps=None, clock=HandClock())
    with pytest.raises(InputError):
        source.open()
    assert not is_open(tmp_path / "a.mp4")


def test_text_that_ffmpeg_would_draw_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("AB51CDE,FORD\n" * 50)
    source = ClipSource(tmp_path / "list.txt", fps=None, clock=HandClock())
    with pytest.raises(InputError, match=r"holds no video|is not a video"):
        source.open()
    assert not is_open(tmp_path / "list.txt")


def test_frames_are_counted_stamped_and_the_last_is_followed_by_the_end(tmp_path: Path) -> None:
    clock = HandClock()
    source = ClipSource(write_clip(tmp_path / "a.avi", numbered(5), codec="mjpeg"), fps=7.0, clock=clock)
    source.open()
    stamps = []
    for index in range(5):
        clock.advance(1.0)
        grab = source.read()
        assert grab is not None
        assert (grab.index, grab.name) == (index, str(index))
        stamps.append(grab.grabbed_ns)
    assert stamps == [1_000_000_000 * n for n in range(2, 7)]
    assert source.read() is None
    assert source.read() is None
    assert (source.fps, source.length, source.damage) == (7.0, 5, ())


def test_frames_that_are_missing_at_the_end_are_counted(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.avi", [scene(n, 320, 180) for n in range(30)], codec="mjpeg")
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    source = ClipSource(clip, fps=None, clock=HandClock())
    source.open()
    count = 0
    while source.read() is not None:
        assert not any("could be played" in note for note in source.damage)
        count += 1
    assert f"{clip}: {count} of 30 frames could be played; it is cut short or damaged" in source.damage


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "libx264"), ("a.mp4", "libx264"), ("a.webm", "libvpx")])
def test_frames_have_the_clips_own_stamps(tmp_path: Path, name: str, codec: str) -> None:
    at_ms = [*range(0, 400, 40), *range(400, 2400, 100), *range(2400, 2800, 40)]
    clip = write_clip(tmp_path / name, [scene(n, 160, 96) for n in range(len(at_ms))], codec=codec, at_ms=at_ms)
    played, source = play(clip)
    assert [round(f.captured_ns / 1e6) for f in played] == at_ms
    assert source.damage == ()
    # a rate that was chosen is a rate
    chosen, _ = play(clip, fps=10)
    assert [round(f.captured_ns / 1e6) for f in chosen] == [100 * n for n in range(len(at_ms))]


@pytest.mark.parametrize(("codec", "name"), [("libx264", "h264"), ("libx265", "hevc")])
@pytest.mark.parametrize("fps", [15, 25, 50])
def test_a_stream_without_a_container_has_its_own_rate(tmp_path: Path, codec: str, name: str, fps: int) -> None:
    clip = write_clip(tmp_path / f"a.{name}", [scene(n, 160, 96) for n in range(6)], codec=codec, fps=fps)
    played, source = play(clip)
    assert source.fps == fps
    assert [round(f.captured_ns * fps / 1e9, 3) for f in played] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "libx264"), ("a.webm", "libvpx")])
def test_a_matroska_clip_that_is_cut_short_is_played_and_the_damage_told(tmp_path: Path, name: str, codec: str) -> None:
    clip = write_clip(tmp_path / name, [scene(n, 320, 180, shift=4 * n) for n in range(40)], codec=codec)
    assert play(clip)[1].damage == ()
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) * 6 // 10])
    played, source = play(clip)
    assert 5 <= len(played) < 40
    lacking = len(content) - len(content) * 6 // 10
    assert f"{clip}: {lacking:,} bytes are missing at its end; it is cut short" in source.damage


def test_words_about_a_clip_that_are_not_utf_8_do_not_keep_it_from_being_played(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    with av.open(str(clip), "w") as container:
        container.metadata["title"] = "Rue Xxxxx"
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for picture in numbered(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    content = clip.read_bytes()
    assert b"Rue Xxxxx" in content
    clip.write_bytes(content.replace(b"Rue Xxxxx", b"Rue caf\xe9\xff"))
    assert numbers(play(clip)[0]) == [0, 1, 2]
