from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from anpr.perception.hidden_characters import Doubts, reaches_edge, with_doubts
from anpr.perception.pipeline import FrameResult, Pipeline, PipelineSettings
from anpr.values import Box, Detection, Frame, Hidden, Image, Motion, Read
from tests.anpr.perception.road import START, Road, passing
from tests.builders.evidence import evidence


def run(
    road: Road, frames: int, rate: float = 30, settings: PipelineSettings | None = None
) -> tuple[Pipeline, list[FrameResult]]:
    pipeline = Pipeline(road, road, clock_ns=lambda: 0, settings=settings or PipelineSettings())
    results = []
    for i in range(frames):
        road.now = i
        image = np.full((720, 1280, 3), 40, np.uint8)
        frame = Frame("front", i, round(i / rate * 1e9), START + timedelta(seconds=i / rate), image, name=str(i))
        results.append(pipeline.process(frame))
    return pipeline, results


def test_a_vehicle_gives_growing_evidence_and_one_final_sighting() -> None:
    pipeline, results = run(Road(passing(evidence("AB12CDE", {2: {"1": 0.7, "7": 0.2}}), 0, 30)), 30)
    first = results[0].sightings[0]
    assert (first.text, first.final, first.revision) == ("AB12CDE", False, 0)
    final = pipeline.finish()
    assert [(s.text, s.final) for s in final] == [("AB12CDE", True)]
    assert final[0].confidence > first.confidence
    assert final[0].reads[0].frame_name == "0"
    assert final[0].plate_image is not None
    assert final[0].overview_image is not None


def test_a_sighting_is_finished_once_the_vehicle_is_gone_long_enough() -> None:
    _, results = run(Road(passing("AB12CDE", 0, 10)), 30 * 7)
    finished = [(i, s.text) for i, r in enumerate(results) for s in r.finished]
    assert [text for _, text in finished] == ["AB12CDE"]
    assert 30 * 5 <= finished[0][0] <= 30 * 6


def test_a_settled_plate_is_not_read_in_every_frame_but_followed() -> None:
    road = Road(passing(evidence("AB12CDE", {}, certainty=0.9999), 0, 60))
    pipeline, _ = run(road, 60)
    assert road.read_calls < 25
    assert len(pipeline.finish()) == 1


class Behind(Road):
    """A road on which a post hides what may stand before the first character."""

    def read(self, image: Image, detections: Sequence[Detection], *, look_again: bool | None = None) -> list[Read]:
        reads = super().read(image, detections, look_again=look_again)
        return [replace(read, hidden=(Hidden(0, 0.9),), confidence=read.confidence * 0.1) for read in reads]


def test_what_is_hidden_in_every_frame_stays_a_doubt_of_the_sighting_and_is_reported_all_the_same() -> None:
    pipeline, results = run(Behind(passing(evidence("K64AGY", {}, certainty=0.9999), 0, 60)), 60)
    for sighting in (results[-1].sightings[0], *pipeline.finish()):
        assert (sighting.text, [one.position for one in sighting.hidden]) == ("K64AGY", [0])
        assert sighting.confidence < 0.15
        assert sighting.alternatives[0][0] == "K64AGY"
        assert sighting.alternatives[0][1] < 0.15
    assert pipeline.unread_tracks == 0


class EndsUnseen(Road):
    """A road on which what reaches the picture's edge may go on behind it."""

    def read(self, image: Image, detections: Sequence[Detection], *, look_again: bool | None = None) -> list[Read]:
        return [
            with_doubts(
                read,
                Doubts(
                    np.array([0.6 if end else 0.0 for end in self._ends(read)]),
                    np.zeros(len(read.text)), np.zeros(len(read.text)),
                ),
            )
            for read in super().read(image, detections, look_again=look_again)
        ]  # fmt: skip

    def _ends(self, read: Read) -> list[bool]:
        first, last = reaches_edge(read.detection.box_px, np.zeros((720, 1280, 3), np.uint8))
        return [first, *[False] * (len(read.text) - 1), last]


def test_every_frame_is_read_while_the_text_is_unsure() -> None:
    road = Road(passing(evidence("AB12CDE", {2: {"1": 0.5, "7": 0.45}}), 0, 20))
    run(road, 20)
    assert road.read_calls == 20


def test_what_cannot_be_read_is_counted_not_reported() -> None:
    pipeline, results = run(Road(passing(np.zeros((0, 37), np.float32), 0, 10)), 10)
    assert pipeline.finish() == ()
    assert pipeline.unread_tracks == 1
    assert all(r.sightings == () for r in results)


def test_two_vehicles_at_once_give_two_sightings() -> None:
    plates = {i: passing("AB12CDE", 0, 20)[i] + passing("KX63PLR", 0, 20, x=800)[i] for i in range(20)}
    pipeline, _ = run(Road(plates), 20)
    assert sorted(s.text for s in pipeline.finish()) == ["AB12CDE", "KX63PLR"]


def test_the_same_frames_give_the_same_sightings() -> None:
    def texts() -> list[tuple[int, str, float]]:
        pipeline, results = run(Road(passing(evidence("AB12CDE", {1: {"8": 0.4}}), 0, 20)), 20)
        return [(s.track_id, s.text, s.confidence) for r in results for s in r.sightings] + [
            (s.track_id, s.text, s.confidence) for s in pipeline.finish()
        ]

    assert texts() == texts()


@pytest.mark.parametrize(
    "box",
    [
        (1240.0, 400.0, 1280.0, 425.0),
        (1240.0, 400.0, 1277.0, 425.0),
        (600.0, 0.0, 700.0, 25.0),
        (600.0, 695.0, 700.0, 720.0),
    ],
)
def test_a_plate_of_which_the_edge_leaves_too_little_is_counted_and_not_read(box: Box) -> None:
    road = Road({0: [(box, "AB12C")]})
    pipeline, _ = run(road, 1)
    assert (road.read_calls, pipeline.cut_off, pipeline.finish()) == (0, 1, ())


@pytest.mark.parametrize("end", [1280.0, 1277.0])
def test_a_plate_that_the_edge_cuts_in_every_frame_is_followed_and_reported_as_far_as_it_was_seen(end: float) -> None:
    sure = evidence("AB12C", {}, certainty=0.999)
    road = EndsUnseen({i: [((1200.0, 400.0, end, 425.0), sure)] for i in range(20)})
    pipeline, results = run(road, 20)
    assert pipeline.cut_off == 0
    for sighting in (results[-1].sightings[0], *pipeline.finish()):
        assert (sighting.text, [one.position for one in sighting.hidden]) == ("AB12C", [5])
        assert sighting.confidence < 0.5
        assert sighting.motion is Motion.UNKNOWN


def test_a_plate_that_was_read_whole_is_not_read_again_where_the_edge_cuts_it() -> None:
    sure = evidence("AB12CDE", {}, certainty=0.9999)
    plates = {i: [((1020.0 + 10 * i, 400.0, 1120.0 + 10 * i, 425.0), sure)] for i in range(15)}
    plates |= {i: [((1020.0 + 10 * i, 400.0, 1280.0, 425.0), evidence("AB12CD", {}))] for i in range(17, 19)}
    road = Road(plates)
    pipeline, _ = run(road, 19)
    assert pipeline.cut_off == 2
    assert [one.text for one in pipeline.finish()] == ["AB12CDE"]


def test_a_plate_that_comes_into_the_picture_is_one_sighting_and_whole_in_the_end() -> None:
    part, sure = evidence("CDE", {}, certainty=0.99), evidence("AB12CDE", {}, certainty=0.999)
    plates = {i: [((0.0, 400.0, 66.0 + 4 * i, 425.0), part)] for i in range(7)}
    plates |= {i: [((4.0 * (i - 7) + 8, 400.0, 100 + 4.0 * (i - 7), 425.0), sure)] for i in range(7, 40)}
    pipeline, _ = run(EndsUnseen(plates), 40)
    final = pipeline.finish()
    assert [(one.text, one.hidden) for one in final] == [("AB12CDE", ())]
    assert final[0].confidence > 0.9


def test_a_plate_near_the_edge_is_read() -> None:
    road = Road({0: [((1190.0, 400.0, 1275.0, 425.0), "AB12CDE")]})
    pipeline, _ = run(road, 1)
    assert (road.read_calls, pipeline.cut_off) == (1, 0)


def test_a_vehicle_found_again_elsewhere_is_one_sighting() -> None:
    sure = evidence("AB12CDE", {}, certainty=0.99)
    plates = {i: [((300.0, 400.0, 360.0, 415.0), evidence("AB12CDE", {}, certainty=0.35))] for i in range(2)}
    plates |= {i: [((800.0 + 3 * i, 430.0, 900.0 + 3 * i, 455.0), sure)] for i in range(4, 20)}
    plates |= {20: [((330.0, 400.0, 390.0, 415.0), sure)]}
    pipeline, results = run(Road(plates), 21)
    final = pipeline.finish()
    assert [s.text for s in final] == ["AB12CDE"]
    assert any(r.absorbed for r in results) or len({s.track_id for r in results for s in r.sightings}) == 1


def test_what_cannot_be_read_is_tried_again_now_and_then() -> None:
    road = Road(passing(np.zeros((0, 37), np.float32), 0, 60))
    run(road, 60)
    assert 8 <= road.read_calls <= 25


def test_plates_get_more_looks_only_where_frames_are_far_apart() -> None:
    fast, slow = Road(passing("AB12CDE", 0, 5)), Road(passing("AB12CDE", 0, 5))
    run(fast, 5, rate=30)
    run(slow, 5, rate=1)
    assert fast.looked_again == [True, False, False, False, False]
    assert slow.looked_again == [True] * 5


def test_a_plate_too_far_to_read_is_followed_and_read_once_it_is_near() -> None:
    plates = {i: [((300.0, 400.0, 300.0 + 18 + i, 400.0 + (18 + i) / 4), "AB12CDE")] for i in range(30)}
    road = Road(plates)
    pipeline, results = run(road, 30)
    near = [i for i in range(30) if 18 + i >= 28]
    assert road.read_calls <= len(near)
    assert results[near[0]].reads[0].text == "AB12CDE"
    assert all(read.text == "" for r in results[: near[0]] for read in r.reads)
    (sighting,) = pipeline.finish()
    assert sighting.first_ns == 0
    assert len({s.track_id for r in results for s in r.sightings}) == 1


def test_plates_of_two_lines_are_read_from_a_smaller_width() -> None:
    road = Road({0: [((300.0, 400.0, 322.0, 414.0), "AB12CDE"), ((600.0, 400.0, 622.0, 405.0), "KX63PLR")]})
    run(road, 1)
    assert road.read_calls == 1
