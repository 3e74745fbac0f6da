"""Clips and folders of frames."""

import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from anpr.errors import InputError
from anpr.values import Frame, Image
from camera.sources import open_source
from camera.sources.source import EPOCH, FrameSource, frames
from tests.camera.parts import numbered, scene, write_clip


def play(path: Path, fps: float | None = None) -> tuple[list[Frame], FrameSource]:
    source = open_source(str(path), fps=fps)
    return list(frames(source)), source


def numbers(played: list[Frame]) -> list[int]:
    return [round((float(f.image.mean()) - 20) / 10) for f in played]


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


def test_times_come_from_the_frame_rate_alone(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", numbered(6), fps=25)
    played, _ = play(clip)
    assert [f.captured_ns for f in played] == [40_000_000 * n for n in range(6)]
    assert played[0].captured_utc == EPOCH
    assert (played[5].captured_utc - EPOCH).total_seconds() == pytest.approx(0.2)
    slower, _ = play(clip, fps=2)
    assert [f.captured_ns for f in slower] == [500_000_000 * n for n in range(6)]


def test_a_replay_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", [scene(n, shift=5 * n) for n in range(10)])
    first, second = play(clip)[0], play(clip)[0]
    assert [f.image.tobytes() for f in first] == [f.image.tobytes() for f in second]
    assert [(f.captured_ns, f.captured_utc, f.name) for f in first] == [
        (f.captured_ns, f.captured_utc, f.name) for f in second
    ]


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


def folder_of(path: Path, named: dict[str, Image]) -> Path:
    path.mkdir()
    for name, picture in named.items():
        cv2.imwrite(str(path / name), picture)
    return path


def test_a_folder_is_played_in_the_order_of_its_names(tmp_path: Path) -> None:
    pictures = numbered(12)
    names = {f"frame{n}.png": pictures[n] for n in (11, 2, 1, 10, 0, 9, 3, 8, 4, 7, 5, 6)}
    played, source = play(folder_of(tmp_path / "f", names), fps=2)
    assert numbers(played) == list(range(12))
    assert played[10].name == "frame10.png"
    assert played[3].captured_ns == 1_500_000_000
    assert source.length == 12


def test_a_damaged_picture_keeps_its_place_in_time_and_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "f", {f"{n}.png": picture for n, picture in enumerate(numbered(5))})
    (folder / "1.png").write_bytes(b"")
    (folder / "3.png").write_bytes((folder / "3.png").read_bytes()[:60])
    (folder / "labels.json").write_text("{}")
    played, source = play(folder, fps=1)
    assert [(f.name, f.captured_ns, f.seq) for f in played] == [
        ("0.png", 0, 0),
        ("2.png", 2_000_000_000, 2),
        ("4.png", 4_000_000_000, 4),
    ]
    assert len(source.damage) == 2
    assert "1.png: is empty" in source.damage[0]
    assert "3.png: is damaged" in source.damage[1]


def test_sizes_and_depths_may_change_within_a_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "f", {"a.png": np.zeros((40, 60, 3), np.uint8), "b.jpg": np.zeros((1, 1), np.uint8)})
    cv2.imwrite(str(folder / "c.png"), np.zeros((33, 47), np.uint16))
    assert [f.image.shape for f in play(folder)[0]] == [(40, 60, 3), (1, 1, 3), (33, 47, 3)]


def test_folders_with_nothing_to_play(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no pictures"):
        play(tmp_path / "empty")
    (tmp_path / "bad").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "bad" / name).write_bytes(b"nothing")
    with pytest.raises(InputError, match="none of its 2 pictures can be read"):
        play(tmp_path / "bad")


def test_one_picture_is_a_recording_of_one_frame(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered(4)[3])
    assert numbers(play(tmp_path / "a.png")[0]) == [3]


def test_a_source_can_be_opened_again(tmp_path: Path) -> None:
    source = open_source(str(write_clip(tmp_path / "a.mp4", numbered(5))))
    assert numbers(list(frames(source))) == numbers(list(frames(source))) == list(range(5))


def test_no_such_file_and_a_frame_rate_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file, folder or camera"):
        open_source(str(tmp_path / "none.mp4"))
    with pytest.raises(InputError, match="frame rate"):
        open_source(str(tmp_path), fps=0)


def test_names_with_spaces_and_accents(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", numbered(3))
    odd = tmp_path / "Straße nach Ǻ 100% [1].mp4"
    shutil.move(clip, odd)
    assert numbers(play(odd)[0]) == [0, 1, 2]
