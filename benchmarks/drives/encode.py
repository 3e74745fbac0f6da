"""Writing clips: H.264 by PyAV, which brings its encoder along, or Motion JPEG by OpenCV."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

import av
import cv2

from anpr.errors import Failure, InputError
from anpr.values import Image

Codec = Literal["h264", "mjpeg"]

ENCODER: Final = "libx264"


def best_codec() -> Codec:
    """Return h264 where PyAV was built with its encoder, else mjpeg, which opencv-python always has."""
    return "h264" if ENCODER in av.codecs_available else "mjpeg"


class ClipWriter:
    """A clip being written; the same frames and codec give the same file.

    `quality` is the constant rate factor of x264 (18 fine to 30 coarse), or 100 minus the quality of Motion JPEG. Raises
    InputError when the codec cannot be had, Failure when the file cannot be written (a full disk).
    """

    def __init__(
        self,
        path: Path,
        fps: float,
        size_px: tuple[int, int],
        codec: Codec,
        quality: int = 21,
        preset: str = "veryfast",
    ) -> None:
        self.path = path
        self._writer = _H264(path, fps, size_px, quality, preset) if codec == "h264" else None
        self._opencv = None if codec == "h264" else _motion_jpeg(path, fps, size_px, quality)

    def write(self, picture: Image) -> None:
        """Append one frame."""
        if self._opencv is not None:
            self._opencv.write(picture)
        elif self._writer is not None:
            self._writer.write(picture)

    def close(self) -> None:
        """Finish the file."""
        if self._opencv is not None:
            self._opencv.release()
        elif self._writer is not None:
            self._writer.close()

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file; after an error of the caller, it is only closed."""
        if error is None:
            self.close()
        elif self._writer is not None:
            self._writer.drop()


class _H264:
    """An H.264 file that frames are written to; the same frames give the same bytes."""

    def __init__(self, path: Path, fps: float, size_px: tuple[int, int], quality: int, preset: str) -> None:
        if ENCODER not in av.codecs_available:
            raise InputError("H.264 needs PyAV with its x264 encoder: install av again or choose mjpeg")
        self._path = path
        try:
            self._file = av.open(
                str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
            )
        except av.FFmpegError as error:
            raise self._failure(error) from error
        self._stream = self._file.add_stream(ENCODER, rate=Fraction(fps).limit_denominator(1001))
        self._stream.width, self._stream.height = size_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.gop_size = round(2 * fps)
        self._stream.options = {"crf": str(quality), "preset": preset, "threads": "1", "flags": "+bitexact"}

    def write(self, picture: Image) -> None:
        """Add a frame (H, W, 3) BGR; raises InputError where the file cannot be written."""
        try:
            self._file.mux(self._stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        except av.FFmpegError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Write what the encoder still holds and finish the file."""
        try:
            self._file.mux(self._stream.encode(None))
            self._file.close()
        except av.FFmpegError as error:
            raise self._failure(error) from error

    def drop(self) -> None:
        """Close the file as it is; what it lacks is the caller's to say."""
        try:
            self._file.close()
        except av.FFmpegError:
            return

    def _failure(self, error: av.FFmpegError) -> Failure:
        return Failure(f"{self._path} cannot be written ({error.strerror}): check the folder and the space on the disk")


def _motion_jpeg(path: Path, fps: float, size_px: tuple[int, int], quality: int) -> cv2.VideoWriter:
    if path.suffix != ".avi":
        raise InputError(f"{path} cannot hold Motion JPEG: name a file that ends in .avi")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), fps, size_px)
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 100 - quality)
    if not writer.isOpened():
        raise Failure(f"{path} cannot be written: check the folder and the space on the disk")
    return writer
