"""What each stage takes, and how old a frame is when its alert is raised."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

KEPT_SAMPLES: Final = 4096
"""Samples of each stage from which percentiles are taken."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latency of one stage in milliseconds over `count` samples."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    count: int


@dataclass(slots=True)
class LatencyBook:
    """Keeps the latest latencies of each stage."""

    _samples: dict[str, deque[float]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, stage: str, milliseconds: float) -> None:
        """Take in one sample."""
        self._samples.setdefault(stage, deque(maxlen=KEPT_SAMPLES)).append(milliseconds)
        self._counts[stage] = self._counts.get(stage, 0) + 1

    def percentiles(self) -> dict[str, Percentiles]:
        """Return the percentiles of every stage, in the order in which stages first came."""
        return {stage: self._of(stage, samples) for stage, samples in list(self._samples.items())}

    def _of(self, stage: str, samples: Sequence[float]) -> Percentiles:
        copied = list(samples)  # one step, so that the perception thread may add meanwhile
        p50, p95, p99 = np.percentile(copied, [50, 95, 99])
        return Percentiles(float(p50), float(p95), float(p99), self._counts[stage])
