"""Confidence intervals by the bootstrap: vehicles are drawn again with replacement (Efron 1979, percentile method)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 1000
LEVEL: Final = 0.95
LIMITS: Final = (50 * (1 - LEVEL), 50 * (1 + LEVEL))
"""Percentiles of the draws between which the interval lies."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; `count` is what it rests on (vehicles or sightings). NaN: nothing to measure."""

    value: float
    low: float
    high: float
    count: int

    def as_json(self) -> dict[str, float | int | None]:
        """Return a plain dictionary, None for NaN."""
        plain = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {key: None if np.isnan(v) else round(float(v), 5) for key, v in plain.items()}
        return {**rounded, "count": self.count}

    @classmethod
    def from_json(cls, item: dict[str, float | int | None]) -> "Estimate":
        """Return the estimate that `as_json` gave."""
        value, low, high = (float("nan") if (v := item[key]) is None else float(v) for key in ("value", "low", "high"))
        return cls(value, low, high, int(item["count"] or 0))


NOTHING: Final = Estimate(float("nan"), float("nan"), float("nan"), 0)


@lru_cache(maxsize=64)
def draws(count: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the indices of each draw, shape (RESAMPLES, count); the same for the same count and seed."""
    return np.random.default_rng([seed, count]).integers(0, count, (RESAMPLES, count))


def ratio(parts: NDArray[np.float64], wholes: NDArray[np.float64], scale: float = 1.0, seed: int = 0) -> Estimate:
    """Return scale x sum(parts) / sum(wholes) over vehicles, one element for each vehicle, with its interval.

    For a rate of 0 or 1 the bootstrap knows no spread, so there the exact one-sided bound (rule of three) is taken.
    """
    total = float(wholes.sum())
    if total == 0:
        return NOTHING
    value = float(parts.sum()) / total
    drawn = draws(len(parts), seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = parts[drawn].sum(axis=1) / wholes[drawn].sum(axis=1)
    low, high = np.nanpercentile(rates, LIMITS)
    reach = 1 - (1 - LEVEL) ** (1 / total)
    if parts.sum() == 0:
        high = max(high, reach)
    if parts.sum() == total and (parts <= wholes).all():
        low = min(low, 1 - reach)
    return Estimate(scale * value, scale * float(low), scale * float(high), int(total))


def percentile(values: NDArray[np.float64], share: float, seed: int = 0) -> Estimate:
    """Return a percentile (50: the median, 100: the largest) of one value for each vehicle, with its interval."""
    if len(values) == 0:
        return NOTHING
    low, high = np.percentile(np.percentile(values[draws(len(values), seed)], share, axis=1), LIMITS)
    return Estimate(float(np.percentile(values, share)), float(low), float(high), len(values))


def apart(one: Estimate, other: Estimate) -> bool:
    """Whether two figures differ beyond noise: their difference is outside the root sum of squares of their ranges.

    Conservative for runs over the same clips, whose errors go together.
    """
    if np.isnan(one.value) or np.isnan(other.value):
        return False
    higher, lower = (one, other) if one.value >= other.value else (other, one)
    noise = np.hypot(higher.value - higher.low, lower.high - lower.value)
    return bool(higher.value - lower.value > noise)
