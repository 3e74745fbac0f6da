"""How often each camera misreads, measured by what crews decide."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from anpr.alerting.decisions import Decision


@dataclass(frozen=True, slots=True)
class MisreadRate:
    """How often one camera's hits were misreads, by the crews' decisions.

    `rate` is misreads / (misreads + right), None before the first such decision; `low` and `high` bound it with
    95 % confidence (Wilson score interval). No-action decisions say nothing about the plate and are left out.
    """

    camera_id: str
    right: int
    misreads: int
    rate: float | None
    low: float
    high: float


def misread_rates(decisions: Iterable[tuple[str, Decision]]) -> tuple[MisreadRate, ...]:
    """Return the rate of each camera from (camera id, decision) pairs, in order of camera id."""
    counts: dict[str, list[int]] = {}
    for camera_id, decision in decisions:
        right_misread = counts.setdefault(camera_id, [0, 0])
        if decision is not Decision.NO_ACTION:
            right_misread[decision is Decision.WRONG_PLATE] += 1
    return tuple(_rate(camera_id, *counts[camera_id]) for camera_id in sorted(counts))


def _rate(camera_id: str, right: int, misreads: int) -> MisreadRate:
    n = right + misreads
    if n == 0:
        return MisreadRate(camera_id, 0, 0, None, 0.0, 1.0)
    z = 1.96
    p = misreads / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return MisreadRate(camera_id, right, misreads, p, max(0.0, centre - half), min(1.0, centre + half))
