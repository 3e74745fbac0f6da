"""Whether the car has lost its hotlists: the file was damaged and set aside, and no list has come since."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anpr.errors import StoreError
from anpr.faults import FaultKind
from anpr.set_aside import files_set_aside
from anpr.values import Fault
from hotlists.matching.matcher import HotlistMatcher


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
