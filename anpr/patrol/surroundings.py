"""What the crew's desk is shown of a patrol: health marks, driving, cameras, the live picture."""

import shutil
from typing import TYPE_CHECKING

from anpr.alerting.disclosure import shown_lists
from anpr.clock import utc_now
from anpr.desk.surroundings import DeskSurroundings
from anpr.patrol.health import HealthSources, health_marks
from anpr.screen.port import CameraView, DrivingView
from anpr.values import Image

if TYPE_CHECKING:
    from anpr.patrol.patrol import Patrol


def car_surroundings(patrol: "Patrol") -> DeskSurroundings:
    """Return what the desk asks about this patrol; everything is looked up at the moment of asking."""
    config = patrol.config

    def frame_silence() -> dict[str, float | None]:
        now_ns = patrol.clock.monotonic_ns()
        frames = {camera.id: patrol.loop.newest.get(camera.id) for camera in config.camera}
        return {name: None if frame is None else (now_ns - frame.captured_ns) * 1e-9 for name, frame in frames.items()}

    def driving() -> DrivingView:
        position = patrol.gps.current(patrol.clock.monotonic_ns()) if patrol.gps is not None else None
        if position is None:
            return DrivingView(None, trustworthy=False)
        return DrivingView(position.speed_mps, not position.stale, position.latitude_deg, position.longitude_deg)

    def newest_image(camera_id: str) -> Image | None:
        frame = patrol.loop.newest.get(camera_id)
        return frame.image if frame is not None else None

    health = HealthSources(
        faults=lambda: patrol.watch.faults(),  # noqa: PLW0108 - the watch is made after the desk
        frame_silence_s=frame_silence,
        undocked=lambda: patrol.watch.undocked,
        position=lambda: patrol.gps.current(patrol.clock.monotonic_ns()) if patrol.gps is not None else None,
        gps_enabled=config.gps.enabled,
        clock_offset_s=lambda: patrol.gps.clock_offset_s if patrol.gps is not None else None,
        lists=lambda: shown_lists(patrol.matcher.status()),
        free_mb=lambda: shutil.disk_usage(patrol.folder).free / 1e6,
        least_free_mb=config.records.least_free_mb,
        latencies=patrol.engine.latencies.percentiles,
        budget_ms=config.budget.grab_to_alert_ms,
        budget_missed=lambda: patrol.governor.missed,
    )
    return DeskSurroundings(
        health=lambda: health_marks(health),
        driving=driving,
        cameras=tuple(CameraView(c.id, c.id.capitalize(), c.id) for c in config.camera),
        newest_image=newest_image,
        engine_silent_s=lambda: (patrol.clock.monotonic_ns() - patrol.loop.last_turn_ns) * 1e-9,
        clock_utc=utc_now,
    )
