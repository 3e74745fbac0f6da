"""Docked or undocked: when cameras and GPS go at once, the tablet was taken out, and that is no fault."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from anpr.faults import kind_of
from anpr.values import Fault

_NS: Final = 1_000_000_000

TOGETHER_S: Final = 3.0
"""Devices that go within this time went at once: each driver notices at its own pace, a
network camera only by its silence."""

HOLD_S: Final = 0.4
"""How long the loss of the first device is kept back until it is clear whether the others went too; with the time
that it takes to notice a loss this stays below the 2 s in which a fault must be named."""


class Dock(StrEnum):
    """Where the tablet is."""

    DOCKED = "docked"
    UNDOCKED = "undocked"


class DockState:
    """Follows which devices are there; one thread updates it.

    Undocked means that at least two devices were there and all of them went within `TOGETHER_S`. One device alone
    (a car with one camera and no GPS) cannot tell undocking from a pulled plug: that stays a fault. So does what is
    missing from the start: a device counts from when it was first heard of. The first device that is back means docked.
    """

    def __init__(self) -> None:
        self._state = Dock.DOCKED
        self._had: frozenset[str] = frozenset()
        self._gone_since: dict[str, int] = {}

    @property
    def state(self) -> Dock:
        """Docked, or undocked: then lists, records and screen go on without reading."""
        return self._state

    def update(self, now_ns: int, gone_since_ns: dict[str, int | None]) -> Dock:
        """Take in since when each device (camera ids and "gps") has been away, or None if it is there.

        A device that has given nothing yet in this run is left out.
        """
        there = frozenset(d for d, since in gone_since_ns.items() if since is None)
        self._gone_since = {d: since for d, since in gone_since_ns.items() if since is not None}
        if there:
            self._state = Dock.DOCKED
            self._had = there | {d for d in self._had if self._went_lately(d, now_ns)}
        elif len(self._had) > 1 and self._went_together():
            self._state = Dock.UNDOCKED
        return self._state

    def shown(self, now_ns: int, faults: Sequence[Fault]) -> tuple[Fault, ...]:
        """Return the faults to be shown: without the losses that undocking explains, or may explain in a moment."""
        return tuple(f for f in faults if not (kind_of(f).gone and self._is_explained(f, now_ns)))

    def _is_explained(self, found: Fault, now_ns: int) -> bool:
        if self._state is Dock.UNDOCKED:
            return True
        device = found.subject or "gps"
        since = self._gone_since.get(device)
        is_new = since is None or now_ns - since < HOLD_S * _NS
        return is_new and device in self._had and len(self._had) > 1

    def _went_lately(self, device: str, now_ns: int) -> bool:
        since = self._gone_since.get(device)
        return since is not None and now_ns - since <= TOGETHER_S * _NS

    def _went_together(self) -> bool:
        went = [since for device, since in self._gone_since.items() if device in self._had]
        return bool(went) and max(went) - min(went) <= TOGETHER_S * _NS
