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

    def here(self) -> tuple[float, float, float | None] | None:
        """Return where the car is, and which way it drove there, in degrees; None where that is not known."""
        for camera in self.cameras:
            frame = self.newest_frame(camera.camera_id)
            if frame is not None and (place := frame.position) is not None and not place.stale:
                return place.latitude_deg, place.longitude_deg, place.heading_deg
        now = self.driving()
        if now.latitude_deg is None or now.longitude_deg is None:
            return None
        return now.latitude_deg, now.longitude_deg, None
