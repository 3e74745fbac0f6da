"""Each part of a car as its configuration says: reader, pipeline, matcher, governor, cameras, GPS, follower."""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from anpr.alerting.board import AlertBoard
from anpr.alerting.lifecycle import AlertSettings
from anpr.clock import Clock, utc_now
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig, PerceptionConfig, SyncConfig
from anpr.config.data_folder import latest_date, records_db
from anpr.engine.engine import Engine, Matcher
from anpr.engine.governor import Effort, Governor, GovernorSettings
from anpr.errors import InputError, StoreError
from anpr.perception.fusion import Prior
from anpr.perception.pipeline import Pipeline, PipelineSettings, PlateText
from anpr.perception.stills import Stills
from anpr.records.store import RecordStore
from anpr.trusted_time import TrustedTime, read_latest
from anpr.values import Position
from camera.capture import CaptureThread
from camera.gps import GpsReceiver
from camera.health import CameraHealth
from camera.newest_frame import NewestFrame
from camera.picture_checks import HealthLimits
from camera.sources import open_camera_source
from hotlists.sync.follower import Follower


def open_reader(settings: PerceptionConfig) -> PlateText:
    """Return the reader that the configuration names, its model checked and loaded."""
    if settings.reader == "easyocr":
        from anpr.perception.easyocr_reader import EasyOcrReader  # noqa: PLC0415 - needs torch, which most cars do not have

        return EasyOcrReader()
    from anpr.perception.reader import PlateReader  # noqa: PLC0415 - loads the model runtime only where plates are read

    return PlateReader(threads=settings.threads, layout_prior=settings.layout_prior, home=settings.home)


def _layout_prior(settings: PerceptionConfig) -> Prior | None:
    """Return the layouts' prior as the reader applies it, None when it is switched off."""
    if not settings.layout_prior:
        return None
    from anpr.perception.layouts import apply_prior  # noqa: PLC0415 - as above
    from anpr.perception.reader import PRIOR_STRENGTH  # noqa: PLC0415

    return partial(apply_prior, strength=PRIOR_STRENGTH, home=settings.home)


def open_pipeline(settings: PerceptionConfig) -> Pipeline:
    """Return perception with the shipped models, checked against their manifest and loaded."""
    from anpr.perception.detector import PlateDetector  # noqa: PLC0415 - as above

    detector = PlateDetector(
        threads=settings.threads,
        input_width=settings.input_width,
        confidence_floor=settings.detector_confidence or None,
    )
    return Pipeline(
        detector,
        open_reader(settings),
        clock_ns=time.perf_counter_ns,
        settings=PipelineSettings(reported_confidence=settings.reported_confidence),
        prior=_layout_prior(settings),
    )


def open_stills(settings: PerceptionConfig) -> Stills:
    """Return what reads still pictures, with the same models as on patrol."""
    from anpr.perception.detector import PlateDetector  # noqa: PLC0415 - as above
    from anpr.perception.reader import PlateReader  # noqa: PLC0415

    detector = PlateDetector(threads=settings.threads, confidence_floor=settings.detector_confidence or None)
    reader = PlateReader(threads=settings.threads, layout_prior=settings.layout_prior, home=settings.home)
    return Stills(detector, reader, _layout_prior(settings))


def open_matcher(path: Path | None) -> Matcher | None:
    """Return a matcher on the hotlists file, None when no file is named; raises InputError when there is none."""
    if path is None:
        return None
    if not path.exists():
        raise InputError(f"there is no hotlists file {path}: make one with 'anpr hotlist import'")
    from hotlists.matching.matcher import open_matcher as open_hotlist_matcher  # noqa: PLC0415 - only where lists are used

    return open_hotlist_matcher(path)


def alert_settings(config: PatrolConfig) -> AlertSettings:
    """Return the alert board's settings of a configuration."""
    return AlertSettings(
        withdraw_share=config.alerts.withdraw_share, confirmed_probability=config.alerts.confirmed_probability
    )


def open_governor(config: PatrolConfig) -> Governor:
    """Return the governor of a configuration: less resolution first, then fewer frames."""
    width = config.perception.input_width
    less, least = (max(int(width * share) // 32 * 32, 128) for share in (0.8, 0.6))
    efforts = (Effort(width), Effort(less), Effort(less, 2), Effort(least, 2), Effort(least, 3))
    return Governor(GovernorSettings(budget_ms=config.budget.grab_to_alert_ms, efforts=efforts))


def open_camera(
    camera: CameraConfig,
    slot: NewestFrame,
    clock: Clock,
    *,
    position: Callable[[int], Position | None] | None = None,
    loop: bool = False,
) -> CaptureThread:
    """Return the thread that reads a camera into the slot; its source is opened there, and again after each loss."""
    health = CameraHealth(camera.id, clock, limits=HealthLimits(**asdict(camera.health)))
    return CaptureThread(
        partial(open_camera_source, camera, clock), camera.id, slot, clock, health=health, position=position, loop=loop
    )


def open_gps(settings: GpsConfig, clock: Clock) -> GpsReceiver | None:
    """Return the GPS receiver, None when it is switched off."""
    if not settings.enabled:
        return None
    return GpsReceiver(
        clock, port=settings.port or "auto", baud=settings.baud or None, stale_after_s=settings.stale_after_s
    )


def open_trusted_time(folder: Path, clock: Clock, gps: GpsReceiver | None) -> TrustedTime:
    """Return the judge of the tablet's date, with what earlier runs knew: kept by them, else their newest sighting."""
    latest = read_latest(latest_date(folder))
    if latest is None:
        with suppress(StoreError), closing(RecordStore(records_db(folder), "start")) as store:
            latest = store.newest_utc()
    return TrustedTime(clock, latest, gps.dated if gps is not None else lambda: None)


def open_follower(
    settings: SyncConfig, hotlists: Path, trusted: TrustedTime, signed: Callable[[datetime], None] = lambda _: None
) -> Follower | None:
    """Return what follows the back office, None when none is configured; `signed` hears when it signed what it sent.

    What it offers is judged by the trusted date, and bears the tablet's clock out where both agree.
    """
    if not settings.url:
        return None
    return Follower(hotlists, settings, signed=signed, dated=trusted.look, bear_out=trusted.bear_out)


def open_replay_engine(config: PatrolConfig, hotlists_db: Path | None, *, live: bool) -> Engine:
    """Return an engine for a recording; `live` when frames are stamped as they are played."""
    return Engine(
        open_pipeline(config.perception),
        open_matcher(hotlists_db),
        AlertBoard(alert_settings(config)),
        clock_ns=time.perf_counter_ns,
        clock_utc=utc_now,
        live=live,
    )
