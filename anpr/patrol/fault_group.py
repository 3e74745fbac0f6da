"""Keeps the board's faults in step with what is wrong: new ones are raised, gone ones cleared."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from anpr.alerting.board import AlertBoard
from anpr.values import Alert, Fault


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
