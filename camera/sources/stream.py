"""A network camera: RTSP, HTTP (MJPEG or H.264) or any other stream that FFmpeg reads."""

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from anpr.address import Address
from anpr.clock import Clock
from anpr.faults import CameraError, FaultKind
from camera.sources.address_check import check_address
from camera.sources.ffmpeg import StrictJpeg, bgr, decoded, is_key, video_stream
from camera.sources.source import Grab, Miss

OPEN_S = 5.0
"""An H.264 camera may send its first whole picture only seconds after the connection."""

READ_S = 1.5
"""Silence after which the connection is given up: with it the fault is named within 2 s."""

_DAMAGED_IN_A_ROW = 250
"""So many packets in a row that cannot be decoded: a new connection may bring what can."""

_UNDECODABLE_S = 12.0
"""Without a key frame data cannot be decoded, and that is no damage; after this long (cameras have one each 1 to 10 s) it is."""

_KEY_FRAME_S = 30.0
"""Longer than this between key frames is no group of pictures: what comes is shown as it is."""

_SPOILT_S = 10.0
"""Damage spreads to the pictures that are built on it, until the next key frame; of streams without any, this long."""

_NS = 1_000_000_000

_AT_ONCE_NS = 2_000_000
"""A packet that comes faster than this was waiting already."""

_MOST_LEFT_OUT = 120
"""Then a frame is decoded even if more wait: a sender that floods must not keep frames from coming at all."""

_OPTIONS = {
    # No fflags=nobuffer: it throws away what was read while opening, and with it the first key frame.
    "rtsp_transport": "tcp",  # lost datagrams would smear frames until the next key frame
    "flags": "low_delay",
    "analyzeduration": "500000",
    "probesize": "500000",
}


class StreamSource:
    """Reads a stream as fast as it comes; never blocks longer than `OPEN_S` and `READ_S`.

    It joins in the middle of a group of pictures: until the next key frame each packet is a `Miss`.

    A processor that is too slow for the stream must not read frames that have grown old in the network's buffers
    under fresh stamps. So a backlog is left out, of MJPEG (whose frames stand alone) even undecoded, and `index` counts
    it.
    """

    is_live = True
    fps: float | None = None
    length: int | None = None
    damage: tuple[str, ...] = ()

    def __init__(self, address: Address, *, clock: Clock, certificate: Path | None = None) -> None:
        self._address = address
        self._certificate = certificate
        self._clock = clock
        self._container: InputContainer | None = None
        self._packets: Iterator[Packet[VideoStream]] = iter(())
        self._ready: deque[tuple[VideoFrame, int, bool]] = deque()
        self._index = 0
        self._stands_alone = False
        self._jpeg: StrictJpeg | None = None
        self._at_once = 0
        self._in_vain = 0
        self._has_key = False
        self._joined_ns: int | None = None
        self._spoilt_ns: int | None = None

    def open(self) -> None:
        """Connect; raises CameraError whose `fault` says whether host, path, login or stream is wrong."""
        self.close()
        verified = check_address(self._address, self._certificate)
        try:
            container = _opened(self._address, verified.options() if verified else {})
        except av.error.HTTPUnauthorizedError as error:
            raise CameraError(
                f"{self._address} refuses the user or the password", FaultKind.CAMERA_NO_PERMISSION
            ) from error
        except av.error.HTTPNotFoundError as error:
            raise CameraError(f"{self._address} has nothing at this path", FaultKind.CAMERA_WRONG_ADDRESS) from error
        except (av.error.InvalidDataError, av.error.EOFError) as error:
            raise CameraError(f"{self._address} sends no video", FaultKind.CAMERA_WRONG_ADDRESS) from error
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise CameraError(f"{self._address} gives no stream", FaultKind.CAMERA_UNREACHABLE) from error
        stream = video_stream(container)
        if stream is None:
            container.close()
            raise CameraError(f"{self._address} sends no video", FaultKind.CAMERA_WRONG_ADDRESS)
        self._container = container
        self.start(stream, container.demux(stream))

    def start(self, stream: VideoStream, packets: "Iterator[Packet[VideoStream]]") -> None:
        """Begin to read a stream that is open, from these packets of it."""
        self._packets = packets
        self._stands_alone = stream.codec_context.name == "mjpeg"
        self._jpeg = StrictJpeg(stream) if self._stands_alone else None
        self._has_key, self._joined_ns, self._spoilt_ns, self._in_vain = False, None, None, 0
        # What was read while opening has waited: it is decoded and left out, like any backlog.
        self._at_once = 1

    def read(self) -> Grab | Miss | None:
        """Return the next frame, stamped when its data had arrived; raises CameraError when the stream stops."""
        while not self._ready:
            miss = self._decode_packet()
            if miss is not None:
                return miss
        frame, grabbed_ns, is_damaged = self._ready.popleft()
        index = self._index
        self._index += 1
        return Grab(image=bgr(frame), index=index, name="", grabbed_ns=grabbed_ns, is_damaged=is_damaged)

    def close(self) -> None:
        """Disconnect."""
        if self._container is not None:
            self._container.close()
            self._container = None
        self._packets = iter(())
        self._ready.clear()

    def _decode_packet(self) -> Miss | None:
        asked_ns = self._clock.monotonic_ns()
        try:
            packet = next(self._packets)
        except StopIteration as error:
            raise CameraError(f"{self._address} ended the stream", FaultKind.CAMERA_UNREACHABLE) from error
        except (av.error.ExitError, TimeoutError) as error:
            raise CameraError(f"{self._address} sent nothing for {READ_S:g} s", FaultKind.CAMERA_SILENT) from error
        except (av.error.FFmpegError, OSError) as error:
            raise CameraError(f"the connection to {self._address} was lost", FaultKind.CAMERA_UNREACHABLE) from error
        arrived_ns = self._clock.monotonic_ns()
        self._at_once = self._at_once + 1 if arrived_ns - asked_ns < _AT_ONCE_NS else 0
        is_backlog = 2 <= self._at_once <= _MOST_LEFT_OUT
        if not is_backlog:
            self._at_once = min(self._at_once, 1)
        if is_backlog and self._stands_alone:
            self._index += 1
            return None
        self._joined_ns = arrived_ns if self._joined_ns is None else self._joined_ns
        self._has_key = self._has_key or self._stands_alone or bool(packet.is_keyframe)
        waited_s = (arrived_ns - self._joined_ns) / _NS
        try:
            frames, is_damaged = self._decoded(packet, arrived_ns)
        except (av.error.FFmpegError, OSError):
            return self._undecodable(arrived_ns) if self._has_key or waited_s > _UNDECODABLE_S else Miss.NO_KEY_FRAME
        self._has_key = self._has_key or any(map(is_key, frames)) or waited_s > _KEY_FRAME_S
        if not self._has_key:
            return Miss.NO_KEY_FRAME
        self._in_vain = 0
        if is_backlog:
            self._index += len(frames)
        else:
            self._ready.extend((frame, arrived_ns, is_damaged or frame.is_corrupt) for frame in frames)
        return None

    def _decoded(self, packet: "Packet[VideoStream]", now_ns: int) -> tuple[list[VideoFrame], bool]:
        """Return a packet's pictures, and whether they are damaged or built on damage; raises FFmpegError."""
        if self._jpeg is not None:
            return self._jpeg.decoded(packet)
        if packet.is_keyframe and not packet.is_corrupt:
            self._spoilt_ns = None
        frames = list(decoded(packet))
        if packet.is_corrupt or any(frame.is_corrupt for frame in frames):
            self._spoilt_ns = now_ns
        is_spoilt = self._spoilt_ns is not None and now_ns - self._spoilt_ns < _SPOILT_S * _NS
        return frames, is_spoilt

    def _undecodable(self, now_ns: int) -> Miss:
        """Take note of data that became no picture; raises CameraError when there was nothing else for long."""
        self._spoilt_ns = now_ns
        self._in_vain += 1
        if self._in_vain > _DAMAGED_IN_A_ROW:
            raise CameraError(f"{self._address} sends data that cannot be decoded", FaultKind.CAMERA_DAMAGED)
        return Miss.UNDECODABLE


def _opened(address: Address, more: Mapping[str, str] = MappingProxyType({})) -> InputContainer:
    """Open the stream; of errors raised by FFmpeg the text names the address without its secrets."""
    try:
        options = {**_OPTIONS, **more}
        return av.open(address.to_open(), options=options, timeout=(OPEN_S, READ_S), metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        error.args = tuple(str(address) if isinstance(one, str) and "://" in one else one for one in error.args)
        raise
