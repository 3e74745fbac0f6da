"""Decoding video with the FFmpeg libraries: one thread each, silent, upright BGR out.

PyAV, not cv2.VideoCapture, for clips and streams: it says which frames are damaged (OpenCV plays them without a
word), takes its time limits and options per stream instead of from the environment, and writes nothing to the
terminal. The pictures are the same to the last bit.
"""

from collections.abc import Iterator

import av
import av.logging
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from anpr.values import Image

av.logging.set_level(None)  # None: FFmpeg's messages go nowhere


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
    image = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
    quarter_turns = round(frame.rotation / 90) % 4
    if quarter_turns:
        image = np.ascontiguousarray(np.rot90(image, quarter_turns))
    return image


def decoded(packet: "Packet[VideoStream]") -> Iterator[VideoFrame]:
    """Yield the frames of a packet of a video stream; raises av.error.FFmpegError when it cannot be decoded."""
    for frame in packet.decode():
        if isinstance(frame, VideoFrame):
            yield frame
