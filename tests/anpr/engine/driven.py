"""An engine driven over a made road, with a list of one entry."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from anpr.alerting.board import AlertBoard
from anpr.engine.engine import Engine, Step
from anpr.errors import StoreError
from anpr.perception.pipeline import Pipeline
from anpr.values import Frame, Hit, HotlistEntry, HotlistInfo, Sighting
from tests.anpr.perception.road import START, Road


class OneEntry:
    """A list with one entry: its probability is that of the folded text."""

    def __init__(self, vrm: str, threshold: float = 0.8) -> None:
        self.vrm = vrm
        self.info = HotlistInfo("stolen", 1, START, START, threshold=threshold)
        self.broken = False

    def match(self, sighting: Sighting) -> Sequence[Hit]:
        if self.broken:
            raise StoreError("the file is gone")
        p = dict(sighting.alternatives).get(self.vrm, 0.0)
        if p < 0.01:
            return []
        return [Hit(sighting, HotlistEntry(self.vrm, "stolen"), self.info, p, sighting.text == self.vrm, self.vrm, 9.0)]


class Clock:
    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        self.ns += 1_000_000
        return self.ns


def drive(matcher: OneEntry, road: Road, frames: int, *, live: bool = False) -> tuple[Engine, list[Step]]:
    clock = Clock()
    pipeline = Pipeline(road, road, clock_ns=clock)
    engine = Engine(pipeline, matcher, AlertBoard(), clock, lambda: datetime(2026, 1, 1, tzinfo=UTC), live=live)
    steps = []
    for i in range(frames):
        road.now = i
        image = np.zeros((720, 1280, 3), np.uint8)
        at = clock.ns if live else round(i / 30 * 1e9)
        steps.append(engine.process(Frame("front", i, at, START + timedelta(seconds=i / 30), image, name=str(i))))
    steps.append(engine.finish())
    return engine, steps
