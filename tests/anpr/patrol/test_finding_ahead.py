import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpr.alerting.board import AlertBoard
from anpr.engine.engine import Engine, Step
from anpr.patrol.finding_ahead import FindingAhead, Found
from anpr.patrol.perception_loop import PerceptionLoop, PerceptionThread
from anpr.perception.pipeline import Pipeline
from anpr.values import Detection, Frame, Image, Read
from camera.newest_frame import NewestFrame
from tests.anpr.perception.road import START
from tests.builders.read import read_of

WAIT_S = 10.0


class Queue:
    """Frames one after the other, none of which is dropped."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.waiting = deque(frames)
        self.taken: list[int] = []

    def take(self, timeout_s: float | None = None) -> Frame | None:
        del timeout_s
        if not self.waiting:
            return None
        self.taken.append(self.waiting[0].seq)
        return self.waiting.popleft()


class Painted:
    """Finds and reads the plates whose place the picture itself tells: its first pixels."""

    input_width = 640

    def __init__(self) -> None:
        self.pause: Callable[[], object] = lambda: None

    def detect(self, image: Image) -> list[Detection]:
        self.pause()
        if image[0, 0, 0] == 255:
            raise RuntimeError("the model broke")
        return [Detection((x, 400.0, x + 100.0, 425.0), 0.9) for x in map(float, image[0, 1 : 1 + image[0, 0, 0], 0])]

    def read(self, image: Image, detections: Sequence[Detection], *, look_again: bool | None = None) -> list[Read]:
        del image, look_again
        return [read_of("AB12CDE" if one.box_px[0] < 100 else "CD34EFG", 0, one.box_px) for one in detections]


def frame(seq: int, places: Sequence[int], camera: str = "front") -> Frame:
    image = np.zeros((720, 1280, 3), np.uint8)
    image[0, 0, 0] = len(places)
    image[0, 1 : 1 + len(places), 0] = places
    return Frame(camera, seq, seq * 33_000_000, START, image, name=str(seq))


def broken(seq: int) -> Frame:
    one = frame(seq, [])
    one.image[0, 0, 0] = 255
    return one


def loop_of(slot: NewestFrame, steps: list[Step]) -> PerceptionLoop:
    def standing() -> int:
        return 0

    engine = Engine(
        Pipeline(Painted(), Painted(), clock_ns=standing),
        None,
        AlertBoard(),
        standing,
        lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    return PerceptionLoop(engine, slot, None, steps.append)


@pytest.fixture
def ahead() -> Iterator[Callable[..., FindingAhead]]:
    made: list[FindingAhead] = []

    def make(frames: Queue, finder: Painted | None = None, **options: Callable[[Frame], bool]) -> FindingAhead:
        made.append(FindingAhead(frames, finder or Painted(), time.monotonic_ns, **options))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()


def boxes(detections: Sequence[Detection]) -> list[object]:
    return [one.box_px for one in detections]


def all_found(ahead: FindingAhead, count: int) -> list[Found]:
    found = [ahead.take(WAIT_S) for _ in range(count)]
    assert None not in found
    return [one for one in found if one is not None]


def test_plates_come_in_the_order_of_the_frames(ahead: Callable[..., FindingAhead]) -> None:
    frames = [frame(n, [n % 7 + 1, 200]) for n in range(50)]
    found = all_found(ahead(Queue(frames)), 50)
    assert [one.frame.seq for one in found] == list(range(50))
    assert [boxes(one.detections) for one in found] == [boxes(Painted().detect(one.image)) for one in frames]


def test_one_frame_waits_and_no_more_is_taken_while_it_does(ahead: Callable[..., FindingAhead]) -> None:
    queue = Queue([frame(n, [1]) for n in range(5)])
    finding = ahead(queue)
    ends_s = time.monotonic() + 0.3
    while time.monotonic() < ends_s:
        assert queue.taken in ([], [0])
        time.sleep(0.01)
    assert queue.taken == [0]
    all_found(finding, 1)
    assert all_found(finding, 1)[0].frame.seq == 1


def test_what_goes_wrong_comes_to_the_taker_and_the_next_frame_is_searched(ahead: Callable[..., FindingAhead]) -> None:
    found = all_found(ahead(Queue([frame(0, [1]), broken(1), frame(2, [2])])), 3)
    assert [str(one.error or "") for one in found] == ["", "the model broke", ""]
    assert len(found[2].detections) == 1


def test_frames_that_are_not_wanted_are_not_searched(ahead: Callable[..., FindingAhead]) -> None:
    finding = ahead(Queue([frame(n, [1]) for n in range(9)]), wanted=lambda one: one.seq % 3 == 0)
    assert [one.frame.seq for one in all_found(finding, 3)] == [0, 3, 6]


def test_it_is_in_hand_until_it_is_taken(ahead: Callable[..., FindingAhead]) -> None:
    going, finder = threading.Event(), Painted()
    finder.pause = lambda: going.wait(WAIT_S)
    finding = ahead(Queue([frame(0, [1])]), finder)
    ends_s = time.monotonic() + WAIT_S
    while not finding.in_hand and time.monotonic() < ends_s:
        time.sleep(0.001)
    assert finding.in_hand
    going.set()
    all_found(finding, 1)
    while finding.in_hand and time.monotonic() < ends_s:
        time.sleep(0.001)
    assert not finding.in_hand


def test_it_stops_in_time_whether_anything_is_taken_or_not(ahead: Callable[..., FindingAhead]) -> None:
    finding = ahead(Queue([frame(n, [1]) for n in range(5)]))
    assert finding.stop()
    assert not finding.revive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_is_begun_anew(ahead: Callable[..., FindingAhead]) -> None:
    class Ending(Queue):
        def take(self, timeout_s: float | None = None) -> Frame | None:
            if len(self.waiting) == 1:
                self.waiting.append(self.waiting[0])
                raise SystemExit
            return super().take(timeout_s)

    finding = ahead(Ending([frame(0, [1]), frame(1, [1])]))
    assert all_found(finding, 1)[0].frame.seq == 0
    ends_s = time.monotonic() + WAIT_S
    while not finding.revive() and time.monotonic() < ends_s:
        time.sleep(0.01)
    assert all_found(finding, 1)[0].frame.seq == 1


@given(st.lists(st.lists(st.sampled_from([1, 5, 9, 150, 155, 160]), max_size=2, unique=True), min_size=1, max_size=12))
def test_a_loop_that_finds_ahead_says_what_one_does_that_does_not(places: list[list[int]]) -> None:
    frames = [frame(n, one, "front" if n % 3 else "rear") for n, one in enumerate(places)]
    plain: list[Step] = []
    slot = NewestFrame()
    loop = loop_of(slot, plain)
    for one in frames:
        slot.put(one)
        loop.turn(0)
    both: list[Step] = []
    slot = NewestFrame()
    loop = loop_of(slot, both)
    ahead = loop.find_ahead()
    ahead.start()
    try:
        for one in frames:
            slot.put(one)
            ends_s = time.monotonic() + WAIT_S
            while not loop.turn(0.05) and time.monotonic() < ends_s:
                pass
    finally:
        ahead.stop()
    assert [said(one) for one in both] == [said(one) for one in plain]


def said(step: Step) -> list[tuple[object, ...]]:
    assert step.result is not None
    seen = [(m.sighting.track_id, m.sighting.text, m.sighting.confidence, m.sighting.final) for m in step.sightings]
    return [(step.result.frame.camera_id, step.result.frame.seq), *seen]


def test_reading_is_over_once_the_last_frame_was_read() -> None:
    slot, steps = NewestFrame(), []  # type: tuple[NewestFrame, list[Step]]
    slot.register("front")
    loop = loop_of(slot, steps)
    ahead = loop.find_ahead()
    slot.put(frame(0, [1]))
    slot.finish("front")
    ahead.start()
    ends_s = time.monotonic() + WAIT_S
    while not loop.is_over and time.monotonic() < ends_s:
        loop.turn()
    assert ahead.stop()
    assert len(steps) == 1


def test_a_finder_that_hangs_is_a_perception_that_makes_no_turns() -> None:
    slot = NewestFrame()
    loop = loop_of(slot, [])
    clock = [10]
    loop.engine.clock_ns = lambda: clock[0]
    going = threading.Event()
    loop.engine.pipeline.detector.pause = lambda: going.wait(WAIT_S)  # type: ignore[attr-defined]
    thread = PerceptionThread(loop, lambda error: None)
    thread.start()
    slot.put(frame(0, [1]))
    ends_s = time.monotonic() + WAIT_S
    while (
        not (loop.ahead is not None and loop.ahead.in_hand and not slot.dropped.get("front"))
        and time.monotonic() < ends_s
    ):
        time.sleep(0.001)
    time.sleep(0.05)
    clock[0] = 99
    time.sleep(0.3)
    assert loop.last_turn_ns == 10
    going.set()
    while loop.last_turn_ns != 99 and time.monotonic() < ends_s:
        time.sleep(0.001)
    assert loop.last_turn_ns == 99
    assert thread.stop()
