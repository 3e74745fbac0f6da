"""What the desk asks others for each time it shows the present moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from anpr.screen.port import CameraView, DrivingView, HealthMark, ReadingState, ReadingView
from anpr.values import Frame


@dataclass(frozen=True, slots=True)
class DeskSurroundings:
    """What a desk asks others about: each is asked anew every time and must answer at once.

    `view_deg` is the field of view of each camera, horizontally; 0 or none where it is not known.
    """

    health: Callable[[], tuple[HealthMark, ...]]
    driving: Callable[[], DrivingView]
    cameras: tuple[CameraView, ...]
    newest_frame: Callable[[str], Frame | None]
    engine_silent_s: Callable[[], float]
    clock_utc: Callable[[], datetime]
    reading: Callable[[], ReadingView] = lambda: ReadingView(ReadingState.WAITING, "Waiting for a camera.")
    view_deg: Mapping[str, float] = field(default_factory=dict)
