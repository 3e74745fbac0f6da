"""How often pictures that are only badly seen are taken for damaged ones, and what looking for damage costs.

`python -m benchmarks.load.good_pictures PATH...` takes clips and folders of frames that are whole. Each picture is judged as
it is, dim, blurred, and as MJPEG of low quality; and, for comparison, as a JPEG that lacks its last third, filled up as
decoders do.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import av
import cv2
import numpy as np

from anpr.values import Image
from camera.picture_checks import HealthLimits
from camera.picture_measures import measure
from camera.sources import open_source
from camera.sources.ffmpeg import bgr
from camera.sources.source import frames

_LIMIT: Final = HealthLimits().damaged_share


def _jpeg(picture: Image, quality: int) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _as_jpeg(picture: Image, quality: int) -> Image:
    content = np.frombuffer(_jpeg(picture, quality), np.uint8)
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


def _cut(picture: Image) -> Image:
    content = _jpeg(picture, 90)
    decoder = av.VideoCodecContext.create("mjpeg", "r")
    return bgr([*decoder.decode(av.Packet(content[: len(content) * 2 // 3])), *decoder.decode(None)][0])


GOOD: Final[dict[str, Callable[[Image], Image]]] = {
    "as it is": lambda picture: picture,
    "dim": lambda picture: (picture * 0.15).astype(np.uint8),
    "bright": lambda picture: np.clip(picture * 2.0, 0, 255).astype(np.uint8),
    "blurred": lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), 6), np.uint8),
    "MJPEG 25": lambda picture: _as_jpeg(picture, 25),
    "MJPEG 10": lambda picture: _as_jpeg(picture, 10),
    "MJPEG 5": lambda picture: _as_jpeg(picture, 5),
}
CUT: Final = "cut"


@dataclass(frozen=True, slots=True)
class Judged:
    """How many pictures seen in one way were taken for damaged, the largest measure, and ms for all measures of one."""

    pictures: int
    damaged: int
    most: float
    ms: float


def judge(path: str, every: int = 1, most: int | None = None) -> dict[str, Judged]:
    """Judge each n-th picture of a clip or a folder; raises InputError when it cannot be read."""
    shares: dict[str, list[float]] = {}
    spent_s: dict[str, float] = {}
    for frame in islice(frames(open_source(path)), 0, most, every):
        for name, change in (*GOOD.items(), (CUT, _cut)):
            picture = change(frame.image)
            started_s = time.perf_counter()
            share = measure(picture).damaged_share
            spent_s[name] = spent_s.get(name, 0.0) + time.perf_counter() - started_s
            shares.setdefault(name, []).append(share)
    return {
        name: Judged(len(all_), sum(one >= _LIMIT for one in all_), max(all_), 1000 * spent_s[name] / len(all_))
        for name, all_ in shares.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each path and way of seeing."""
    parser = argparse.ArgumentParser(description="Whole pictures that are taken for damaged.")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--every", type=int, default=1, help="Judge each n-th picture.")
    options = parser.parse_args(arguments)
    for path in options.paths:
        for name, one in judge(path, options.every).items():
            print(
                f"{path}, {name}: {one.damaged} of {one.pictures} damaged (most {one.most:.2f}), {one.ms:.2f} ms each"
            )


if __name__ == "__main__":
    main()
