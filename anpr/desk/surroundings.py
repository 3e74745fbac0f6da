"""What the desk asks others for each time it shows the present moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anpr.screen.port import CameraView, DrivingView, HealthMark
from anpr.values import Frame


@dataclass(frozen=True, slots=True)
class DeskSurroundings:
    """What a desk asks others about: each is asked anew every time and must answer at once."""

    health: Callable[[], tuple[HealthMark, ...]]
    driving: Callable[[], DrivingView]
    cameras: tuple[CameraView, ...]
    newest_frame: Callable[[str], Frame | None]
    engine_silent_s: Callable[[], float]
    clock_utc: Callable[[], datetime]
