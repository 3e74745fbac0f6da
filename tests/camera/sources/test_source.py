from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from anpr.errors import InputError
from camera.sources import open_source
from camera.sources.source import EPOCH, Grab, frames
from tests.camera.parts import START_UTC, numbered, scene, write_clip
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


class Recording:
    """A recording with gaps in its indices that notes whether it was given back."""

    is_live = False
    length: int | None = None
    damage: tuple[str, ...] = ()

    def __init__(self, indices: list[int], fps: float | None) -> None:
        self.indices = indices
        self.fps = fps
        self.closed = 0

    def open(self) -> None:
        if not self.indices:
            raise InputError("nothing")

    def read(self) -> Grab | None:
        if not self.indices:
            return None
        index = self.indices.pop(0)
        return Grab(image=np.zeros((1, 1, 3), np.uint8), index=index, name=f"n{index}", grabbed_ns=5)

    def close(self) -> None:
        self.closed += 1


def test_time_is_the_place_in_the_recording_whatever_is_missing() -> None:
    recording = Recording([0, 2, 3, 300], 30.0)
    played = list(frames(recording, camera_id="front", started_utc=START_UTC))
    assert [(f.camera_id, f.seq, f.name, f.captured_ns) for f in played] == [
        ("front", 0, "n0", 0), ("front", 2, "n2", 66_666_667), ("front", 3, "n3", 100_000_000), ("front", 300, "n300", 10**10),
    ]  # fmt: skip
    assert played[-1].captured_utc == datetime(2026, 11, 22, 2, 0, 10, tzinfo=UTC)
    assert recording.closed == 1


def test_recording_without_a_rate_is_played_at_25() -> None:
    assert [f.captured_ns for f in frames(Recording([1], None))] == [40_000_000]


def test_source_is_given_back_when_the_reader_stops_early_and_not_twice() -> None:
    recording = Recording([0, 1, 2], 25.0)
    playing = frames(recording)
    next(playing)
    assert recording.closed == 0
    playing.close()  # type: ignore[attr-defined]
    assert recording.closed == 1


def test_recording_that_cannot_be_opened_says_so() -> None:
    with pytest.raises(InputError, match="nothing"):
        next(frames(Recording([], 25.0)))
