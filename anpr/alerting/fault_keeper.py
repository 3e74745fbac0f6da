"""When a fault is raised and when it is cleared: the one place through which every condition reaches the board.

Whatever finds a condition says so as often as it likes (`found`), and says when it is over (`over`). A fault is raised once
its condition has held for `raise_after_s` of its kind, and cleared once it has been over for `clear_after_s`
(`anpr.faults`): what comes and goes meanwhile is one fault, told once. `settle` looks at what has become due; the watch of
a car calls it a few times a second, the engine with every frame.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.clock import utc_now
from anpr.faults import FaultKind, kind_of
from anpr.values import Alert, Fault

_NS: Final = 1_000_000_000


@dataclass(slots=True)
class _Condition:
    """What is known of one condition: since when it holds, whether it was raised, since when it is over."""

    fault: Fault
    since_ns: int
    raised: bool = False
    over_ns: int | None = None


@dataclass(slots=True)
class FaultKeeper:
    """The conditions of one car, of which the standing ones are faults on the board; safe from several threads.

    `clock_ns` is monotonic, so that no change of the tablet's clock raises or clears anything. Each method returns the
    alerts that changed. A condition is known by the name and the subject of its fault; a standing fault takes its newest words.
    """

    board: AlertBoard
    clock_ns: Callable[[], int]
    clock_utc: Callable[[], datetime] = utc_now
    _conditions: dict[tuple[str, str], _Condition] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def found(self, fault: Fault) -> tuple[Alert, ...]:
        """Take note that the condition of this fault holds now."""
        key = fault.name, fault.subject
        with self._lock:
            known = self._conditions.get(key)
            if known is None or (known.over_ns is not None and not known.raised):
                self._conditions[key] = _Condition(fault, self.clock_ns())
            else:
                known.over_ns = None
                reworded = known.raised and known.fault.text != fault.text
                known.fault = fault
                if reworded:
                    self.board.raise_fault(fault, self.clock_utc())
        return self.settle()

    def over(self, kind: FaultKind, subject: str = "") -> tuple[Alert, ...]:
        """Take note that this condition does not hold, whether it did or not."""
        with self._lock:
            known = self._conditions.get((kind.id, subject))
            if known is not None and known.over_ns is None:
                known.over_ns = self.clock_ns()
        return self.settle()

    def end(self, explained: Callable[[Fault], bool]) -> tuple[Alert, ...]:
        """Clear at once what is over and only held yet, where something else explains it (undocking, for one)."""
        with self._lock:
            gone = [key for key, c in self._conditions.items() if c.over_ns is not None and explained(c.fault)]
            for key in gone:
                del self._conditions[key]
        return tuple(alert for key in gone for alert in self.board.clear_fault(*key, self.clock_utc()))

    def holding(self) -> tuple[Fault, ...]:
        """Return the faults that were raised and whose condition holds at this moment, not only until a while ago."""
        with self._lock:
            return tuple(one.fault for one in self._conditions.values() if one.raised and one.over_ns is None)

    def settle(self) -> tuple[Alert, ...]:
        """Raise and clear what has become due."""
        if not self._conditions:
            return ()
        changed: list[Alert] = []
        with self._lock:
            now_ns = self.clock_ns()
            for key, known in list(self._conditions.items()):
                kind = kind_of(known.fault)
                until_ns = now_ns if known.over_ns is None else known.over_ns
                if not known.raised and until_ns - known.since_ns >= kind.raise_after_s * _NS:
                    known.raised = True
                    changed.extend(self.board.raise_fault(known.fault, self.clock_utc()))
                if known.over_ns is None:
                    continue
                if not known.raised or now_ns - known.over_ns >= kind.clear_after_s * _NS:
                    del self._conditions[key]
                    if known.raised:
                        changed.extend(self.board.clear_fault(*key, self.clock_utc()))
        return tuple(changed)
