"""What every source of frames is, and a recording played without threads and without a clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Final, Protocol

from anpr.values import Frame, Image

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of the first frame where the caller knows none: fixed, so that a replay gives the same bytes each time."""


@dataclass(frozen=True, slots=True, eq=False)
class Grab:
    """One picture as a source gave it: uint8 (height, width, 3) BGR.

    `index` counts the places in the source from 0 (a damaged file keeps its place, so indices can have gaps).
    `name` is the file's name for a folder, the index as text for a clip, empty for a live camera.
    `grabbed_ns` is the source's monotonic clock right after the grab, before the picture was decoded. `at_ns` is the
    time since the first picture by the recording's own stamps, None for a camera. `is_damaged` says that the decoder
    found data missing or wrong, in this picture or in one that it is built on.
    """

    image: Image
    index: int
    name: str
    grabbed_ns: int
    at_ns: int | None = None
    is_damaged: bool = False


class Miss(Enum):
    """What came from a camera in place of a picture."""

    NO_KEY_FRAME = auto()
    """Data that says only what has changed: pictures begin with the stream's next key frame."""

    UNDECODABLE = auto()
    """Data of which no picture can be made."""


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

    def read(self) -> Grab | Miss | None:
        """Return the next frame, or what came instead of one; None at the end of a recording.

        Raises CameraError when a camera fails.
        """

    def close(self) -> None:
        """Give the source back; harmless when it is not open. `damage` stays."""


def next_grab(source: FrameSource) -> Grab | None:
    """Return the next picture, whatever comes before it; None at the end of a recording. Raises as `read` does."""
    while isinstance(grab := source.read(), Miss):
        pass
    return grab


def played_at_ns(grab: Grab, source: FrameSource) -> int:
    """Return when a picture of a recording is to be played, in ns from the first: its own stamp, else by its place."""
    return grab.at_ns if grab.at_ns is not None else round(grab.index * 1_000_000_000 / (source.fps or 25.0))


def frames(source: FrameSource, *, camera_id: str = "replay", started_utc: datetime = EPOCH) -> Iterator[Frame]:
    """Yield every frame of a recording, with the times of the recording.

    `captured_ns` counts from the first frame, `captured_utc` is `started_utc` plus that. Opens the source and closes it at the
    end; `source.damage` is complete then. Raises InputError when nothing can be played, CameraError for a camera.
    """
    source.open()
    try:
        while (grab := next_grab(source)) is not None:
            since_start_ns = played_at_ns(grab, source)
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
