"""What every source of frames is, and a recording played without threads and without a clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from anpr.values import Frame, Image

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of the first frame where the caller knows none: fixed, so that a replay gives the same bytes each time."""


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
