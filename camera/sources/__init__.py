"""Where frames come from: one interface for USB cameras, streams, clips and folders of frames.

A new kind of camera is a module of this folder with a `FrameSource`, and a row of `KINDS`.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anpr.address import Address
from anpr.clock import Clock, SystemClock
from anpr.config.car import CameraConfig
from anpr.errors import InputError
from camera.sources.source import FrameSource

STREAM_SCHEMES: Final = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "tcp", "srt")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a source: `fps` of recordings; `size` (width, height) in pixels and `camera_fps` of USB cameras."""

    fps: float | None
    size: tuple[int, int]
    camera_fps: float
    clock: Clock
    certificate: Path | None = None


# Each source is imported where it is opened, so that a patrol with USB cameras does not load what clips need.


def _usb(spec: str, wanted: Wanted) -> FrameSource:
    from camera.sources.usb import DeviceSource  # noqa: PLC0415

    device = int(spec) if spec.isdecimal() else spec
    return DeviceSource(device, size=wanted.size, clock=wanted.clock, rate=wanted.camera_fps)


def _stream(spec: str, wanted: Wanted) -> FrameSource:
    from camera.sources.stream import StreamSource  # noqa: PLC0415

    return StreamSource(Address(spec), clock=wanted.clock, certificate=wanted.certificate)


def _folder(spec: str, wanted: Wanted) -> FrameSource:
    from camera.sources.folder import FolderSource  # noqa: PLC0415

    return FolderSource(Path(spec), fps=wanted.fps, clock=wanted.clock)


def _clip(spec: str, wanted: Wanted) -> FrameSource:
    from camera.sources.clip import ClipSource  # noqa: PLC0415

    return ClipSource(Path(spec), fps=wanted.fps, clock=wanted.clock)


def _is_device(spec: str) -> bool:
    if spec.isdecimal() or not _is_there(spec):
        return spec.isdecimal() or spec.startswith("/dev/")
    return stat.S_ISCHR(Path(spec).stat().st_mode)


def _is_stream(spec: str) -> bool:
    return Address(spec).scheme in STREAM_SCHEMES


def _is_folder(spec: str) -> bool:
    from camera.sources.pictures import PICTURE_SUFFIXES  # noqa: PLC0415

    return _is_there(spec) and (Path(spec).is_dir() or Path(spec).suffix.lower() in PICTURE_SUFFIXES)


def _is_there(spec: str) -> bool:
    try:
        return Path(spec).exists()
    except (OSError, ValueError):  # a mistyped address may be too long for a name, or hold what no name can
        return False


KINDS: Final[tuple[tuple[Callable[[str], bool], Callable[[str, Wanted], FrameSource]], ...]] = (
    (_is_device, _usb),
    (_is_stream, _stream),
    (_is_folder, _folder),
    (_is_there, _clip),
)
"""Which texts name a kind of source, and what opens it; the first that fits is taken."""


def open_source(
    spec: str | Address,
    *,
    fps: float | None = None,
    size: tuple[int, int] = (1280, 720),
    camera_fps: float = 30.0,
    clock: Clock | None = None,
    certificate: Path | None = None,
) -> FrameSource:
    """Return the source that a text names, not yet opened.

    `spec` is a camera's index ("0"; a file of that name is "./0"), a device path, a URL (rtsp, http, …), a clip, a
    picture, or a folder of frames in name order. `fps` is for recordings: it overrides what a clip says and is needed
    for a folder to mean anything but 25 frames a second. `size` (width, height) and `camera_fps` are asked of USB cameras; `certificate` is that of streams with
    TLS and a login (`camera.sources.verified_host`). Raises
    InputError when it names nothing that exists; a device path that is absent now is a camera that is unplugged, not
    an error.
    """
    if fps is not None and not 0.01 <= fps <= 1000:
        raise InputError(f"the frame rate {fps:g} is not between 0.01 and 1000 frames a second")
    named = spec.to_open() if isinstance(spec, Address) else spec
    for is_of_kind, make in KINDS:
        if is_of_kind(named):
            return make(named, Wanted(fps, size, camera_fps, clock or SystemClock(), certificate))
    raise InputError(f"{Address(named)}: no such file, folder or camera; a stream starts with rtsp:// or http://")


def open_camera_source(camera: CameraConfig, clock: Clock | None = None) -> FrameSource:
    """Return the source of a camera of the configuration, not yet opened; raises InputError as `open_source` does."""
    fps = camera.fps if _is_there(camera.source.to_open()) and Path(camera.source.to_open()).is_dir() else None
    size = (camera.width, camera.height)
    certificate = camera.certificate
    return open_source(camera.source, fps=fps, size=size, camera_fps=camera.fps, clock=clock, certificate=certificate)
