"""The engine: a frame goes in, sightings, hits and alerts come out. Synchronous; threads and queues are in `anpr/patrol`.

An alert is raised as soon as the frame that decides it is understood, before anything is recorded or drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from anpr.alerting.board import AlertBoard
from anpr.alerting.fault_keeper import FaultKeeper
from anpr.alerting.steps import raised_at
from anpr.engine.latency import LatencyBook
from anpr.errors import AnprError, PartlyMatched
from anpr.faults import FaultKind
from anpr.perception.pipeline import FrameResult, Pipeline
from anpr.values import Alert, Detection, Frame, Hit, Sighting


class Matcher(Protocol):
    """Looks sightings up in the hotlists in force."""

    def match(self, sighting: Sighting) -> Sequence[Hit]:
        """Return every entry that this vehicle may be, highest priority first.

        Hits below their list's threshold are included down to `floor` of the matcher so that callers can follow
        the probability while evidence grows. Never raises for content of the sighting; raises StoreError when the
        store cannot be read.
        """


@dataclass(frozen=True, slots=True, eq=False)
class MatchedSighting:
    """A version of a sighting with everything it matched and the alerts that changed because of it."""

    sighting: Sighting
    hits: tuple[Hit, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """All that one frame (or the end of a clip: `result` None) brought about, in order."""

    result: FrameResult | None
    sightings: tuple[MatchedSighting, ...]
    faults: tuple[Alert, ...]
    stage_ms: dict[str, float]


@dataclass(slots=True)
class Engine:
    """Perception, matching and alerting for one car.

    `frame_age_ms` tells how long ago a frame was grabbed; in a replay that is not in real time it is measured from the
    start of its processing. `matcher` None means that no hotlists are in use.
    """

    pipeline: Pipeline
    matcher: Matcher | None
    board: AlertBoard
    clock_ns: Callable[[], int]
    clock_utc: Callable[[], datetime]
    live: bool = False
    latencies: LatencyBook = field(default_factory=LatencyBook)
    faults: FaultKeeper = field(init=False)
    """What the conditions of this car go through, whoever finds them."""

    def __post_init__(self) -> None:
        self.faults = FaultKeeper(self.board, self.clock_ns, self.clock_utc)

    def process(self, frame: Frame) -> Step:
        """Take one frame from detection to alerts."""
        started = self.clock_ns()
        return self._follow_up(frame, self.pipeline.process(frame), started)

    def process_found(self, frame: Frame, detections: Sequence[Detection], began_ns: int, detect_ms: float) -> Step:
        """Take one frame, in which plates were found already, from reading to alerts; finding began at `began_ns`."""
        return self._follow_up(frame, self.pipeline.read(frame, detections, detect_ms), began_ns)

    def _follow_up(self, frame: Frame, result: FrameResult, started: int) -> Step:
        grabbed = frame.captured_ns if self.live else started
        for gone, kept in result.absorbed:
            self.board.join_tracks(gone, kept)
        matching = self.clock_ns()
        faults: list[Alert] = list(self.faults.settle())
        sightings = [self._match(s, grabbed, faults) for s in (*result.sightings, *result.finished)]
        done = self.clock_ns()
        stage_ms = {**result.stage_ms, "match": (done - matching) * 1e-6, "total": (done - started) * 1e-6}
        if self.live:
            stage_ms["wait"] = (started - grabbed) * 1e-6
            stage_ms["grab_to_done"] = (done - grabbed) * 1e-6
        for stage, milliseconds in stage_ms.items():
            self.latencies.add(stage, milliseconds)
        return Step(result, tuple(sightings), tuple(faults), stage_ms)

    def finish(self) -> Step:
        """End all tracks, as at the end of a clip."""
        started = self.clock_ns()
        faults: list[Alert] = []
        sightings = [self._match(s, started, faults) for s in self.pipeline.finish()]
        return Step(None, tuple(sightings), tuple(faults), {})

    def _match(self, sighting: Sighting, grabbed_ns: int, faults: list[Alert]) -> MatchedSighting:
        if self.matcher is None:
            return MatchedSighting(sighting, (), ())
        try:
            hits = tuple(self.matcher.match(sighting))
        except AnprError as error:
            faults.extend(self.faults.found(FaultKind.HOTLISTS_UNREADABLE.fault(self.clock_utc(), detail=str(error))))
            if not isinstance(error, PartlyMatched):
                return MatchedSighting(sighting, (), ())
            hits = error.hits
        else:
            faults.extend(self.faults.over(FaultKind.HOTLISTS_UNREADABLE))
        age_ms = (self.clock_ns() - grabbed_ns) * 1e-6
        now_utc = self.clock_utc()
        alerts = self.board.consider(sighting, hits, now_utc=now_utc, frame_age_ms=age_ms)
        for alert in alerts:
            if raised_at(alert.steps, now_utc):
                self.latencies.add("grab_to_alert", age_ms)
        return MatchedSighting(sighting, hits, alerts)
