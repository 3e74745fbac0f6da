"""A USB camera, by index or device path."""

import logging
import os
import sys
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from anpr.clock import Clock
from anpr.faults import CameraError, FaultKind
from anpr.values import Image
from camera.sources.source import Grab, Miss

# OpenCV's own limit for one frame is 10 s; a fault must be named within 2 s. Read at the first use of the driver.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")  # they make opening take 10 s and more
# A camera that is away is a fault in words, not lines on the terminal.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_BACKENDS: Final = {"win32": (cv2.CAP_DSHOW, cv2.CAP_MSMF), "linux": (cv2.CAP_V4L2,)}
"""DirectShow first: it opens at once; Media Foundation for cameras that only it knows."""

_DAMAGED_IN_A_ROW: Final = 250
"""So many pictures in a row that cannot be decoded: a new connection may bring what can."""

_log: Final = logging.getLogger(__name__)


class DeviceSource:
    """Reads a USB camera as MJPEG, the only format in which USB 2 carries 1280 x 720 at 30 frames a second.

    It is asked for a size (width, height) in pixels and a rate in frames a second; `terms` says what it gives instead.
    """

    is_live = True
    fps: float | None = None
    length: int | None = None
    damage: tuple[str, ...] = ()

    def __init__(self, device: int | str, *, size: tuple[int, int], clock: Clock, rate: float = 30.0) -> None:
        self._device = device
        self._size = size
        self._rate = rate
        self._clock = clock
        self._capture: cv2.VideoCapture | None = None
        self._index = 0
        self._in_vain = 0
        self.terms = ""

    @property
    def path(self) -> Path | None:
        """The device's file on Linux; None on systems without device files."""
        if isinstance(self._device, str):
            return Path(self._device)
        return Path(f"/dev/video{self._device}") if sys.platform == "linux" else None

    @property
    def is_present(self) -> bool:
        """Whether the device file exists; True where the system has none to look at."""
        return self.path is None or self.path.exists()

    def open(self) -> None:
        """Open the camera; raises CameraError whose `fault` says whether it is away, forbidden or in use."""
        self.close()
        if self.path is not None:
            _check_device_file(self.path)
        for backend in _BACKENDS.get(sys.platform, (cv2.CAP_ANY,)):
            capture = cv2.VideoCapture()
            if _opened(capture, self._device, backend):
                self._agree(capture)
                self._capture = capture
                self._in_vain = 0
                return
            capture.release()
        if self.path is not None:
            raise CameraError(f"{self.path} is in use or is not a camera", FaultKind.CAMERA_BUSY)
        raise CameraError(f"there is no camera number {self._device}", FaultKind.CAMERA_UNPLUGGED)

    def read(self) -> Grab | Miss | None:
        """Return the next frame, stamped right after the grab and before the decoding; raises CameraError."""
        if self._capture is None:
            raise CameraError(f"camera {self._device} is not open", FaultKind.CAMERA_UNPLUGGED)
        if not self._capture.grab():
            raise self._why_silent()
        grabbed_ns = self._clock.monotonic_ns()
        decoded, picture = self._capture.retrieve()
        if not decoded or picture is None or picture.size == 0:
            self._in_vain += 1
            if not self.is_present:
                raise self._why_silent()
            if self._in_vain > _DAMAGED_IN_A_ROW:
                raise CameraError(f"{self._device} gives data that cannot be decoded", FaultKind.CAMERA_DAMAGED)
            return Miss.UNDECODABLE
        self._in_vain = 0
        index = self._index
        self._index += 1
        return Grab(image=_as_bgr(picture), index=index, name="", grabbed_ns=grabbed_ns)

    def close(self) -> None:
        """Give the camera back."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _agree(self, capture: cv2.VideoCapture) -> None:
        """Ask the camera for format, size and rate, and note what it answered; drivers that say nothing say 0."""
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        # After the size: drivers have rates for each. Unasked, many give the first of their list, 5 or 10 a second.
        capture.set(cv2.CAP_PROP_FPS, self._rate)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)  # old frames in the driver's queue are latency
        width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        rate = capture.get(cv2.CAP_PROP_FPS)
        said = f"{rate:g} frames a second" if rate > 0 else "a rate that its driver does not say"
        asked = f"{self._size[0]} x {self._size[1]} px at {self._rate:g}"
        self.terms = f"{width} x {height} px at {said}" + (
            "" if (width, height) == self._size and abs(rate - self._rate) < 1 else f" (asked for {asked})"
        )
        _log.info("camera %s agreed to %s", self._device, self.terms)

    def _why_silent(self) -> CameraError:
        if not self.is_present or self.path is None:
            return CameraError(f"camera {self._device} is gone", FaultKind.CAMERA_UNPLUGGED)
        return CameraError(f"{self.path} gives no frame", FaultKind.CAMERA_SILENT)


def _opened(capture: cv2.VideoCapture, device: int | str, backend: int) -> bool:
    if isinstance(device, str):
        return capture.open(device, backend)
    return capture.open(device, backend)


def _check_device_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0)))
    except FileNotFoundError as error:
        raise CameraError(f"there is no {path}", FaultKind.CAMERA_UNPLUGGED) from error
    except PermissionError as error:
        raise CameraError(f"this account may not open {path}", FaultKind.CAMERA_NO_PERMISSION) from error
    except OSError as error:
        # ENXIO and ENODEV: the file is there, the device behind it is not.
        raise CameraError(f"{path} does not answer: {error.strerror}", FaultKind.CAMERA_UNPLUGGED) from error


def _as_bgr(picture: "cv2.typing.MatLike") -> Image:
    if picture.ndim == 2:  # infra-red cameras give grey, some of them with 16 bits
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return (picture if picture.dtype == np.uint8 else picture // 256).astype(np.uint8, copy=False)
