"""A video clip."""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from anpr.clock import Clock
from anpr.errors import InputError
from camera.sources.ffmpeg import bgr, decoded, video_stream
from camera.sources.matroska import lacking_bytes
from camera.sources.source import Grab

ASSUMED_FPS = 25.0
_FPS_RANGE = (0.1, 240.0)

_NUMBERED = frozenset(("avi", "h264", "hevc", "m4v", "mpegvideo", "mjpeg", "ivf", "obu"))
"""Formats that count their frames and stamp none: what FFmpeg gives as their times follows from a rate."""

_NS = 1_000_000_000


class ClipSource:
    """Plays a clip from first to last frame, as far as it can be played; `damage` says what could not."""

    is_live = False

    def __init__(self, path: Path, *, fps: float | None, clock: Clock) -> None:
        self._path = path
        self._chosen_fps = fps
        self._clock = clock
        self._container: InputContainer | None = None
        self._packets: Iterator[Packet[VideoStream]] = iter(())
        self._ready: deque[VideoFrame] = deque()
        self._fps: float | None = fps
        self._length: int | None = None
        self._read = 0
        self._damaged: list[int] = []
        self._refused_packets = 0
        self._notes: list[str] = []
        self._ended = False
        self._time_base: Fraction | None = None
        self._first_pts: int | None = None
        self._last_ns: int | None = None

    @property
    def fps(self) -> float | None:
        """Frames a second: as chosen by the caller, else as the clip says."""
        return self._fps

    @property
    def length(self) -> int | None:
        """How many frames the clip says that it holds; None where its format does not say."""
        return self._length

    @property
    def damage(self) -> tuple[str, ...]:
        """What could not be played so far; complete once `read` has returned None."""
        notes = list(self._notes)
        if self._ended and self._length is not None and self._read < self._length:
            notes.append(
                f"{self._path}: {self._read} of {self._length} frames could be played; it is cut short or damaged"
            )
        elif self._refused_packets:
            notes.append(f"{self._path}: {self._refused_packets} pieces are too damaged to be played and are left out")
        if self._damaged:
            first = self._damaged[0]
            notes.append(f"{self._path}: {len(self._damaged)} frames are damaged, the first is frame {first}")
        return tuple(notes)

    def open(self) -> None:
        """Open the clip; raises InputError in one sentence when nothing of it can be played."""
        self.close()
        self._check_file()
        try:
            # Without "file:" a name with a colon would be taken for a protocol. Words about a clip may be in any encoding.
            container = av.open(f"file:{self._path}", metadata_errors="replace")
        except PermissionError as error:
            raise InputError(f"{self._path}: may not be read by this account") from error
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise InputError(self._why_unplayable()) from error
        stream = video_stream(container)
        if stream is None or stream.codec_context.name in ("ansi", "bintext", "xbin"):
            container.close()
            raise InputError(f"{self._path}: holds no video")
        self._container = container
        self._packets = container.demux(stream)
        self._ready.clear()
        self._read, self._damaged, self._refused_packets, self._notes, self._ended = 0, [], 0, [], False
        self._time_base = None if self._is_numbered(container) else stream.time_base
        self._first_pts = self._last_ns = None
        self._length = stream.frames or None
        if lacking := lacking_bytes(self._path):
            self._notes.append(f"{self._path}: {lacking:,} bytes are missing at its end; it is cut short")
        self._fps = self._chosen_fps or self._stated_fps(stream)

    def read(self) -> Grab | None:
        """Return the next frame; None at the end. Raises InputError when the clip gave no frame at all."""
        while not self._ready and not self._ended:
            self._decode_packet()
        if not self._ready:
            if self._read == 0:
                raise InputError(f"{self._path}: not one of its frames can be played; it is cut short or damaged")
            return None
        frame = self._ready.popleft()
        index = self._read
        self._read += 1
        if frame.is_corrupt:
            self._damaged.append(index)
        return Grab(
            image=bgr(frame),
            index=index,
            name=str(index),
            grabbed_ns=self._clock.monotonic_ns(),
            at_ns=self._stamp(frame, index),
            is_damaged=frame.is_corrupt,
        )

    def close(self) -> None:
        """Close the clip; `damage` stays."""
        if self._container is not None:
            self._container.close()
            self._container = None
        self._packets = iter(())
        self._ready.clear()

    def _is_numbered(self, container: InputContainer) -> bool:
        """Whether frames are timed by their number: asked for by the caller, or the format knows no better."""
        return self._chosen_fps is not None or bool(_NUMBERED & set(container.format.name.split(",")))

    def _stamp(self, frame: VideoFrame, index: int) -> int:
        """Return the frame's time since the first in ns: its own stamp, and where that fails one period later."""
        period_ns = _NS / (self._fps or ASSUMED_FPS)
        if self._time_base is None:
            return round(index * period_ns)
        at_ns = None
        if frame.pts is not None:
            self._first_pts = frame.pts if self._first_pts is None else self._first_pts
            at_ns = round((frame.pts - self._first_pts) * self._time_base * _NS)
        if self._last_ns is not None and (at_ns is None or at_ns <= self._last_ns):
            at_ns = round(self._last_ns + period_ns)
        self._last_ns = at_ns or 0
        return self._last_ns

    def _decode_packet(self) -> None:
        try:
            packet = next(self._packets)
        except StopIteration:
            self._ended = True
            return
        except (av.error.FFmpegError, OSError) as error:
            self._ended = True
            self._notes.append(f"{self._path}: cannot be played beyond frame {self._read} ({_reason(error)})")
            return
        try:
            self._ready.extend(decoded(packet))
        except (av.error.FFmpegError, OSError):
            self._refused_packets += 1

    def _stated_fps(self, stream: VideoStream) -> float:
        # Of a stream without a container FFmpeg assumes 25 on average; what its own header says comes as the guess.
        rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
        for rate in rates if stream.average_rate != 25 else (stream.codec_context.framerate, *rates):
            if rate and _FPS_RANGE[0] <= rate <= _FPS_RANGE[1]:
                return float(rate)
        self._notes.append(f"{self._path}: says no usable frame rate; {ASSUMED_FPS:g} is assumed, --fps sets another")
        return ASSUMED_FPS

    def _check_file(self) -> None:
        if not self._path.exists():
            raise InputError(f"{self._path}: no such file")
        if self._path.is_file() and self._path.stat().st_size == 0:
            raise InputError(f"{self._path}: is empty (0 bytes)")

    def _why_unplayable(self) -> str:
        with self._path.open("rb") as file:
            head = file.read(16)
        if head[4:8] in (b"ftyp", b"mdat", b"wide", b"free", b"skip"):
            return f"{self._path}: its index is missing: the clip is cut short or was never finished"
        return f"{self._path}: is not a video that can be played"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()
