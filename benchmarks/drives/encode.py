"""Writing clips: H.264 by the ffmpeg program where there is one, else Motion JPEG by OpenCV."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import cv2

from anpr.errors import Failure, InputError
from anpr.values import Image

Codec = Literal["h264", "mjpeg"]


def best_codec() -> Codec:
    """Return h264 where an ffmpeg program is installed, else mjpeg, which opencv-python always has."""
    return "h264" if shutil.which("ffmpeg") else "mjpeg"


class ClipWriter:
    """A clip being written; the same frames and codec give the same file.

    `quality` is ffmpeg's constant rate factor (18 fine to 30 coarse) or 100 minus it for Motion JPEG. Raises
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
        self._ffmpeg: subprocess.Popen[bytes] | None = None
        self._opencv: cv2.VideoWriter | None = None
        if codec == "h264":
            self._ffmpeg = self._start_ffmpeg(fps, size_px, quality, preset)
        else:
            if path.suffix != ".avi":
                raise InputError(f"{path} cannot hold Motion JPEG: name a file that ends in .avi")
            writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), fps, size_px)
            writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 100 - quality)
            if not writer.isOpened():
                raise Failure(f"{path} cannot be written: check the folder and the space on the disk")
            self._opencv = writer

    def _start_ffmpeg(self, fps: float, size_px: tuple[int, int], quality: int, preset: str) -> subprocess.Popen[bytes]:
        program = shutil.which("ffmpeg")
        if program is None:
            raise InputError("H.264 needs the ffmpeg program: install it or choose mjpeg")
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the writer
        command = [
            program, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "bgr24",
            "-s", f"{size_px[0]}x{size_px[1]}", "-r", f"{fps:g}", "-i", "-", "-an", "-c:v", "libx264",
            "-preset", preset, "-crf", str(quality), "-pix_fmt", "yuv420p", "-g", f"{2 * fps:.0f}", "-threads", "1",
            "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart",
            str(self.path),
        ]  # fmt: skip
        return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=self._said)

    def write(self, picture: Image) -> None:
        """Append one frame."""
        if self._opencv is not None:
            self._opencv.write(picture)
        elif self._ffmpeg is not None and self._ffmpeg.stdin is not None:
            try:
                self._ffmpeg.stdin.write(picture.data)
            except BrokenPipeError as error:
                raise Failure(f"{self.path} cannot be written: {self._complaint()}") from error

    def _complaint(self) -> str:
        self._said.seek(0)
        said = self._said.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else "the ffmpeg program stopped"

    def close(self) -> None:
        """Finish the file."""
        if self._opencv is not None:
            self._opencv.release()
        elif self._ffmpeg is not None and self._ffmpeg.stdin is not None:
            try:
                self._ffmpeg.stdin.close()
                failed = self._ffmpeg.wait() != 0
            except BrokenPipeError:
                failed = True
            complaint = self._complaint() if failed else ""
            self._said.close()
            if failed:
                raise Failure(f"{self.path} cannot be written: {complaint}")

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file; after an error of the caller, only stop the program."""
        if error is None:
            self.close()
        elif self._ffmpeg is not None:
            self._ffmpeg.kill()
            self._ffmpeg.communicate()
            self._said.close()
