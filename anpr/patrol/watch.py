"""Watches over the parts of a car a few times a second and keeps the board's faults in step with what it finds.

Owned by the watch thread; `part_failed` may be called by any.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import ListNames, shown_lists
from anpr.clock import utc_now
from anpr.desk.desk import EngineDesk
from anpr.values import Alert, Fault
from camera.capture import CaptureThread
from camera.docking import Dock, DockState
from camera.gps import GpsReceiver
from hotlists.matching.matcher import HotlistMatcher
from hotlists.sync.follower import Follower

LISTS_S: Final = 20.0
"""Seconds between two looks at the age of the lists."""

FAILURE_S: Final = 10.0
"""A part of the engine that failed counts as well again after so long without another failure."""


@dataclass(slots=True)
class FaultKeeper:
    """Follows one group of faults (those of the cameras, say); each group has its own keeper."""

    board: AlertBoard
    _standing: dict[tuple[str, str], Fault] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[Fault, ...]:
        """The faults that hold now."""
        return tuple(self._standing.values())

    def update(self, faults: Iterable[Fault], now_utc: datetime) -> tuple[Alert, ...]:
        """Take in all faults of the group that hold now; returns the alerts that changed."""
        now = {(fault.name, fault.subject): fault for fault in faults}
        changed: list[Alert] = []
        for key in self._standing.keys() - now.keys():
            changed.extend(self.board.clear_fault(*key, now_utc))
        for key in now.keys() - self._standing.keys():
            changed.extend(self.board.raise_fault(now[key], now_utc))
        self._standing = now
        return tuple(changed)


@dataclass(slots=True)
class CarWatch:
    """Cameras, GPS, docking, lists and the engine's own parts, as faults."""

    board: AlertBoard
    matcher: HotlistMatcher
    desk: EngineDesk
    cameras: Mapping[str, CaptureThread]
    docked_cameras: frozenset[str]
    gps: GpsReceiver | None = None
    follower: Follower | None = None
    dock: DockState = field(default_factory=DockState)
    _devices: FaultKeeper = field(init=False)
    _lists: FaultKeeper = field(init=False)
    _parts: FaultKeeper = field(init=False)
    _lists_looked_ns: int | None = None
    _failures: dict[str, Fault] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._devices, self._lists, self._parts = (FaultKeeper(self.board) for _ in range(3))

    @property
    def undocked(self) -> bool:
        """Whether the tablet was taken out of its dock."""
        return self.dock.state is Dock.UNDOCKED

    def faults(self) -> tuple[Fault, ...]:
        """Return every fault that stands on the board, whoever raised it."""
        return self.board.standing_faults()

    def check(self, now_ns: int, now: datetime) -> None:
        """Look at everything once."""
        self._look_at_devices(now_ns, now)
        if self._lists_looked_ns is None or now_ns - self._lists_looked_ns >= LISTS_S * 1e9:
            self._lists_looked_ns = now_ns
            self.desk.announce(self._lists.update(self._list_troubles(now), now))
        with self._lock:
            self._failures = {
                name: fault
                for name, fault in self._failures.items()
                if (now - fault.since_utc).total_seconds() < FAILURE_S
            }
            failures = tuple(self._failures.values())
        self.desk.announce(self._parts.update(failures, now))

    def part_failed(self, name: str, error: Exception) -> None:
        """Show that a part of the engine raised an error which nobody expected."""
        now = utc_now()
        text = f"A part of the engine failed: {type(error).__name__}."
        fault = Fault(name, "", text, "It goes on by itself; restart the program if this stays.", now, priority=90)
        with self._lock:
            self._failures[name] = fault
            failures = tuple(self._failures.values())
            changed = self._parts.update(failures, now)
        self.desk.announce(changed)

    def _look_at_devices(self, now_ns: int, now: datetime) -> None:
        faults: list[Fault] = []
        gone: dict[str, int | None] = {}
        for camera_id, capture in self.cameras.items():
            capture.check(now_ns)
            faults.extend(capture.health.faults(now_ns))
            if camera_id in self.docked_cameras:
                gone[camera_id] = capture.health.gone_since_ns
        if self.gps is not None:
            faults.extend(self.gps.faults(now_ns))
            gone["gps"] = self.gps.gone_since_ns
        before = self.dock.state
        state = self.dock.update(now_ns, gone)
        if before is Dock.UNDOCKED and state is Dock.DOCKED:
            for capture in self.cameras.values():
                capture.retry_now()
        self.desk.announce(self._devices.update(self.dock.shown(now_ns, faults), now))
        if before is not state:
            self.desk.changed()

    def _list_troubles(self, now: datetime) -> list[Fault]:
        troubles = [
            Fault(
                "hotlist_stale",
                one.name,
                f"The hotlist {one.name} is too old to be relied on.",
                "Sync the lists; hits on it are still shown, with its age.",
                now,
                priority=65,
            )
            for one in shown_lists(self.matcher.stale_lists(now))
        ]
        trouble = self.follower.trouble if self.follower is not None else None
        if trouble is not None:
            text = f"The lists cannot be synced: {self._shown_trouble(trouble, now)}"
            troubles.append(Fault("hotlist_sync_failed", "", text, "The lists in the car are used meanwhile.", now))
        if self.matcher.trouble is not None:
            text = f"Changed lists are not loaded: {self._shown_trouble(self.matcher.trouble, now)}"
            troubles.append(
                Fault("hotlist_reload_failed", "", text, "The lists loaded before are used meanwhile.", now)
            )
        return troubles

    def _shown_trouble(self, trouble: Exception, now: datetime) -> str:
        """Return what an error says, without the name of a list that the crew may not know of."""
        names = ListNames.of(self.matcher.status(now))
        return names.text(str(trouble), "one of them failed; the back office can tell which.")
