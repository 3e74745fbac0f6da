"""Recordings as fast as they can be read, without threads and without a clock: the same frames every time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from anpr.values import Frame
from camera.sources import FrameSource

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of the first frame where the caller knows none: fixed, so that a replay gives the same bytes each time."""


def frames(source: FrameSource, *, camera_id: str = "replay", started_utc: datetime = EPOCH) -> Iterator[Frame]:
    """Yield every frame of a recording, its times computed from its place and the frame rate.

    `captured_ns` is index / fps, `captured_utc` is `started_utc` plus that. Opens the source and closes it at the
    end; `source.damage` is complete then. Raises InputError when nothing can be played, CameraError for a camera.
    """
    source.open()
    try:
        fps = source.fps or 25.0
        while (grab := source.read()) is not None:
            since_start_ns = round(grab.index * 1_000_000_000 / fps)
            yield Frame(
                camera_id=camera_id,
                seq=grab.index,
                captured_ns=since_start_ns,
                captured_utc=started_utc + timedelta(microseconds=since_start_ns / 1000),
                image=grab.image,
                name=grab.name,
            )
    finally:
        source.close()
