"""Driver view or full view: what a driver may see while the car moves (Regulation 109, docs/DOMAIN.md)."""

from dataclasses import dataclass
from typing import Final

MPH_IN_MPS: Final = 0.44704


@dataclass(frozen=True, slots=True)
class DrivingLimits:
    """Moving: faster than `speed_mps` for `moving_after_s`. Standing: not faster for `standing_after_s`."""

    speed_mps: float = 5.0 * MPH_IN_MPS
    moving_after_s: float = 2.0
    standing_after_s: float = 3.0


class DrivingRule:
    """Says whether the car counts as moving; it does while its speed is not known, from the start.

    A speed that stops being trustworthy means moving at once, and standing must then be shown afresh.
    """

    def __init__(self, limits: DrivingLimits) -> None:
        self._limits = limits
        self._moving = True
        self._since_s: float | None = None

    @property
    def moving(self) -> bool:
        """The latest answer."""
        return self._moving

    def update(self, speed_mps: float | None, trustworthy: bool, now_s: float) -> bool:
        """Take the speed at a monotonic time in seconds and return True while the car counts as moving."""
        if speed_mps is None or not trustworthy:
            self._moving, self._since_s = True, None
            return True
        if (speed_mps > self._limits.speed_mps) == self._moving:
            self._since_s = None
            return self._moving
        if self._since_s is None:
            self._since_s = now_s
        needed_s = self._limits.standing_after_s if self._moving else self._limits.moving_after_s
        if now_s - self._since_s >= needed_s:
            self._moving, self._since_s = not self._moving, None
        return self._moving
