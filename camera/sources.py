"""Where frames come from: one interface for USB cameras, streams, clips and folders of frames."""

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from anpr.errors import InputError
from anpr.values import Image
from camera.clock import Clock, SystemClock

STREAM_SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")


@dataclass(frozen=True, slots=True, eq=False)
class Grab:
    """One picture as a source gave it: uint8 (height, width, 3) BGR.

    `index` counts the places in the source from 0 (a damaged file keeps its place, so indices can have gaps).
    `name` is the file's name for a folder, the index as text for a clip, empty for a live camera.
    `grabbed_ns` is the source's monotonic clock right after the grab, before the picture was decoded.
    """

    image: Image
    index: int
    name: str
    grabbed_ns: int


class FrameSource(Protocol):
    """Gives frames one after the other; owned by one thread at a time.

    `is_live` says that frames come at the camera's own pace and that a loss is a fault, not the end.
    """

    @property
    def is_live(self) -> bool:
        """Whether this is a camera and not a recording."""

    @property
    def fps(self) -> float | None:
        """Frames a second of a recording, known after `open`; None for a camera."""

    @property
    def length(self) -> int | None:
        """How many frames the recording should have, where it says so."""

    @property
    def damage(self) -> tuple[str, ...]:
        """What could not be played so far, one sentence each; empty when all is well."""

    def open(self) -> None:
        """Open; raises InputError for a recording that cannot be used, CameraError for a camera."""

    def read(self) -> Grab | None:
        """Return the next frame, None at the end of a recording; raises CameraError when a camera fails."""

    def close(self) -> None:
        """Give the source back; harmless when it is not open. `damage` stays."""


def open_source(
    spec: str,
    *,
    fps: float | None = None,
    size: tuple[int, int] = (1280, 720),
    clock: Clock | None = None,
) -> FrameSource:
    """Return the source that a text names, not yet opened.

    `spec` is a camera's index ("0"; a file of that name is "./0"), a device path, a URL (rtsp, http, …), a clip, a picture, or a folder of frames
    in name order. `fps` is for recordings: it overrides what a clip says and is needed for a folder to mean
    anything but 25 frames a second. `size` (width, height) is asked of USB cameras. Raises InputError when it
    names nothing that exists; a device path that is absent now is a camera that is unplugged, not an error.
    """
    # The sources are imported here so that a patrol with USB cameras does not load what clips need.
    clock = clock or SystemClock()
    if fps is not None and not 0.01 <= fps <= 1000:
        raise InputError(f"the frame rate {fps:g} is not between 0.01 and 1000 frames a second")
    if spec.isdecimal() or _is_device(spec):
        from camera.device_source import DeviceSource  # noqa: PLC0415

        return DeviceSource(int(spec) if spec.isdecimal() else spec, size=size, clock=clock)
    if spec.partition("://")[0].lower() in STREAM_SCHEMES and "://" in spec:
        from camera.stream_source import StreamSource  # noqa: PLC0415

        return StreamSource(spec, clock=clock)
    path = Path(spec)
    if not path.exists():
        raise InputError(f"{spec}: no such file, folder or camera; a stream starts with rtsp:// or http://")
    from camera.pictures import PICTURE_SUFFIXES  # noqa: PLC0415

    if path.is_dir() or path.suffix.lower() in PICTURE_SUFFIXES:
        from camera.folder_source import FolderSource  # noqa: PLC0415

        return FolderSource(path, fps=fps, clock=clock)
    from camera.clip_source import ClipSource  # noqa: PLC0415

    return ClipSource(path, fps=fps, clock=clock)


def _is_device(spec: str) -> bool:
    path = Path(spec)
    if not path.exists():
        return spec.startswith("/dev/")
    return stat.S_ISCHR(path.stat().st_mode)
