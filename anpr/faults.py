"""Every fault that the program can show: what the crew is told, what they can do, and which mark turns.

A new fault is one row of `FaultKind`; everything else (name, alert, mark, log, report) follows from it. Nothing
outside this file makes a `Fault`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, unique
from typing import Final

from anpr.errors import Failure
from anpr.values import Fault, Level


class Mark(StrEnum):
    """The always visible marks that a fault can turn."""

    CAMERAS = "cameras"
    GPS = "gps"
    CLOCK = "clock"
    LISTS = "lists"
    DISK = "disk"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class _Row:
    """One kind of fault: `{subject}` in `words` is a camera or list, other names are figures given to `fault`.

    `level` is that to which the mark turns, `gone` says that the device is away (undocking explains it).
    """

    mark: Mark
    priority: int
    words: str
    remedy: str
    level: Level = Level.FAULT
    gone: bool = False


@unique
class FaultKind(Enum):
    """The table. The name in records, JSON and log is the member's in lower case: `FaultKind.DISK_FULL.id`."""

    CAMERA_UNPLUGGED = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} is unplugged",
        "Check its cable and power; reading goes on by itself when it is back.",
        gone=True,
    )
    CAMERA_UNREACHABLE = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} cannot be reached",
        "Check the network cable, the camera's power, the car's router and the address in the configuration.",
        gone=True,
    )
    CAMERA_WRONG_ADDRESS = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} has no video at its address",
        "Correct the camera's address in the configuration.",
    )
    CAMERA_NO_PERMISSION = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} may not be opened",
        "Allow camera access for this account (Linux: group video; Windows: privacy settings), or put the camera's "
        "user and password into its address.",
    )
    CAMERA_BUSY = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} gives no pictures to this program",
        "Close other programs that use the camera.",
    )
    CAMERA_SILENT = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} sends no frames",
        "Wait a moment; if it stays, unplug the camera and plug it in again.",
    )
    CAMERA_HUNG = _Row(
        Mark.CAMERAS,
        75,
        "The driver of camera {subject} hangs and was given up",
        "Unplug the camera and plug it in again; restart the program if that does not help.",
    )
    CAMERA_FAILED = _Row(
        Mark.CAMERAS,
        75,
        "Camera {subject} failed for a reason that the program does not know",
        "Send a report (anpr report) to the support desk; the program keeps trying.",
    )
    CAMERA_FROZEN = _Row(
        Mark.CAMERAS,
        75,
        "Camera {subject} shows the same picture again and again",
        "Unplug the camera and plug it in again.",
    )
    CAMERA_NO_KEY_FRAME = _Row(
        Mark.CAMERAS,
        65,
        "Camera {subject} sends no whole picture yet",
        "Wait: pictures begin by themselves. If it takes long, set a key frame (I frame) a second in the camera's settings.",
    )
    CAMERA_DAMAGED = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} sends damaged pictures",
        "Check its cable, its plugs and the car's network.",
    )
    CAMERA_BLACK = _Row(
        Mark.CAMERAS,
        65,
        "Camera {subject} shows a picture of one colour",
        "Uncover the lens; check the camera's cable.",
    )
    CAMERA_BLINDED = _Row(
        Mark.CAMERAS,
        55,
        "Camera {subject} is blinded by light",
        "Shade the lens or turn the camera; it reads again when light is less.",
    )
    CAMERA_SMEARED = _Row(
        Mark.CAMERAS,
        60,
        "Camera {subject} is out of focus or its lens is dirty",
        "Clean the lens and the window in front of it.",
    )
    PERCEPTION_FAILED = _Row(
        Mark.CAMERAS,
        90,
        "Reading plates met an error that the program does not know",
        "It goes on with the next frame; restart the program if this stays, and send a report (anpr report).",
    )
    PERCEPTION_SILENT = _Row(
        Mark.CAMERAS,
        92,
        "Reading plates has stopped: no plate is read",
        "If it does not go on within half a minute, the program ends itself: start it again.",
    )
    WATCH_FAILED = _Row(
        Mark.CAMERAS,
        90,
        "The watch over cameras, GPS and lists met an error that the program does not know",
        "It goes on by itself; restart the program if this stays, and send a report (anpr report).",
    )
    GPS_UNPLUGGED = _Row(
        Mark.GPS, 50, "The GPS receiver is unplugged", "Check its cable; it is found again by itself.", gone=True
    )
    GPS_NO_PERMISSION = _Row(
        Mark.GPS,
        50,
        "The GPS port may not be opened",
        "Give this account access to serial ports (Linux: group dialout) or close the program that uses the port.",
    )
    GPS_SILENT = _Row(
        Mark.GPS,
        50,
        "The GPS receiver sends nothing that can be read",
        "Check the port in the configuration and the cable.",
    )
    GPS_NO_FIX = _Row(
        Mark.GPS,
        30,
        "The GPS receiver has no position",
        "None is needed: wait for a clear view of the sky.",
        Level.WARNING,
    )
    GPS_FAILED = _Row(
        Mark.GPS,
        90,
        "Reading the GPS met an error that the program does not know",
        "It goes on by itself; restart the program if this stays, and send a report (anpr report).",
    )
    HOTLISTS_UNREADABLE = _Row(
        Mark.LISTS,
        95,
        "The hotlists cannot be read",
        "Vehicles are read but not matched. Import or sync the lists again.",
    )
    HOTLIST_STALE = _Row(
        Mark.LISTS,
        65,
        "The hotlist {subject} is too old to be relied on",
        "Sync the lists; hits on it are still shown, with its age.",
    )
    HOTLIST_AGES_UNKNOWN = _Row(
        Mark.LISTS,
        65,
        "It cannot be told how old the hotlists are",
        "Check the disk; the lists loaded before are used meanwhile.",
    )
    HOTLIST_SYNC_FAILED = _Row(
        Mark.LISTS,
        60,
        "The lists cannot be synced",
        "The lists in the car are used meanwhile.",
        Level.WARNING,
    )
    HOTLIST_RELOAD_FAILED = _Row(
        Mark.LISTS,
        60,
        "Changed lists are not loaded",
        "The lists loaded before are used meanwhile.",
    )
    LOOK_BACK_FAILED = _Row(
        Mark.LISTS,
        90,
        "Looking back for new list entries met an error that the program does not know",
        "Look up by hand what was added to the lists just now; send a report (anpr report).",
    )
    RECORDS_UNWRITABLE = _Row(
        Mark.DISK,
        80,
        "The records cannot be written",
        "Free disk space; sightings are kept in memory meanwhile.",
    )
    RECORDS_FAILED = _Row(
        Mark.DISK,
        90,
        "Recording met an error that the program does not know",
        "It goes on by itself; restart the program if this stays, and send a report (anpr report).",
    )
    DISK_FULL = _Row(
        Mark.DISK,
        80,
        "The disk is too full to store pictures",
        "Free disk space; sightings and hits are still recorded.",
    )
    LOG_FAILED = _Row(
        Mark.DISK,
        25,
        "The program's log cannot be written",
        "Check the disk and the folder logs; reading, alerts and records go on without it.",
        Level.WARNING,
    )
    OUTPUT_FAILED = _Row(
        Mark.DISK,
        22,
        "The JSON output is not taken",
        "Reading, alerts and records go on without it; look at the program that reads it, or at the disk.",
        Level.WARNING,
    )
    SCREEN_FAILED = _Row(
        Mark.BUDGET,
        90,
        "Showing what was read met an error that the program does not know",
        "Reading and records go on; reload the screen, restart the program if this stays, and send a report (anpr report).",
    )
    BUDGET_MISSED = _Row(
        Mark.BUDGET,
        70,
        "Frames are older than {budget_ms:.0f} ms when they have been read",
        "Close other programs on the tablet; the engine sheds load by itself.",
    )
    EFFORT_LOWERED = _Row(
        Mark.BUDGET,
        20,
        "The processor is short of time: {every} is read at {width_px} px",
        "Far plates may be missed meanwhile.",
        Level.WARNING,
    )

    @property
    def id(self) -> str:
        """The stable name in records, JSON and log."""
        return self.name.lower()

    @property
    def mark(self) -> Mark:
        """The mark that it turns."""
        return self.value.mark

    @property
    def level(self) -> Level:
        """The level to which it turns its mark."""
        return self.value.level

    @property
    def priority(self) -> int:
        """Its place among alerts and faults: the higher the more important."""
        return self.value.priority

    @property
    def remedy(self) -> str:
        """What the crew can do."""
        return self.value.remedy

    @property
    def gone(self) -> bool:
        """Whether it means that the device is away."""
        return self.value.gone

    def fault(self, since_utc: datetime, subject: str = "", detail: str = "", **figures: object) -> Fault:
        """Return the fault in words; `detail` is added in brackets. Raises KeyError when a figure is missing."""
        words = self.value.words.format(subject=subject, **figures)
        return Fault(
            name=self.id,
            subject=subject,
            text=f"{words} ({detail.rstrip('.')})." if detail else f"{words}.",
            remedy=self.remedy,
            since_utc=since_utc,
            priority=self.priority,
        )


_BY_ID: Final = {kind.id: kind for kind in FaultKind}


def recorded_fault(name: str, subject: str, text: str, since_utc: datetime, priority: int) -> Fault:
    """Return a fault as it was recorded, in the words of that time; its name may be one that is no longer in the table."""
    return Fault(name, subject, text, "", since_utc, priority)


def kind_of(fault: Fault) -> FaultKind:
    """Return the row of the table that a fault was made of; raises KeyError for one that was not."""
    return _BY_ID[fault.name]


class CameraError(Failure):
    """A camera cannot be opened or gives no usable picture; `fault` says how."""

    def __init__(self, message: str, fault: FaultKind = FaultKind.CAMERA_UNREACHABLE) -> None:
        super().__init__(message)
        self.fault = fault
