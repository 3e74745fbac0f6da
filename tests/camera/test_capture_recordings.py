"""Recordings in a capture thread: played at their own pace, once or in a loop."""

import threading
from pathlib import Path

from anpr.errors import InputError
from anpr.values import Frame
from camera.capture import CaptureThread
from camera.newest_frame import NewestFrame
from camera.sources import open_source
from tests.camera.parts import PATIENCE_S, HandClock, numbered, scene, write_clip


def test_a_recording_is_played_at_its_own_pace_once(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", numbered(8), fps=10)
    clock, slot = HandClock(), NewestFrame()
    stamps: list[int] = []
    slot.put = lambda frame: stamps.append(frame.captured_ns)  # type: ignore[method-assign]
    capture = CaptureThread(lambda: open_source(str(clip), clock=clock), "clip", slot, clock)
    capture.start()
    assert slot.take(PATIENCE_S) is None
    assert slot.is_over
    assert [s - stamps[0] for s in stamps] == [100_000_000 * n for n in range(8)]
    assert capture.failure is None


def test_a_recording_with_a_changing_rate_is_played_by_its_own_stamps(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mkv", numbered(8), at_ms=[0, 40, 80, 120, 420, 720, 760, 800])
    clock, slot = HandClock(), NewestFrame()
    stamps: list[int] = []
    slot.put = lambda frame: stamps.append(frame.captured_ns)  # type: ignore[method-assign]
    capture = CaptureThread(lambda: open_source(str(clip), clock=clock), "clip", slot, clock)
    capture.start()
    assert slot.take(PATIENCE_S) is None
    assert [round((s - stamps[0]) / 1e6) for s in stamps] == [0, 40, 80, 120, 420, 720, 760, 800]


def test_a_looped_recording_has_no_pause_at_its_end(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", numbered(4), fps=10)
    clock, slot = HandClock(), NewestFrame()
    stamps: list[int] = []
    enough = threading.Event()

    def keep(frame: Frame) -> None:
        stamps.append(frame.captured_ns)
        if len(stamps) >= 13:
            enough.set()

    slot.put = keep  # type: ignore[method-assign]
    capture = CaptureThread(lambda: open_source(str(clip), clock=clock), "clip", slot, clock, loop=True)
    capture.start()
    assert enough.wait(PATIENCE_S)
    assert capture.stop(PATIENCE_S)
    assert [s - stamps[0] for s in stamps[:13]] == [100_000_000 * n for n in range(13)]


def test_a_recording_that_cannot_be_played_ends_with_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film")
    clock, slot = HandClock(), NewestFrame()
    capture = CaptureThread(lambda: open_source(str(tmp_path / "a.mp4")), "clip", slot, clock)
    capture.start()
    assert slot.take(PATIENCE_S) is None
    assert isinstance(capture.failure, InputError)
    [found] = capture.health.faults(clock.advance(60.0))
    assert found.name == "camera_wrong_address"
    assert "not a video" in found.text
    assert capture.stop(PATIENCE_S)


def test_the_damage_of_a_recording_is_known_after_its_end(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.avi", [scene(n, 320, 180) for n in range(12)], codec="mjpeg")
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    clock, slot = HandClock(), NewestFrame()
    capture = CaptureThread(lambda: open_source(str(clip)), "clip", slot, clock)
    capture.start()
    while slot.take(PATIENCE_S) is not None:
        pass
    assert capture.stop(PATIENCE_S)
    assert any("of 12 frames could be played" in s for s in capture.damage)
