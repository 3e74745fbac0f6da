"""Whether the car has lost its hotlists, all of them or entries, and when it has them again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anpr.alerting.fault_keeper import FaultKeeper
from anpr.errors import StoreError
from anpr.faults import FaultKind, kind_of
from anpr.set_aside import files_set_aside
from anpr.values import Alert, Fault
from hotlists.matching.matcher import HotlistMatcher


@dataclass(slots=True)
class UnreadableLists:
    """Looks whether what could not be read of the lists still cannot be; the engine says so when it wants to read it.

    Without it that would be told until the next vehicle comes.
    """

    matcher: HotlistMatcher
    keeper: FaultKeeper
    announce: Callable[[tuple[Alert, ...]], None]

    def look(self, now: datetime) -> Fault | None:
        """Return the fault while it holds; None else, and say that what the engine found is over."""
        trouble = self.matcher.unreadable()
        if trouble is not None:
            return FaultKind.HOTLISTS_UNREADABLE.fault(now, detail=str(trouble))
        if any(kind_of(fault) is FaultKind.HOTLISTS_UNREADABLE for fault in self.keeper.holding()):
            self.announce(self.keeper.over(FaultKind.HOTLISTS_UNREADABLE))
        return None


@dataclass(slots=True)
class LostLists:
    """Looks at the lists in force and at what was set aside of the hotlists file at `path`; for the watch over the car."""

    path: Path
    matcher: HotlistMatcher
    _settled: bool = False

    def look(self, now: datetime) -> Fault | None:
        """Return the fault while there are no lists since the last ones were damaged; None else."""
        if self.matcher.in_force.lists:
            self._settle()
            return None
        self._settled = False
        lost = [one for one in files_set_aside(self.path) if not one.settled]
        return FaultKind.HOTLISTS_DAMAGED.fault(now, detail=f"kept as {lost[-1].path.name}") if lost else None

    def _settle(self) -> None:
        """Note that lists have come: those that are erased later were not lost."""
        if self._settled:
            return
        try:
            for one in files_set_aside(self.path):
                one.settle()
        except StoreError:  # a full disk: it is tried at the next look
            return
        self._settled = True
