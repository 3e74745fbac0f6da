"""Decoding video with the FFmpeg libraries: one thread each, silent, upright BGR out.

PyAV, not cv2.VideoCapture, for clips and streams: it says which frames are damaged (OpenCV plays them without a
word), takes its time limits and options per stream instead of from the environment, and writes nothing to the
terminal. The usual pixel format is turned into BGR by OpenCV, in a third of FFmpeg's time; levels differ by one or two.
"""

from collections.abc import Iterator
from typing import Final

import av
import av.error
import av.logging
import cv2
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from anpr.values import Image

av.logging.set_level(None)  # None: FFmpeg's messages go nowhere

STUDIO_RANGES: Final = frozenset((0, 1))
"""FFmpeg's numbers (AVColorRange) for "not said" and for luma from 16 to 235."""

BT601_COLOURS: Final = frozenset((2, 5, 6))
"""FFmpeg's numbers (AVColorSpace) for "not said" and for the two forms of BT.601 with the same matrix."""


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the container's main video, prepared to be decoded in the calling thread alone; None without video.

    FFmpeg would take a thread for each core, and the perception's core with them.
    """
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        return None
    stream.codec_context.thread_count = 1
    stream.codec_context.thread_type = "NONE"
    return stream


def bgr(frame: VideoFrame) -> Image:
    """Return a decoded frame as uint8 (height, width, 3) BGR, turned upright as its recorder says."""
    if _is_plain(frame):
        image = np.asarray(cv2.cvtColor(frame.to_ndarray(), cv2.COLOR_YUV2BGR_I420), np.uint8)
    else:
        image = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
    quarter_turns = round(frame.rotation / 90) % 4
    if quarter_turns:
        image = np.ascontiguousarray(np.rot90(image, quarter_turns))
    return image


def _is_plain(frame: VideoFrame) -> bool:
    """Whether OpenCV turns the frame into BGR as FFmpeg would: 8 bit 4:2:0 of even size, in studio range and BT.601 colours.

    FFmpeg takes BT.601 where a recording doesn't name its colours.
    """
    return (
        frame.format.name == "yuv420p"
        and frame.width % 2 == 0
        and frame.height % 2 == 0
        and frame.color_range in STUDIO_RANGES
        and frame.colorspace in BT601_COLOURS
    )


def is_key(frame: VideoFrame) -> bool:
    """Return whether a frame was built on no other."""
    return bool(frame.key_frame) or frame.pict_type == PictureType.I


class StrictJpeg:
    """Decodes the packets of an MJPEG stream and says which are damaged.

    FFmpeg fills what a cut JPEG lacks with green or with an older picture, without a word, unless it is told to refuse:
    then nothing is left of it. So it's told to, and what it refused is decoded once more as it comes.
    """

    def __init__(self, stream: VideoStream) -> None:
        stream.codec_context.options["err_detect"] = "explode"
        self._lenient: av.VideoCodecContext | None = None

    def decoded(self, packet: "Packet[VideoStream]") -> tuple[list[VideoFrame], bool]:
        """Return a packet's pictures and whether they are damaged; raises FFmpegError when there is none at all."""
        try:
            return list(decoded(packet)), packet.is_corrupt
        except (av.error.FFmpegError, OSError):
            if self._lenient is None:
                self._lenient = av.VideoCodecContext.create("mjpeg", "r")
                self._lenient.thread_count = 1
            frames = self._lenient.decode(packet)
            if not frames:
                raise
            return frames, True


def decoded(packet: "Packet[VideoStream]") -> Iterator[VideoFrame]:
    """Yield the frames of a packet of a video stream; raises av.error.FFmpegError when it cannot be decoded."""
    for frame in packet.decode():
        if isinstance(frame, VideoFrame):
            yield frame
