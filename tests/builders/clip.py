"""Short recordings, cut out of the shipped demonstration clip."""

from pathlib import Path

import cv2
import numpy as np

import anpr.demo

CLIP = Path(anpr.demo.__file__).parent / "clip.mp4"


def demo_frames(first: int, last: int) -> list[np.ndarray]:
    """Frames of the shipped clip, `last` not included."""
    capture = cv2.VideoCapture(str(CLIP))
    capture.set(cv2.CAP_PROP_POS_FRAMES, first)
    frames = [capture.read()[1] for _ in range(first, last)]
    capture.release()
    return frames


def frame_folder(path: Path, first: int, last: int) -> Path:
    """A folder of frames as PNG, which loses nothing."""
    path.mkdir()
    for i, frame in enumerate(demo_frames(first, last)):
        cv2.imwrite(str(path / f"frame_{i:04d}.png"), frame, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return path


def short_clip(path: Path, first: int, last: int) -> Path:
    """A clip in motion JPEG."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (1280, 720))
    for frame in demo_frames(first, last):
        writer.write(frame)
    writer.release()
    return path
