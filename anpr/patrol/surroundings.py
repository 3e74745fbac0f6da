"""What the crew's desk is shown of a car on patrol: health marks, reading, driving, cameras, the live picture."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from anpr.alerting.disclosure import shown_lists
from anpr.clock import Clock
from anpr.config.car import PatrolConfig
from anpr.desk.surroundings import DeskSurroundings
from anpr.engine.engine import Engine
from anpr.engine.governor import Governor
from anpr.patrol.health import HealthSources, health_marks
from anpr.patrol.perception_loop import PerceptionLoop
from anpr.patrol.reading import ReadingSources, reading_view
from anpr.screen.port import CameraView, DrivingView, HealthMark
from anpr.trusted_time import TrustedTime
from anpr.values import Position
from camera.docking import Dock, DockState
from camera.gps import GpsReceiver
from hotlists.matching.matcher import HotlistMatcher


def car_surroundings(
    config: PatrolConfig,
    folder: Path,
    *,
    clock: Clock,
    engine: Engine,
    matcher: HotlistMatcher,
    governor: Governor,
    loop: PerceptionLoop,
    gps: GpsReceiver | None,
    dock: DockState,
    trusted: TrustedTime,
    first_mark: Callable[[], HealthMark] | None = None,
) -> DeskSurroundings:
    """Return what the desk asks about these parts; everything is looked up at the moment of asking.

    `first_mark` stands before the marks of the parts.
    """
    frame_silence = partial(_frame_silence, tuple(camera.id for camera in config.camera), loop, clock)

    def position() -> Position | None:
        return gps.current(clock.monotonic_ns()) if gps is not None else None

    health = HealthSources(
        faults=engine.board.standing_faults,
        holding=engine.faults.holding,
        frame_silence_s=frame_silence,
        undocked=lambda: dock.state is Dock.UNDOCKED,
        position=position,
        gps_enabled=config.gps.enabled,
        clock_offset_s=trusted.gps_offset_s,
        date_doubt=lambda: trusted.look().why,
        lists=lambda: shown_lists(matcher.status()),
        free_mb=lambda: shutil.disk_usage(folder).free / 1e6,
        least_free_mb=config.records.least_free_mb,
        slowest_ms=lambda: governor.slowest_ms(clock.monotonic_ns()),
        budget_ms=config.budget.grab_to_alert_ms,
    )
    reading = ReadingSources(
        silence_s=frame_silence,
        holding=engine.faults.holding,
        standing=engine.board.standing_faults,
        undocked=lambda: dock.state is Dock.UNDOCKED,
    )
    return DeskSurroundings(
        health=lambda: (*(() if first_mark is None else (first_mark(),)), *health_marks(health)),
        driving=lambda: _driving(position()),
        reading=lambda: reading_view(reading),
        cameras=tuple(CameraView(c.id, c.id.capitalize(), c.id) for c in config.camera),
        view_deg={c.id: c.view_deg for c in config.camera},
        newest_frame=loop.newest.get,
        engine_silent_s=lambda: (clock.monotonic_ns() - loop.last_turn_ns) * 1e-9,
        clock_utc=clock.utc,
    )


def _frame_silence(cameras: Sequence[str], loop: PerceptionLoop, clock: Clock) -> dict[str, float | None]:
    """Return for how many seconds nothing of each camera was read, None where nothing ever was."""
    now_ns = clock.monotonic_ns()
    read = {camera_id: loop.read_ns.get(camera_id) for camera_id in cameras}
    return {name: None if at_ns is None else (now_ns - at_ns) * 1e-9 for name, at_ns in read.items()}


def _driving(here: Position | None) -> DrivingView:
    if here is None:
        return DrivingView(None, trustworthy=False)
    return DrivingView(here.speed_mps, not here.stale, here.latitude_deg, here.longitude_deg)
