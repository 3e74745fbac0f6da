from pathlib import Path

import pytest

from camera.sources import open_source
from camera.sources.source import EPOCH, frames
from tests.camera.parts import numbered, scene, write_clip
from tests.camera.recordings import numbers, play


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


def test_a_source_can_be_opened_again(tmp_path: Path) -> None:
    source = open_source(str(write_clip(tmp_path / "a.mp4", numbered(5))))
    assert numbers(list(frames(source))) == numbers(list(frames(source))) == list(range(5))
