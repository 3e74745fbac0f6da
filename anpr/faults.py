"""The faults of cameras and GPS by name: what the crew is told and what they can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from anpr.values import Fault


@dataclass(frozen=True, slots=True)
class FaultText:
    """Words for one kind of fault; `{subject}` stands for the camera id. `gone` says that the device is away."""

    text: str
    remedy: str
    priority: int
    gone: bool = False


FAULTS: Final = {
    "camera_unplugged": FaultText(
        "Camera {subject} is unplugged",
        "Check its cable and power; reading goes on by itself when it is back.",
        70,
        gone=True,
    ),
    "camera_unreachable": FaultText(
        "Camera {subject} cannot be reached",
        "Check the network cable, the camera's power, the car's router and the address in the configuration.",
        70,
        gone=True,
    ),
    "camera_wrong_address": FaultText(
        "Camera {subject} has no video at its address", "Correct the camera's address in the configuration.", 70
    ),
    "camera_no_permission": FaultText(
        "Camera {subject} may not be opened",
        "Allow camera access for this account (Linux: group video; Windows: privacy settings), or put the camera's "
        "user and password into its address.",
        70,
    ),
    "camera_busy": FaultText(
        "Camera {subject} gives no pictures to this program", "Close other programs that use the camera.", 70
    ),
    "camera_silent": FaultText(
        "Camera {subject} sends no frames", "Wait a moment; if it stays, unplug the camera and plug it in again.", 70
    ),
    "camera_hung": FaultText(
        "The driver of camera {subject} hangs and was given up",
        "Unplug the camera and plug it in again; restart the program if that does not help.",
        75,
    ),
    "camera_failed": FaultText(
        "Camera {subject} failed for a reason that the program does not know",
        "Note the text of the fault and report it; the program keeps trying.",
        75,
    ),
    "camera_frozen": FaultText(
        "Camera {subject} shows the same picture again and again", "Unplug the camera and plug it in again.", 75
    ),
    "camera_black": FaultText(
        "Camera {subject} shows a picture of one colour", "Uncover the lens; check the camera's cable.", 65
    ),
    "camera_blinded": FaultText(
        "Camera {subject} is blinded by light",
        "Shade the lens or turn the camera; it reads again when light is less.",
        55,
    ),
    "camera_smeared": FaultText(
        "Camera {subject} is out of focus or its lens is dirty", "Clean the lens and the window in front of it.", 60
    ),
    "gps_unplugged": FaultText(
        "The GPS receiver is unplugged", "Check its cable; it is found again by itself.", 50, gone=True
    ),
    "gps_no_permission": FaultText(
        "The GPS port may not be opened",
        "Give this account access to serial ports (Linux: group dialout) or close the program that uses the port.",
        50,
    ),
    "gps_silent": FaultText(
        "The GPS receiver sends nothing that can be read", "Check the port in the configuration and the cable.", 50
    ),
    "gps_no_fix": FaultText(
        "The GPS receiver has no position", "None is needed: wait for a clear view of the sky.", 30
    ),
}
"""Every fault that this room can raise."""


def fault(name: str, subject: str, since_utc: datetime, detail: str = "") -> Fault:
    """Return the fault of that name in words; `detail` is added in brackets. Raises KeyError for unknown names."""
    words = FAULTS[name]
    text = words.text.format(subject=subject)
    return Fault(
        name=name,
        subject=subject,
        text=f"{text} ({detail.rstrip('.')})." if detail else f"{text}.",
        remedy=words.remedy,
        since_utc=since_utc,
        priority=words.priority,
    )


def without_password(address: str) -> str:
    """Return the address as it may be shown and logged: user and password are taken out.

    >>> without_password("rtsp://patrol:secret@10.0.0.5/stream1")
    'rtsp://…@10.0.0.5/stream1'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.rpartition("@")[2]
    if "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc="…@" + parts.netloc.rpartition("@")[2]))
