import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from anpr.alerting.board import AlertBoard
from anpr.engine.engine import Engine, Step
from anpr.engine.json_lines import hit_json, line, sighting_json
from anpr.errors import StoreError
from anpr.perception.pipeline import Pipeline
from anpr.values import AlertState, Frame, Hit, HotlistEntry, HotlistInfo, Sighting
from tests.anpr.perception.road import START, Road, passing
from tests.builders.evidence import evidence


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


def test_unreadable_hotlists_are_a_fault_and_reading_goes_on() -> None:
    matcher = OneEntry("AB12CDE")
    matcher.broken = True
    road = Road(passing("AB12CDE", 0, 10))
    _, steps = drive(matcher, road, 5)
    assert [a.fault.name for s in steps for a in s.faults if a.fault] == ["hotlists_unreadable"]
    assert steps[-1].sightings[0].sighting.text == "AB12CDE"


def test_json_lines_follow_the_contract() -> None:
    _, steps = drive(OneEntry("AB12CDE"), Road(passing("AB12CDE", 0, 5)), 5)
    final = steps[-1].sightings[0]
    content = json.loads(line(sighting_json(final.sighting)))
    assert content["type"] == "sighting"
    assert content["text"] == "AB12CDE"
    assert content["frames"] == [0, 1, 2, 3, 4]
    assert content["reads"][0]["box"] == [300.0, 400.0, 400.0, 425.0]
    assert (content["first_s"], content["last_s"]) == (0.0, 0.133)
    assert json.loads(line(hit_json(final.sighting, final.hits[0])))["vrm"] == "AB12CDE"
