"""Whether plates are being read at all: perception that stands still is told at once, and the program ends if it stays so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from anpr.faults import FaultKind
from anpr.patrol.perception_loop import PerceptionLoop, PerceptionThread
from anpr.values import Fault

SILENT_S: Final = 1.5
"""Perception looks for a frame ten times a second and reads one in well under a second."""

TOLD_LOOKS: Final = 2
"""Looks in a row after which it is told."""

SLEPT_S: Final = 3.0
"""Looks come four times a second: after so long a gap the tablet slept, and perception may wake up later than the watch. What went
before is no silence then."""

GIVEN_UP_LOOKS: Final = 100
"""Looks in a row, four a second, after which perception counts as hung: looks and not seconds, which a tablet that was
suspended jumps over."""


@dataclass(slots=True)
class ReadingWatch:
    """Looks after perception; `look` belongs to the watch thread."""

    loop: PerceptionLoop
    perception: PerceptionThread
    clock_ns: Callable[[], int]
    _silent_looks: int = 0
    _looked_ns: int = 0
    _woke_ns: int = 0

    def look(self, now_utc: datetime) -> Fault | None:
        """Begin perception anew if its thread has ended; return the fault of one that makes no turns."""
        self.perception.revive()
        now_ns, last_ns = self.clock_ns(), self.loop.last_turn_ns
        if now_ns - self._looked_ns > SLEPT_S * 1e9:
            self._woke_ns = now_ns
        self._looked_ns = now_ns
        if last_ns == 0 or now_ns - max(last_ns, self._woke_ns) < SILENT_S * 1e9:
            self._silent_looks = 0
            return None
        self._silent_looks += 1
        return FaultKind.PERCEPTION_SILENT.fault(now_utc) if self._silent_looks >= TOLD_LOOKS else None

    @property
    def has_hung(self) -> bool:
        """Whether perception has made no turn for so long that nothing but a new start helps."""
        return self._silent_looks >= GIVEN_UP_LOOKS
