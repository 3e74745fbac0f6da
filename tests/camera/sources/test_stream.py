from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from anpr.address import Address
from anpr.faults import CameraError, FaultKind
from camera.sources.ffmpeg import video_stream
from camera.sources.source import Grab, next_grab
from camera.sources.stream import StreamSource
from tests.camera.http_camera import CLOCK, Camera, assert_in_order, opened
from tests.camera.parts import PATIENCE_S, HandClock, numbered, write_clip
from tests.camera.rtsp_server import RtspCamera


def test_an_mjpeg_camera_over_http(camera: str, capfd: pytest.CaptureFixture[str]) -> None:
    with opened(f"http://{camera}/stream") as source:
        assert source.is_live
        before_ns = CLOCK.monotonic_ns()
        grabs = [next_grab(source) for _ in range(25)]
    assert_in_order(grabs)
    stamps = [g.grabbed_ns for g in grabs if g is not None]
    assert stamps == sorted(stamps)
    assert before_ns <= stamps[0] <= stamps[-1] <= CLOCK.monotonic_ns()
    assert capfd.readouterr() == ("", "")


def test_a_backlog_is_left_out_and_counted(camera: str) -> None:
    with opened(f"http://{camera}/burst") as source:
        first = next_grab(source)
        assert Camera.bursts.acquire(timeout=PATIENCE_S)  # 400 frames wait in the buffers now, or have gone through
        second = next_grab(source)
        third = next_grab(source)
    assert first is not None
    assert second is not None
    assert third is not None
    assert third.index - first.index > 100


def test_user_and_password_are_used_and_never_shown(camera: str) -> None:
    with opened(f"http://patrol:p%3Ass@{camera}/private") as source:
        assert next_grab(source) is not None
    with pytest.raises(CameraError) as caught:
        StreamSource(Address(f"http://patrol:secret@{camera}/private"), clock=CLOCK).open()
    assert caught.value.fault == FaultKind.CAMERA_NO_PERMISSION
    assert "secret" not in str(caught.value)
    assert "patrol" not in str(caught.value)


def test_a_stream_that_ends_and_one_that_falls_silent(camera: str) -> None:
    with opened(f"http://{camera}/ending") as source:
        assert next_grab(source) is not None
        with pytest.raises(CameraError) as caught:
            _ = [next_grab(source) for _ in range(25)]
    assert caught.value.fault == FaultKind.CAMERA_UNREACHABLE
    started_ns = CLOCK.monotonic_ns()
    with pytest.raises(CameraError), opened(f"http://{camera}/silent") as source:
        next_grab(source)
    assert CLOCK.monotonic_ns() - started_ns < 15e9


def test_an_rtsp_camera(capfd: pytest.CaptureFixture[str]) -> None:
    camera = RtspCamera(numbered(20))
    try:
        with opened(camera.address) as source:
            grabs = [next_grab(source) for _ in range(25)]
        assert_in_order(grabs)
    finally:
        camera.close()
    assert capfd.readouterr() == ("", "")


def test_an_rtsp_camera_that_goes_away() -> None:
    camera = RtspCamera(numbered(5))
    try:
        with opened(camera.address) as source:
            assert next_grab(source) is not None
            camera.close()
            with pytest.raises(CameraError) as caught:
                _ = [next_grab(source) for _ in range(200)]
    finally:
        camera.close()
    assert caught.value.fault in (FaultKind.CAMERA_UNREACHABLE, FaultKind.CAMERA_SILENT)


def played(path: Path, waits: list[float]) -> list[tuple[int, int, int]]:
    """Play a clip's packets as a stream; `waits` are the seconds before each. (index, number shown, stamp) of each frame."""
    clock = HandClock()
    source = StreamSource(Address("http://camera/stream"), clock=clock)
    with av.open(str(path)) as container:
        stream = video_stream(container)
        assert stream is not None

        def packets() -> Iterator["Packet[VideoStream]"]:
            for wait_s, packet in zip(waits, container.demux(stream), strict=False):
                clock.advance(wait_s)
                yield packet

        source._packets = packets()
        source._stands_alone = stream.codec_context.name == "mjpeg"
        grabs: list[Grab] = []

        def read_on() -> None:
            while (grab := next_grab(source)) is not None:
                grabs.append(grab)

        with pytest.raises(CameraError, match="ended the stream"):
            read_on()
    return [(g.index, round((float(g.image.mean()) - 20) / 10), g.grabbed_ns) for g in grabs]


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "mjpeg"), ("a.mkv", "mpeg4")])
def test_frames_of_a_backlog_are_left_out_and_every_one_of_them_is_counted(
    tmp_path: Path, name: str, codec: str
) -> None:
    clip = write_clip(tmp_path / name, numbered(20), codec=codec)
    # in time, then 5 that have waited, then in time again, then 6 that have waited
    waits = [0.04] * 4 + [0.0] * 5 + [0.04] * 3 + [0.001] * 6 + [0.04] * 2
    frames = played(clip, waits)
    assert [index for index, _, _ in frames] == [0, 1, 2, 3, 4, 9, 10, 11, 12, 18, 19]
    assert all(index == number for index, number, _ in frames)
    stamps = [stamp for _, _, stamp in frames]
    assert stamps == sorted(stamps)
    assert stamps[0] == 1_000_000_000 + 40_000_000


def test_flood_without_end_still_gives_a_frame_now_and_then(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.avi", numbered(20) * 15, codec="mjpeg")
    frames = played(clip, [0.0] * 300)
    assert [index for index, _, _ in frames] == [0, 120, 240]
    assert all(index % 20 == number for index, number, _ in frames)


def test_data_that_never_becomes_a_frame_ends_the_stream() -> None:
    source = StreamSource(Address("http://u:p@camera/stream"), clock=HandClock())

    class Refused:
        is_keyframe = True
        is_corrupt = False

        def decode(self) -> list[object]:
            raise OSError

    asked: list[int] = []

    def packets() -> Iterator[Refused]:
        while True:
            asked.append(1)
            yield Refused()

    source._packets = packets()  # type: ignore[assignment]
    with pytest.raises(CameraError, match="sends data that cannot be decoded") as caught:
        next_grab(source)
    assert caught.value.fault == FaultKind.CAMERA_DAMAGED
    assert len(asked) == 251
    assert "u:p" not in str(caught.value)
