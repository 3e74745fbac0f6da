import io
import random
import socket
import traceback
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import av
import av.error
import cv2
import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from anpr.address import Address
from anpr.faults import CameraError, FaultKind
from camera.sources.ffmpeg import video_stream
from camera.sources.source import Grab, Miss, next_grab
from camera.sources.stream import StreamSource, _opened
from tests.camera.http_camera import CLOCK, Camera, assert_in_order, opened
from tests.camera.parts import PATIENCE_S, HandClock, numbered, scene, write_clip
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
        assert next_grab(source) is not None
        assert Camera.bursts.acquire(timeout=PATIENCE_S)  # 400 frames wait in the buffers now, or have gone through
        shown, place = 0, 0
        while place < 380:
            grab = next_grab(source)
            assert grab is not None
            shown, place = shown + 1, grab.index
    # On a busy machine a packet now and then takes its time: then it passes for one that has just come.
    assert shown < 190


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


def transport_stream(path: Path, count: int, group: int, codec: str = "libx264") -> bytes:
    """A stream of `count` pictures with a key frame each `group`, as a network camera sends it."""
    return write_clip(
        path, [scene(n, 160, 96, shift=3 * n) for n in range(count)], codec=codec, group=group
    ).read_bytes()


def test_first_key_frame_is_not_thrown_away(camera: str, tmp_path: Path) -> None:
    # One key frame, the very first: without it no picture would ever come. What waited while opening is left out.
    Camera.files["/group"] = "video/mp2t", transport_stream(tmp_path / "a.ts", 200, 1000)
    with opened(f"http://{camera}/group") as source:
        grab = next_grab(source)
    assert grab is not None
    assert not grab.is_damaged


def read_all(source: StreamSource) -> list[Grab | Miss | None]:
    """Read until the stream has ended."""
    read: list[Grab | Miss | None] = []

    def read_on() -> None:
        while True:
            read.append(source.read())

    with pytest.raises(CameraError, match="ended the stream"):
        read_on()
    return read


def fed(content: bytes, name: str = "mpegts", step_s: float = 0.04, skip: int = 0) -> list[Grab | Miss | None]:
    """What a stream source makes of a stream's bytes when its packets come each `step_s`, from a later one on."""
    clock = HandClock()
    source = StreamSource(Address("http://u:p@camera/stream"), clock=clock)
    with av.open(io.BytesIO(content), mode="r", format=name) as container:
        stream = video_stream(container)
        assert stream is not None

        def packets() -> Iterator["Packet[VideoStream]"]:
            for packet in islice(container.demux(stream), skip, None):
                clock.advance(step_s)
                yield packet

        source.start(stream, packets())
        return read_all(source)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_a_stream_is_joined_in_the_middle_of_a_group(tmp_path: Path, codec: str) -> None:
    content = transport_stream(tmp_path / "a.ts", 80, 50, codec)
    read = fed(content[len(content) // 4 // 188 * 188 :])
    assert read[0] is Miss.NO_KEY_FRAME
    first = next(n for n, one in enumerate(read) if isinstance(one, Grab))
    assert first >= 10
    assert set(read[:first]) == {Miss.NO_KEY_FRAME}
    assert len(read[first:]) >= 29
    assert all(isinstance(one, Grab) and not one.is_damaged for one in read[first:])
    whole = next(one for one in fed(content)[50:] if isinstance(one, Grab))
    assert isinstance(read[first], Grab)
    assert float(cv2.absdiff(read[first].image, whole.image).mean()) < 12.0  # type: ignore[union-attr]


def test_a_stream_without_any_key_frame_is_shown_in_the_end(tmp_path: Path) -> None:
    content = transport_stream(tmp_path / "a.avi", 80, 1000, "mpeg4")
    read = fed(content, "avi", step_s=1.0, skip=10)
    first = next(n for n, one in enumerate(read) if isinstance(one, Grab))
    assert 30 <= first <= 32
    assert all(isinstance(one, Grab) for one in read[first:])


def spoilt(content: bytes, share: float, *, lost: bool) -> bytes:
    """A transport stream of whose packets after the first few a share is lost, or holds anything."""
    chance = random.Random(4)
    packets = [content[at : at + 188] for at in range(0, len(content), 188)]
    kept = packets[:8]
    for packet in packets[8:]:
        if chance.random() >= share:
            kept.append(packet)
        elif not lost:
            kept.append(packet[:20] + chance.randbytes(168))
    return b"".join(kept)


@pytest.mark.parametrize("lost", [True, False])
def test_pictures_from_a_spoilt_stream_are_damaged_until_the_next_key_frame(tmp_path: Path, lost: bool) -> None:
    content = transport_stream(tmp_path / "a.ts", 75, 25)
    good = [one for one in fed(content) if isinstance(one, Grab)]
    assert len(good) >= 70
    assert not any(one.is_damaged for one in good)
    read = fed(spoilt(content, 0.05, lost=lost))
    bad = sum(one is Miss.UNDECODABLE or (isinstance(one, Grab) and one.is_damaged) for one in read)
    assert bad >= 0.3 * len(read)


def cut_jpegs(kept: Callable[[bytes], bytes]) -> bytes:
    parts = []
    for picture in Camera.pictures:
        content = kept(picture)
        parts.append(f"--f\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
    return b"\r\n".join(parts) + b"\r\n"


def test_a_cut_jpeg_is_shown_as_damaged_and_what_is_none_is_a_miss() -> None:
    whole = fed(cut_jpegs(lambda picture: picture), "mpjpeg")
    assert [one.is_damaged for one in whole if isinstance(one, Grab)] == [False] * 20
    # some cameras leave out the end mark, or fill up with zeros: nothing is missing from those
    for odd in (lambda picture: picture[:-2], lambda picture: picture + bytes(300)):
        assert [one.is_damaged for one in fed(cut_jpegs(odd), "mpjpeg") if isinstance(one, Grab)] == [False] * 20
    cut = fed(cut_jpegs(lambda picture: picture[: len(picture) // 2]), "mpjpeg")
    assert cut
    assert all(one is Miss.UNDECODABLE or (isinstance(one, Grab) and one.is_damaged) for one in cut)
    junk = fed(cut_jpegs(lambda picture: random.Random(len(picture)).randbytes(len(picture))), "mpjpeg")
    assert junk
    assert set(junk) == {Miss.UNDECODABLE}


def test_an_error_of_ffmpeg_does_not_tell_the_password(camera: str) -> None:
    del camera
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(av.error.FFmpegError) as caught:
        _opened(Address(f"rtsp://patrol:secret@127.0.0.1:{port}/s"))
    assert "secret" not in "".join(traceback.format_exception_only(caught.value))
    assert "secret" not in repr(caught.value.args)
    assert "127.0.0.1" in str(caught.value)


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

        source.start(stream, packets())
        source._at_once = 0
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
