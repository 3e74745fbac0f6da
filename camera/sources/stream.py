"""A network camera: RTSP, HTTP (MJPEG or H.264) or any other stream that FFmpeg reads."""

from collections import deque
from collections.abc import Iterator

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from anpr.clock import Clock
from anpr.faults import CameraError, FaultKind
from anpr.support.redaction import without_password
from camera.sources.address_check import check_address
from camera.sources.ffmpeg import bgr, decoded, video_stream
from camera.sources.source import Grab

OPEN_S = 5.0
"""An H.264 camera may send its first whole picture only seconds after the connection."""

READ_S = 1.5
"""Silence after which the connection is given up: with it the fault is named within 2 s."""

_DAMAGED_IN_A_ROW = 250
"""So many packets in a row without a frame mean that the stream is not what it says."""

_AT_ONCE_NS = 2_000_000
"""A packet that comes faster than this was waiting already."""

_MOST_LEFT_OUT = 120
"""Then a frame is decoded even if more wait: a sender that floods must not keep frames from coming at all."""

_OPTIONS = {
    "rtsp_transport": "tcp",  # lost datagrams would smear frames until the next key frame
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "500000",
    "probesize": "500000",
}


class StreamSource:
    """Reads a stream as fast as it comes; never blocks longer than `OPEN_S` and `READ_S`.

    A processor that is too slow for the stream must not read frames that have grown old in the network's buffers
    under fresh stamps. So a backlog is left out, of MJPEG (whose frames stand alone) even undecoded, and `index` counts
    it.
    """

    is_live = True
    fps: float | None = None
    length: int | None = None
    damage: tuple[str, ...] = ()

    def __init__(self, address: str, *, clock: Clock) -> None:
        self._address = address
        self._shown = without_password(address)
        self._clock = clock
        self._container: InputContainer | None = None
        self._packets: Iterator[Packet[VideoStream]] = iter(())
        self._ready: deque[tuple[VideoFrame, int]] = deque()
        self._index = 0
        self._stands_alone = False
        self._at_once = 0

    def open(self) -> None:
        """Connect; raises CameraError whose `fault` says whether host, path, login or stream is wrong."""
        self.close()
        check_address(self._address)
        try:
            container = av.open(self._address, options=dict(_OPTIONS), timeout=(OPEN_S, READ_S))
        except av.error.HTTPUnauthorizedError as error:
            raise CameraError(
                f"{self._shown} refuses the user or the password", FaultKind.CAMERA_NO_PERMISSION
            ) from error
        except av.error.HTTPNotFoundError as error:
            raise CameraError(f"{self._shown} has nothing at this path", FaultKind.CAMERA_WRONG_ADDRESS) from error
        except (av.error.InvalidDataError, av.error.EOFError) as error:
            raise CameraError(f"{self._shown} sends no video", FaultKind.CAMERA_WRONG_ADDRESS) from error
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise CameraError(f"{self._shown} gives no stream", FaultKind.CAMERA_UNREACHABLE) from error
        stream = video_stream(container)
        if stream is None:
            container.close()
            raise CameraError(f"{self._shown} sends no video", FaultKind.CAMERA_WRONG_ADDRESS)
        self._container = container
        self._packets = container.demux(stream)
        self._stands_alone = stream.codec_context.name == "mjpeg"

    def read(self) -> Grab | None:
        """Return the next frame, stamped when its data had arrived; raises CameraError when the stream stops."""
        without_frame = 0
        while not self._ready:
            if without_frame > _DAMAGED_IN_A_ROW:
                raise CameraError(f"{self._shown} sends data that cannot be decoded", FaultKind.CAMERA_SILENT)
            without_frame += 1
            self._decode_packet()
        frame, grabbed_ns = self._ready.popleft()
        index = self._index
        self._index += 1
        return Grab(image=bgr(frame), index=index, name="", grabbed_ns=grabbed_ns)

    def close(self) -> None:
        """Disconnect."""
        if self._container is not None:
            self._container.close()
            self._container = None
        self._packets = iter(())
        self._ready.clear()

    def _decode_packet(self) -> None:
        asked_ns = self._clock.monotonic_ns()
        try:
            packet = next(self._packets)
        except StopIteration as error:
            raise CameraError(f"{self._shown} ended the stream", FaultKind.CAMERA_UNREACHABLE) from error
        except (av.error.ExitError, TimeoutError) as error:
            raise CameraError(f"{self._shown} sent nothing for {READ_S:g} s", FaultKind.CAMERA_SILENT) from error
        except (av.error.FFmpegError, OSError) as error:
            raise CameraError(f"the connection to {self._shown} was lost", FaultKind.CAMERA_UNREACHABLE) from error
        arrived_ns = self._clock.monotonic_ns()
        self._at_once = self._at_once + 1 if arrived_ns - asked_ns < _AT_ONCE_NS else 0
        is_backlog = 2 <= self._at_once <= _MOST_LEFT_OUT
        if not is_backlog:
            self._at_once = min(self._at_once, 1)
        if is_backlog and self._stands_alone:
            self._index += 1
            return
        try:
            frames = list(decoded(packet))
            if is_backlog:
                self._index += len(frames)
            else:
                self._ready.extend((frame, arrived_ns) for frame in frames)
        except (av.error.FFmpegError, OSError):
            # A damaged packet is usual after a reconnect, until the next key frame; too many end the stream above.
            return
