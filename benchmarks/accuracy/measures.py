"""The measures of accuracy and delay; their formulas are in benchmarks/MEASURES.md, under the same names."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.intervals import LIMITS, NOTHING, Estimate, draws, percentile, ratio
from benchmarks.accuracy.outcomes import HEIGHTS_PX, Outcome

CONFIDENCE_BINS: Final = 10
SPEEDS_MPH: Final = (-10, 5, 20, 40, 55, 70, 100, 130, 160)
DISTANCES_M: Final = (0, 8, 11, 14, 17, 20, 25, 40)


def _counts(results: Sequence[Outcome], count: Callable[[Outcome], float]) -> NDArray[np.float64]:
    return np.array([count(one) for one in results], np.float64)


def accuracy(results: Sequence[Outcome]) -> dict[str, Estimate]:
    """Return every measure of accuracy and delay over these outcomes."""
    passing = [one for one in results if one.vrm and one.legible]
    seen = [one for one in results if one.vrm and one.told]
    told = _counts(results, lambda one: len(one.told))
    ones = np.ones(len(passing))
    early = np.array([one.first_right_s for one in passing if one.first_right_s is not None])
    alerts = np.array([one.alert_s for one in passing if one.alert_s is not None])
    return {
        "capture_rate": ratio(_counts(passing, lambda one: bool(one.told)), ones),
        "read_rate": ratio(_counts(seen, lambda one: sum(t.right for t in one.told)), _counts(seen, lambda one: len(one.told))),
        "read_rate_exact": ratio(_counts(seen, lambda one: sum(t.exact for t in one.told)), _counts(seen, lambda one: len(one.told))),
        "vehicles_read_right": ratio(_counts(passing, lambda one: any(t.right for t in one.told)), ones),
        "misreads_per_1000": ratio(_counts(results, lambda one: sum(not t.right for t in one.told)), told, 1000.0),
        "stray_per_1000": ratio(_counts(results, lambda one: 0 if one.vrm else len(one.told)), told, 1000.0),
        "duplicate_rate": ratio(_counts(seen, lambda one: len(one.told) - 1), _counts(seen, lambda one: len(one.told))),
        "merge_rate": ratio(_counts(seen, lambda one: sum(t.merged for t in one.told)), _counts(seen, lambda one: len(one.told))),
        "calibration_error": calibration_error(results),
        "first_right_read_s_p50": percentile(early, 50),
        "first_right_read_s_p95": percentile(early, 95),
        "alert_s_p50": percentile(alerts, 50),
        "alert_s_p95": percentile(alerts, 95),
    }  # fmt: skip


def _binned(results: Sequence[Outcome]) -> NDArray[np.float64]:
    """Return for each vehicle and each tenth of confidence: count, sum of confidence, sum right; (vehicles, tenths, 3)."""
    sums = np.zeros((len(results), CONFIDENCE_BINS, 3))
    for number, one in enumerate(results):
        for told in one.told:
            place = min(int(told.confidence * CONFIDENCE_BINS), CONFIDENCE_BINS - 1)
            sums[number, place] += (1.0, told.confidence, told.right)
    return np.asarray(sums[sums[:, :, 0].sum(axis=1) > 0])


def calibration_error(results: Sequence[Outcome]) -> Estimate:
    """Return the expected calibration error of sightings' confidence, drawn again over vehicles."""
    sums = _binned(results)
    if not len(sums):
        return NOTHING
    gaps, counts = sums[:, :, 1] - sums[:, :, 2], sums[:, :, 0].sum(axis=1)
    drawn = draws(len(sums))
    errors = np.abs(gaps[drawn].sum(axis=1)).sum(axis=1) / counts[drawn].sum(axis=1)
    value = float(np.abs(gaps.sum(axis=0)).sum() / counts.sum())
    low, high = np.percentile(errors, LIMITS)
    return Estimate(value, float(low), float(high), int(counts.sum()))


def reliability(results: Sequence[Outcome]) -> list[dict[str, float]]:
    """Return for each tenth of confidence the mean confidence, the share that was right, and the count."""
    tenths = _binned(results).sum(axis=0)
    return [
        {"confidence": float(confidence / count), "right": float(right / count), "count": int(count)}
        for count, confidence, right in tenths
        if count
    ]


Group = tuple[float, str]
"""Place in the table, and name."""


def _between(
    edges: Sequence[float], unit: str, value: Callable[[Outcome], float | None]
) -> Callable[[Outcome], Group | None]:
    def group(one: Outcome) -> Group | None:
        number = value(one)
        if number is None:
            return None
        place = min(max(sum(number >= edge for edge in edges) - 1, 0), len(edges) - 2)
        return place, f"{edges[place]:g} to {edges[place + 1]:g} {unit}"

    return group


BREAKDOWNS: Final[dict[str, Callable[[Outcome], Group | None]]] = {
    "set": lambda one: (0, one.set_name),
    "light": lambda one: (0, one.light),
    "weather": lambda one: (0, one.weather),
    "lane": lambda one: (0, one.lane) if one.vrm else None,
    "closing speed": _between(SPEEDS_MPH, "mph", lambda one: one.closing_mph),
    "closest distance": _between(DISTANCES_M, "m", lambda one: one.distance_m),
    "largest characters": _between(HEIGHTS_PX, "px", lambda one: one.character_px),
}


def broken_down(results: Sequence[Outcome], by: str) -> dict[str, dict[str, Estimate]]:
    """Return the accuracy of each group of a breakdown, groups in their natural order."""
    groups: dict[Group, list[Outcome]] = {}
    for one in results:
        group = BREAKDOWNS[by](one)
        if group is not None:
            groups.setdefault(group, []).append(one)
    return {name: accuracy(groups[place, name]) for place, name in sorted(groups)}


def by_height(results: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return for each class of character height the share of legible frames with a read, and with a right one."""
    with_heights = [one for one in results if one.heights]
    rows = []
    for place, (low, high) in enumerate(itertools.pairwise(HEIGHTS_PX)):
        frames, read, right = (_counts(with_heights, lambda one, k=k, p=place: one.heights[p][k]) for k in range(3))  # type: ignore[misc]
        if frames.sum():
            rows.append({"low_px": low, "high_px": high, "read": ratio(read, frames), "right": ratio(right, frames)})
    return rows
