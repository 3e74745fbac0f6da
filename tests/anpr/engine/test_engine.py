from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from anpr.alerting.board import AlertBoard
from anpr.engine.engine import Engine
from anpr.errors import PartlyMatched
from anpr.perception.pipeline import FrameResult, Pipeline
from anpr.values import AlertState, Frame, Hit, Sighting
from tests.anpr.engine.driven import Clock, OneEntry, drive
from tests.anpr.perception.road import Road, passing
from tests.builders.evidence import evidence
from tests.builders.sighting import NOW, sighting


def test_the_alert_comes_with_the_first_confident_frame_not_at_the_end() -> None:
    _, steps = drive(OneEntry("AB12CDE"), Road(passing(evidence("AB12CDE", {}, certainty=0.99), 3, 20)), 20)
    raised = [i for i, s in enumerate(steps) for m in s.sightings for a in m.alerts if a.state is AlertState.RAISED]
    assert raised[0] == 3
    assert steps[-1].sightings[0].alerts[0].state is AlertState.CONFIRMED_BY_EVIDENCE


def test_an_unsure_first_read_waits_for_evidence() -> None:
    plates = passing(evidence("AB12CDE", {2: {"1": 0.45, "7": 0.5}}), 0, 1) | passing(evidence("AB12CDE", {}), 1, 20)
    _, steps = drive(OneEntry("AB12CDE"), Road(plates), 20)
    first = next(i for i, s in enumerate(steps) for m in s.sightings if m.alerts)
    assert 0 < first < 5


def test_a_withdrawn_alert_says_so() -> None:
    wrong = evidence("AB17CDE", {}, certainty=0.98)
    right = evidence("AB12CDE", {}, certainty=0.999)
    plates = passing(wrong, 0, 1) | passing(right, 1, 25)
    engine, _ = drive(OneEntry("AB17CDE"), Road(plates), 25)
    assert [a.state for a in engine.board.queue()] == [AlertState.WITHDRAWN]


def test_each_alert_knows_the_age_of_its_frame() -> None:
    engine, _ = drive(OneEntry("AB12CDE"), Road(passing("AB12CDE", 0, 5)), 5, live=True)
    assert 0 < engine.board.queue()[0].frame_age_ms < 50
    assert "grab_to_alert" in engine.latencies.percentiles()


class ReadableAgain(OneEntry):
    """A list that cannot be read the first few times."""

    times = 0

    def match(self, sighting: Sighting) -> Sequence[Hit]:
        self.times += 1
        self.broken = self.times <= 3
        return super().match(sighting)


def test_hotlists_that_can_be_read_again_are_no_fault_and_raise_alerts() -> None:
    engine, steps = drive(ReadableAgain("AB12CDE"), Road(passing("AB12CDE", 0, 10)), 8)
    assert [a.state for s in steps for a in s.faults] == [AlertState.RAISED]
    assert engine.faults.holding() == ()  # over, and cleared once it was over for a while
    assert [fault.name for fault in engine.board.standing_faults()] == ["hotlists_unreadable"]
    assert [a.hits[0].entry.vrm for a in engine.board.queue() if a.hits] == ["AB12CDE"]


class Perceived:
    """Perception that gives these results, one a frame."""

    def __init__(self, *results: FrameResult) -> None:
        self.results = list(results)

    def process(self, frame: Frame) -> FrameResult:
        return replace(self.results.pop(0), frame=frame)


FRAME = Frame("front", 0, 0, NOW, np.zeros((8, 8, 3), np.uint8))


def engine_of(*results: FrameResult, vrm: str = "AB12CDE", live: bool = False) -> Engine:
    pipeline = cast("Pipeline", Perceived(*results))
    return Engine(pipeline, OneEntry(vrm), AlertBoard(), Clock(), lambda: NOW, live=live)


def test_what_a_track_raised_that_another_absorbed_is_withdrawn_unless_that_one_bears_it_out() -> None:
    misread = FrameResult(FRAME, (), (), (sighting("AB12CDF", 1),), (), {})
    for text, state in (("XY99ZZZ", AlertState.WITHDRAWN), ("AB12CDF", AlertState.RAISED)):
        joined = FrameResult(FRAME, (), (), (), (sighting(text, 2, final=True),), {}, absorbed=((1, 2),))
        engine = engine_of(misread, joined, vrm="AB12CDF")
        engine.process(FRAME)
        assert [a.state for a in engine.board.queue()] == [AlertState.RAISED]
        engine.process(FRAME)
        assert [a.state for a in engine.board.queue()] == [state]


def test_each_stage_is_timed_from_the_grab_on_where_frames_are_live() -> None:
    result = FrameResult(FRAME, (), (), (sighting("AB12CDE"),), (), {"read": 7.0})
    live, replayed = engine_of(result, live=True), engine_of(result)
    times = {"read": 7.0, "match": 2.0, "total": 3.0}  # the clock goes on by 1 ms whenever it is asked
    assert replayed.process(FRAME).stage_ms == pytest.approx(times)
    assert live.process(replace(FRAME, captured_ns=-4_000_000)).stage_ms == pytest.approx(
        times | {"wait": 5.0, "grab_to_done": 8.0}
    )
    assert [engine.board.queue()[0].frame_age_ms for engine in (replayed, live)] == pytest.approx([2.0, 7.0])
    measured = {stage: p.p50_ms for stage, p in live.latencies.percentiles().items()}
    assert measured == pytest.approx(times | {"wait": 5.0, "grab_to_done": 8.0, "grab_to_alert": 7.0})


def test_unreadable_hotlists_are_a_fault_and_reading_goes_on() -> None:
    matcher = OneEntry("AB12CDE")
    matcher.broken = True
    road = Road(passing("AB12CDE", 0, 10))
    _, steps = drive(matcher, road, 5)
    assert [a.fault.name for s in steps for a in s.faults if a.fault] == ["hotlists_unreadable"]
    assert steps[-1].sightings[0].sighting.text == "AB12CDE"


class PartlyRead(OneEntry):
    """A list that can be read beside another one that cannot."""

    def match(self, sighting: Sighting) -> Sequence[Hit]:
        raise PartlyMatched("the other list cannot be read", tuple(super().match(sighting)))


def test_a_list_that_cannot_be_read_keeps_no_other_from_alerting() -> None:
    engine, _ = drive(PartlyRead("AB12CDE"), Road(passing("AB12CDE", 0, 10)), 8)
    assert [(a.kind.value, a.hits[0].entry.vrm if a.hits else "") for a in engine.board.queue()] == [
        ("hit", "AB12CDE"),
        ("fault", ""),
    ]
    assert [fault.name for fault in engine.faults.holding()] == ["hotlists_unreadable"]
