"""Every fault that the program can show: what the crew is told, what they can do, which mark turns, how long it is held.

A new fault is one row of `FaultKind`; everything else (name, alert, mark, log, report) follows from it. Nothing
outside this file makes a `Fault`. `anpr.alerting.fault_keeper` raises and clears them by the times that stand here.
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

    `level` is that to which the mark turns, `gone` says that the device is away (undocking explains it), `blinds` that
    its camera, or without a subject the car, gives no hits while it stands. Its condition must hold for `raise_after_s`
    before it is raised and be over for `clear_after_s` before it is cleared: asked for, not measured.
    """

    mark: Mark
    priority: int
    words: str
    remedy: str
    level: Level = Level.FAULT
    gone: bool = False
    blinds: bool = False
    raise_after_s: float = 0.0
    clear_after_s: float = 5.0


def _blind(words: str, remedy: str, priority: int = 70, *, gone: bool = False) -> _Row:
    """Return the row of a camera that cannot be read from; what finds it has waited already."""
    return _Row(Mark.CAMERAS, priority, f"Camera {{subject}} {words}", remedy, gone=gone, blinds=True)


def _unexpected(mark: Mark, what: str, remedy: str = "", *, blinds: bool = False) -> _Row:
    """Return the row of a part that met an error which nobody expected; it counts as well again after 10 s without."""
    words = f"{what} met an error that the program does not know"
    usual = "It goes on by itself; restart the program if this stays, and send a report (anpr report)."
    return _Row(mark, 90, words, remedy or usual, blinds=blinds, clear_after_s=10.0)


@unique
class FaultKind(Enum):
    """The table. The name in records, JSON and log is the member's in lower case: `FaultKind.DISK_FULL.id`."""

    CAMERA_UNPLUGGED = _blind(
        "is missing or unplugged", "Check its cable and power; reading goes on by itself when it is back.", gone=True
    )
    CAMERA_UNREACHABLE = _blind(
        "cannot be reached",
        "Check the network cable, the camera's power, the car's router and the address in the configuration.",
        gone=True,
    )
    CAMERA_WRONG_ADDRESS = _blind("has no video at its address", "Correct the camera's address in the configuration.")
    CAMERA_NO_PERMISSION = _blind(
        "may not be opened",
        "Allow camera access for this account (Linux: group video; Windows: privacy settings), or put the camera's "
        "user and password into its address.",
    )
    CAMERA_BUSY = _blind("gives no pictures to this program", "Close other programs that use the camera.")
    CAMERA_SILENT = _blind("sends no frames", "Wait a moment; if it stays, unplug the camera and plug it in again.")
    CAMERA_HUNG = _blind(
        "hangs in its driver, which was given up",
        "Unplug the camera and plug it in again; restart the program if that does not help.",
        75,
    )
    CAMERA_FAILED = _blind(
        "failed for a reason that the program does not know",
        "Send a report (anpr report) to the support desk; the program keeps trying.",
        75,
    )
    CAMERA_NO_KEY_FRAME = _blind(
        "sends no whole picture yet",
        "Wait: pictures begin by themselves. If it takes long, set a key frame (I frame) a second in the camera's settings.",
        65,
    )
    CAMERA_DAMAGED = _Row(
        Mark.CAMERAS,
        70,
        "Camera {subject} sends damaged pictures",
        "Check its cable, its plugs and the car's network.",
    )
    CAMERA_FROZEN = _blind("shows the same picture again and again", "Unplug the camera and plug it in again.", 75)
    CAMERA_BLACK = _blind("shows a picture of one colour", "Uncover the lens; check the camera's cable.", 65)
    CAMERA_BLINDED = _blind(
        "is blinded by light", "Shade the lens or turn the camera; it reads again when light is less.", 55
    )
    CAMERA_SMEARED = _Row(
        Mark.CAMERAS,
        60,
        "Camera {subject} is out of focus or its lens is dirty",
        "Clean the lens and the window in front of it.",
    )
    PERCEPTION_FAILED = _unexpected(
        Mark.CAMERAS,
        "Reading plates",
        "It goes on with the next frame; restart the program if this stays, and send a report (anpr report).",
        blinds=True,
    )
    PERCEPTION_SILENT = _Row(
        Mark.CAMERAS,
        92,
        "Reading plates has stopped: no plate is read",
        "If it does not go on within half a minute, the program ends itself: start it again.",
        blinds=True,
        clear_after_s=15.0,
    )
    WATCH_FAILED = _unexpected(Mark.CAMERAS, "The watch over cameras, GPS and lists")
    GPS_UNPLUGGED = _Row(
        Mark.GPS,
        50,
        "The GPS receiver is missing or unplugged",
        "Check its cable; it is found again by itself.",
        gone=True,
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
        raise_after_s=3.0,
    )
    GPS_FAILED = _unexpected(Mark.GPS, "Reading the GPS")
    HOTLISTS_UNREADABLE = _Row(
        Mark.LISTS,
        95,
        "The hotlists cannot be read",
        "Vehicles are read but not matched. Import or sync the lists again.",
        blinds=True,
    )
    HOTLISTS_DAMAGED = _Row(
        Mark.LISTS,
        95,
        "The hotlists were damaged and are gone from the car",
        "Vehicles are read and recorded but not matched. Sync the lists, or import them again.",
        blinds=True,
    )
    HOTLIST_STALE = _Row(
        Mark.LISTS,
        65,
        "The hotlist {subject} is too old to be relied on",
        "Sync the lists; hits on it are still shown, with its age.",
    )
    HOTLIST_UNTRUSTED = _Row(
        Mark.LISTS,
        66,
        "The hotlist {subject} is not kept up to date by anybody who is trusted",
        "Hits on it are still shown. Say to the back office what stands here.",
    )
    HOTLIST_AGES_UNKNOWN = _Row(
        Mark.LISTS,
        65,
        "It cannot be told how old the hotlists are",
        "Check the disk; the lists loaded before are used meanwhile.",
    )
    HOTLIST_SYNC_FAILED = _Row(
        Mark.LISTS, 60, "The lists cannot be synced", "The lists in the car are used meanwhile.", Level.WARNING
    )
    HOTLIST_RELOAD_FAILED = _Row(
        Mark.LISTS, 60, "Changed lists are not loaded", "The lists loaded before are used meanwhile."
    )
    LOOK_BACK_FAILED = _unexpected(
        Mark.LISTS,
        "Looking back for new list entries",
        "Look up by hand what was added to the lists just now; send a report (anpr report).",
    )
    ENQUIRIES_FAILED = _unexpected(
        Mark.LISTS,
        "Asking DVLA and DVSA",
        "Reading, alerts and records go on; ask by radio, and send a report (anpr report).",
    )
    ENQUIRIES_REFUSED = _Row(
        Mark.LISTS,
        35,
        "{subject} does not answer this car",
        "Ask by radio; whoever looks after the car checks the keys in [enquiries] and the network.",
        Level.WARNING,
    )
    RECORDS_UNWRITABLE = _Row(
        Mark.DISK,
        80,
        "The records cannot be written",
        "Free disk space; sightings are kept in memory meanwhile.",
    )
    RECORDS_DAMAGED = _Row(
        Mark.DISK,
        45,
        "The records were damaged: they were set aside and new ones begun",
        "Reading, alerts and new records go on. The support desk gets the old ones back: see anpr doctor.",
        Level.WARNING,
    )
    RECORDS_FAILED = _unexpected(Mark.DISK, "Recording")
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
    SCREEN_FAILED = _unexpected(
        Mark.BUDGET,
        "Showing what was read",
        "Reading and records go on; reload the screen, restart the program if this stays, and send a report (anpr report).",
    )
    BUDGET_MISSED = _Row(
        Mark.BUDGET,
        70,
        "Frames are older than {budget_ms:.0f} ms when they have been read",
        "Close other programs on the tablet; the engine sheds load by itself.",
        raise_after_s=2.0,
        clear_after_s=10.0,
    )
    EFFORT_LOWERED = _Row(
        Mark.BUDGET,
        20,
        "The processor is short of time: fewer or smaller pictures are read",
        "Far plates may be missed meanwhile.",
        Level.WARNING,
        raise_after_s=2.0,
        clear_after_s=10.0,
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

    @property
    def blinds(self) -> bool:
        """Whether its camera, or without a subject the car, gives no hits while it stands."""
        return self.value.blinds

    @property
    def raise_after_s(self) -> float:
        """How long its condition must hold, in seconds, before it is raised."""
        return self.value.raise_after_s

    @property
    def clear_after_s(self) -> float:
        """How long its condition must be over, in seconds, before it is cleared."""
        return self.value.clear_after_s

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
