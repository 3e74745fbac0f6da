"""Watches over the parts of a car a few times a second and keeps the board's faults in step with what it finds.

Owned by the watch thread; `part_failed` may be called by any.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.alerting.disclosure import ListNames, shown_lists
from anpr.clock import utc_now
from anpr.desk.desk import EngineDesk
from anpr.errors import AnprError
from anpr.faults import FaultKind
from anpr.support.log import current_log
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
        for key, fault in now.items():
            if key not in self._standing or self._standing[key].text != fault.text:
                changed.extend(self.board.raise_fault(fault, now_utc))
        self._standing = now
        return tuple(changed)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A part that failed, and when the watch came across it: by the monotonic clock, since the other may be set."""

    fault: Fault
    noticed_ns: int | None = None


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
    conditions: list[Callable[[datetime], Fault | None]] = field(default_factory=list)
    """What else is asked at each look: each returns its fault, or None while it has none."""
    clock_utc: Callable[[], datetime] = utc_now
    _devices: FaultKeeper = field(init=False)
    _lists: FaultKeeper = field(init=False)
    _parts: FaultKeeper = field(init=False)
    _log: FaultKeeper = field(init=False)
    _others: FaultKeeper = field(init=False)
    _lists_looked_ns: int | None = None
    _log_tried_ns: int = 0
    _failures: dict[FaultKind, _Failure] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        keepers = (FaultKeeper(self.board) for _ in range(5))
        self._devices, self._lists, self._parts, self._log, self._others = keepers

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
        self._look_at_log(now_ns, now)
        others = [fault for ask in self.conditions if (fault := ask(now)) is not None]
        self.desk.announce(self._others.update(others, now))
        with self._lock:
            self._failures = {
                kind: _Failure(failure.fault, noticed_ns)
                for kind, failure in self._failures.items()
                if now_ns - (noticed_ns := now_ns if failure.noticed_ns is None else failure.noticed_ns)
                < FAILURE_S * 1e9
            }
            changed = self._parts.update((f.fault for f in self._failures.values()), now)
        self.desk.announce(changed)

    def part_failed(self, kind: FaultKind, error: Exception) -> None:
        """Show that a part of the engine raised an error which nobody expected: by its kind, never by its text."""
        now = self.clock_utc()
        with self._lock:
            self._failures[kind] = _Failure(kind.fault(now, detail=type(error).__name__))
            changed = self._parts.update((f.fault for f in self._failures.values()), now)
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

    def _look_at_log(self, now_ns: int, now: datetime) -> None:
        log = current_log()
        if log is not None and log.trouble and now_ns - self._log_tried_ns >= LISTS_S * 1e9:
            self._log_tried_ns = now_ns
            log.retry()
        trouble = log.trouble if log is not None else ""
        found = [FaultKind.LOG_FAILED.fault(now, detail=trouble)] if trouble else []
        self.desk.announce(self._log.update(found, now))

    def _list_troubles(self, now: datetime) -> list[Fault]:
        try:
            stale = [one.name for one in shown_lists(self.matcher.stale_lists(now))]
            troubles = [FaultKind.HOTLIST_STALE.fault(now, name) for name in stale]
        except AnprError as error:
            troubles = [FaultKind.HOTLIST_AGES_UNKNOWN.fault(now, detail=self._shown_trouble(error, now))]
        follower_trouble = self.follower.trouble if self.follower is not None else None
        if follower_trouble is not None:
            detail = self._shown_trouble(follower_trouble, now)
            troubles.append(FaultKind.HOTLIST_SYNC_FAILED.fault(now, detail=detail))
        if self.matcher.trouble is not None:
            detail = self._shown_trouble(self.matcher.trouble, now)
            troubles.append(FaultKind.HOTLIST_RELOAD_FAILED.fault(now, detail=detail))
        return troubles

    def _shown_trouble(self, trouble: Exception, now: datetime) -> str:
        """Return what an error says, without the name of a list that the crew may not know of."""
        instead = "one of them failed; the back office can tell which."
        try:
            return ListNames.of(self.matcher.status(now)).text(str(trouble), instead)
        except AnprError:  # whose names these are cannot be told now
            return instead
