"""Checks of the cameras that the configuration names, and of the GPS receiver."""

import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from anpr.checks import Check, Finding, doubtful, well, wrong
from anpr.config.car import CameraConfig, GpsConfig
from anpr.errors import AnprError
from anpr.faults import CameraError
from anpr.support.redaction import without_credentials
from camera.gps import serial_ports
from camera.sources import open_camera_source
from camera.sources.source import next_grab
from camera.sources.usb import DeviceSource

PATIENCE_S: Final = 6.0
"""How long a camera may take to open; a driver that hangs is left behind."""


def checks(cameras: Sequence[CameraConfig], gps: GpsConfig) -> list[Check]:
    """Return a check for each camera, and one for the GPS receiver if there is to be one."""
    found = [
        Check(f"camera_{camera.id}", f"camera {camera.id} is recognised and opens", partial(_opens, camera))
        for camera in cameras
    ]
    if gps.enabled:
        found.append(Check("gps", "the GPS receiver's port is there", partial(_port, gps)))
    return found


def _opens(camera: CameraConfig) -> Finding:
    findings: list[Finding] = []
    thread = threading.Thread(target=lambda: findings.append(_tried(camera)), name="doctor camera", daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    if findings:
        return findings[0]
    return wrong(
        f"camera {camera.id} does not answer within {PATIENCE_S:g} s", "Unplug the camera and plug it in again."
    )


def _tried(camera: CameraConfig) -> Finding:
    try:
        source = open_camera_source(camera)
        source.open()
        try:
            has_frame = next_grab(source) is not None
        finally:
            source.close()
    except CameraError as error:
        return wrong(without_credentials(str(error)), error.fault.remedy)
    except AnprError as error:
        return wrong(without_credentials(str(error)), "Correct the camera's source in the configuration.")
    if not has_frame:
        return wrong(f"camera {camera.id} opens but gives no frame", "Check its cable, or the file.")
    terms = f": {source.terms}" if isinstance(source, DeviceSource) else ""
    return well(f"camera {camera.id} gives frames{terms}")


def _port(gps: GpsConfig) -> Finding:
    ports = serial_ports()
    if gps.port:
        is_there = gps.port in ports or (sys.platform != "win32" and Path(gps.port).exists())
        return (
            well(f"{gps.port} is there")
            if is_there
            else wrong(f"there is no port {gps.port}", "Check the cable, and gps.port in the configuration.")
        )
    if not ports:
        return doubtful(
            "no serial port was found", "Check the receiver's cable, or set gps.enabled = false if there is none."
        )
    return well(f"found {', '.join(ports)}")
