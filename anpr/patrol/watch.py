"""Looks at the parts of a car a few times a second and tells the keeper of faults what holds and what is over.

Owned by the watch thread; `part_failed` may be called by any.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from anpr.alerting.disclosure import ListNames, shown_lists
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.clock import utc_now
from anpr.desk.desk import EngineDesk
from anpr.engine.governor import Governor
from anpr.errors import AnprError
from anpr.faults import FaultKind, Mark, kind_of
from anpr.support.log import current_log
from anpr.values import Fault
from camera.capture import CaptureThread
from camera.docking import Dock, DockState
from camera.gps import GpsReceiver
from hotlists.matching.matcher import HotlistMatcher
from hotlists.sync.follower import Follower

LISTS_S: Final = 20.0
"""Seconds between two looks at the age of the lists."""


@dataclass(slots=True)
class CarWatch:
    """Cameras, GPS, docking, lists and the engine's own parts, as conditions that may become faults.

    `keeper` says when one does, and when it is over; its clock is the one of `check`.
    """

    keeper: FaultKeeper
    matcher: HotlistMatcher
    desk: EngineDesk
    cameras: Mapping[str, CaptureThread]
    docked_cameras: frozenset[str]
    gps: GpsReceiver | None = None
    follower: Follower | None = None
    dock: DockState = field(default_factory=DockState)
    governor: Governor | None = None
    conditions: list[Callable[[datetime], Fault | None]] = field(default_factory=list)
    """What else is asked at each look: each returns its fault, or None while it has none."""
    clock_utc: Callable[[], datetime] = utc_now
    _told: dict[str, dict[tuple[str, str], Fault]] = field(default_factory=dict)
    _lists_looked_ns: int | None = None
    _log_tried_ns: int = 0

    @property
    def undocked(self) -> bool:
        """Whether the tablet was taken out of its dock."""
        return self.dock.state is Dock.UNDOCKED

    def faults(self) -> tuple[Fault, ...]:
        """Return every fault that stands on the board, whoever raised it."""
        return self.keeper.board.standing_faults()

    def check(self, now_ns: int, now: datetime) -> None:
        """Look at everything once."""
        self._look_at_devices(now_ns)
        if self._lists_looked_ns is None or now_ns - self._lists_looked_ns >= LISTS_S * 1e9:
            self._lists_looked_ns = now_ns
            self._tell("lists", self._list_troubles(now))
        self._look_at_log(now_ns, now)
        self._look_at_load(now_ns, now)
        self._tell("others", [fault for ask in self.conditions if (fault := ask(now)) is not None])
        self.desk.announce(self.keeper.settle())

    def part_failed(self, kind: FaultKind, error: Exception) -> None:
        """Show that a part of the engine raised an error which nobody expected: by its kind, never by its text.

        It is over at once, and well again when it did not fail for a while.
        """
        raised = self.keeper.found(kind.fault(self.clock_utc(), detail=type(error).__name__))
        self.desk.announce((*raised, *self.keeper.over(kind)))

    def _tell(self, group: str, faults: Iterable[Fault]) -> None:
        """Say which faults of a group (those of the devices, say) hold now; the others of it do not."""
        before = self._told.get(group, {})
        now = self._told[group] = {(fault.name, fault.subject): fault for fault in faults}
        over = before.keys() - now.keys()
        changed = [alert for fault in now.values() for alert in self.keeper.found(fault)]
        changed += [alert for key in over for alert in self.keeper.over(kind_of(before[key]), key[1])]
        self.desk.announce(tuple(changed))

    def _look_at_devices(self, now_ns: int) -> None:
        faults: list[Fault] = []
        gone: dict[str, int | None] = {}
        for camera_id, capture in self.cameras.items():
            capture.check(now_ns)
            faults.extend(capture.health.faults(now_ns))
            if camera_id in self.docked_cameras and capture.health.was_there:
                gone[camera_id] = capture.health.gone_since_ns
        if self.gps is not None:
            faults.extend(self.gps.faults(now_ns))
            if self.gps.was_there:
                gone["gps"] = self.gps.gone_since_ns
        before = self.dock.state
        state = self.dock.update(now_ns, gone)
        if before is Dock.UNDOCKED and state is Dock.DOCKED:
            for capture in self.cameras.values():
                capture.retry_now()
        self._tell("devices", self.dock.shown(now_ns, faults))
        if state is Dock.UNDOCKED:
            self.desk.announce(self.keeper.end(self._is_away))
        if before is not state:
            self.desk.changed()

    def _is_away(self, found: Fault) -> bool:
        """Whether undocking explains what was found on the way out: no frames, before the camera was seen to be gone."""
        return found.subject in self.docked_cameras or kind_of(found).mark is Mark.GPS

    def _look_at_log(self, now_ns: int, now: datetime) -> None:
        log = current_log()
        if log is not None and log.trouble and now_ns - self._log_tried_ns >= LISTS_S * 1e9:
            self._log_tried_ns = now_ns
            log.retry()
        trouble = log.trouble if log is not None else ""
        self._tell("log", [FaultKind.LOG_FAILED.fault(now, detail=trouble)] if trouble else [])

    def _look_at_load(self, now_ns: int, now: datetime) -> None:
        governor = self.governor
        if governor is None:
            return
        found = []
        reads = governor.slowest_ms(now_ns) is not None  # without frames there is no load, whatever was so before
        if governor.missed and reads:
            found.append(FaultKind.BUDGET_MISSED.fault(now, budget_ms=governor.settings.budget_ms))
        if governor.effort != governor.settings.efforts[0] and reads:
            found.append(FaultKind.EFFORT_LOWERED.fault(now))
        self._tell("load", found)

    def _list_troubles(self, now: datetime) -> list[Fault]:
        alarms: set[str] = set()
        try:
            lists = shown_lists(self.matcher.status())  # by the date that is sure
            troubles = [FaultKind.HOTLIST_STALE.fault(now, one.name) for one in lists if one.stale]
            troubles += [FaultKind.HOTLIST_UNTRUSTED.fault(now, one.name, one.alarm) for one in lists if one.alarm]
            alarms = {one.alarm for one in lists}
        except AnprError as error:
            troubles = [FaultKind.HOTLIST_AGES_UNKNOWN.fault(now, detail=self._shown_trouble(error, now))]
        follower_trouble = self.follower.trouble if self.follower is not None else None
        if follower_trouble is not None and str(follower_trouble) not in alarms:  # each is told once
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
