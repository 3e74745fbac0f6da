"""Parts of the tests of cameras: pictures, clips, a clock whose hands are turned, a camera that follows a script."""

import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from camera.sources.source import Grab, Miss

START_UTC = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PATIENCE_S = 20.0


class HandClock:
    """Time stands still until it is moved on, by a test or by somebody's wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now_ns = 1_000_000_000
        self.waits: list[float] = []

    def monotonic_ns(self) -> int:
        with self._lock:
            return self._now_ns

    def utc(self) -> datetime:
        return START_UTC + timedelta(microseconds=self.monotonic_ns() / 1000)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        self.waits.append(timeout_s)
        if not event.is_set():
            self.advance(timeout_s)
        return event.is_set()

    def advance(self, seconds: float) -> int:
        with self._lock:
            self._now_ns += round(seconds * 1e9)
            return self._now_ns


class ScriptedCamera:
    """A live source whose every answer the test puts into a queue: a picture, an error, or a call."""

    is_live = True
    fps: float | None = None
    length: int | None = None
    damage: tuple[str, ...] = ()

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.script: queue.Queue[Image | Miss | Exception | Callable[[], Image]] = queue.Queue()
        self.on_open: list[Exception] = []
        self.opened = 0
        self.closed = threading.Event()
        self.index = 0

    def open(self) -> None:
        self.opened += 1
        self.index = 0
        if self.on_open:
            raise self.on_open.pop(0)

    def read(self) -> Grab | Miss | None:
        answer = self.script.get(timeout=PATIENCE_S)
        if callable(answer):
            answer = answer()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Miss):
            return answer
        self.index += 1
        return Grab(image=answer, index=self.index - 1, name="", grabbed_ns=self.clock.monotonic_ns())

    def close(self) -> None:
        self.closed.set()


def scene(seed: int, width: int = 640, height: int = 360, shift: int = 0) -> Image:
    """Return a street-like picture: sharp-edged things on a ground, moved by `shift`, with a sensor's noise."""
    things = np.random.default_rng(7)
    picture = np.full((height, width, 3), 90, np.uint8)
    for _ in range(60):
        x, y = int(things.integers(-40, width)), int(things.integers(0, height))
        w, h = int(things.integers(8, 90)), int(things.integers(8, 60))
        colour = tuple(int(v) for v in things.integers(20, 235, 3))
        cv2.rectangle(picture, ((x + shift) % width, y), ((x + shift) % width + w, y + h), colour, -1)
    return noisy(picture, seed)


NOISE = np.random.default_rng(5).normal(0.0, 1.5, (700, 1000, 3)).round().astype(np.int16)


def noisy(picture: NDArray[np.uint8], seed: int) -> Image:
    """Return the picture (at most 640 x 480) as a sensor with a noise of 1.5 grey levels would give it."""
    height, width = picture.shape[:2]
    y, x = seed * 37 % (700 - height), seed * 101 % (1000 - width)
    noised: Image = np.clip(picture + NOISE[y : y + height, x : x + width], 0, 255).astype(np.uint8)
    return noised


def write_clip(
    path: Path,
    pictures: list[Image],
    *,
    codec: str = "mpeg4",
    fps: int = 25,
    group: int = 12,
    at_ms: list[int] | None = None,
) -> Path:
    """Write a real clip with PyAV: `codec` mpeg4, mjpeg, …, a key frame each `group`; the container follows from the name."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        height, width = pictures[0].shape[:2]
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate, stream.gop_size = 4_000_000, group
        if codec in ("libx264", "libx265"):
            stream.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0"}
        if at_ms is not None:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for n, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            if at_ms is not None:
                frame.pts, frame.time_base = at_ms[n], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def numbered(count: int, width: int = 320, height: int = 240) -> list[Image]:
    """Return pictures whose grey level tells their number: 10 x number + 20."""
    return [np.full((height, width, 3), 20 + 10 * n, np.uint8) for n in range(count)]
