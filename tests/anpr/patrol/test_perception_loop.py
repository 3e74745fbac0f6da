import threading
from datetime import UTC, datetime
from typing import NoReturn

import numpy as np
import pytest

from anpr.alerting.board import AlertBoard
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Effort, Governor, GovernorSettings
from anpr.errors import StoreError
from anpr.patrol.perception_loop import PerceptionLoop, PerceptionThread
from anpr.perception.pipeline import Pipeline
from anpr.threads import QueueThread
from anpr.values import Detection, Frame, Image
from camera.newest_frame import NewestFrame
from tests.anpr.perception.road import START, Road, passing


class SlowClock:
    """A clock that the test turns; each look costs `cost_ns`."""

    def __init__(self) -> None:
        self.ns = 0
        self.cost_ns = 0

    def __call__(self) -> int:
        self.ns += self.cost_ns
        return self.ns


def make_loop(road: Road, clock: SlowClock, governor: Governor | None = None) -> tuple[PerceptionLoop, list[Step]]:
    steps: list[Step] = []
    engine = Engine(
        Pipeline(road, road, clock_ns=clock),
        None,
        AlertBoard(),
        clock,
        lambda: datetime(2026, 1, 1, tzinfo=UTC),
        live=True,
    )
    loop = PerceptionLoop(
        engine, NewestFrame(), governor, steps.append, set_input_width=engine.pipeline.set_input_width
    )
    return loop, steps


def frame(seq: int, at_ns: int, camera: str = "front") -> Frame:
    return Frame(camera, seq, at_ns, START, np.zeros((720, 1280, 3), np.uint8), name=str(seq))


def test_a_frame_goes_through_and_the_newest_of_each_camera_is_kept() -> None:
    loop, steps = make_loop(Road(passing("AB12CDE", 0, 5)), SlowClock())
    loop.slot.put(frame(0, 0))
    loop.slot.put(frame(0, 0, "rear"))
    assert loop.turn()
    assert loop.turn()
    assert not loop.turn(timeout_s=0)
    assert len(steps) == 2
    assert set(loop.newest) == set(loop.read_ns) == {"front", "rear"}


def test_an_overloaded_engine_lowers_its_effort_and_recovers() -> None:
    settings = GovernorSettings(budget_ms=100, raise_after_s=2, efforts=(Effort(640), Effort(512, 2)))
    clock = SlowClock()
    road = Road({})
    governor = Governor(settings)
    loop, _ = make_loop(road, clock, governor)

    def drive(first: int, count: int, age_ms: float) -> None:
        for seq in range(first, first + count):
            captured = round(seq / 30 * 1e9)
            clock.ns = captured + round(age_ms * 1e6)
            loop.slot.put(frame(seq, captured))
            loop.turn()

    drive(0, 60, 150)
    assert governor.missed
    assert road.input_width == 512
    assert loop.left_out > 0
    drive(60, 400, 10)
    assert not governor.missed
    assert road.input_width == 640


def test_an_error_in_perception_is_reported_and_the_next_frame_is_processed() -> None:
    class Broken(Road):
        def detect(self, image: Image) -> list[Detection]:
            if self.now == 0:
                self.now = 1
                raise RuntimeError("the model broke")
            return super().detect(image)

    loop, steps = make_loop(Broken({}), SlowClock())
    failures: list[Exception] = []
    processed = threading.Event()

    def on_step(step: Step) -> None:
        steps.append(step)
        processed.set()

    loop.on_step = on_step
    failed = threading.Event()

    def on_failure(error: Exception) -> None:
        failures.append(error)
        failed.set()

    thread = PerceptionThread(loop, on_failure)
    thread.start()
    loop.slot.put(frame(0, 0))
    assert failed.wait(5)
    assert loop.read_ns == {}  # taken, but not read
    loop.slot.put(frame(1, 1))
    assert processed.wait(5)
    assert thread.stop()
    assert [str(e) for e in failures] == ["the model broke"]


def test_everything_put_is_recorded_before_the_end() -> None:
    taken: list[object] = []
    closed: list[bool] = []
    thread = QueueThread("recording", lambda: (taken.append, lambda: None, lambda: closed.append(True)), lambda e: None)
    thread.start()
    for number in range(1000):
        thread.put(number)
    assert thread.stop()
    assert taken == list(range(1000))
    assert closed == [True]


def test_a_database_that_cannot_be_opened_is_raised_at_the_start() -> None:
    def broken() -> NoReturn:
        raise StoreError("the disk is gone")

    with pytest.raises(StoreError, match="disk is gone"):
        QueueThread("recording", broken, lambda e: None).start()


def test_upkeep_is_called_when_nothing_comes_and_its_failure_is_reported() -> None:
    failures: list[Exception] = []
    failed = threading.Event()

    def upkeep() -> None:
        raise StoreError("no upkeep today")

    def on_failure(error: Exception) -> None:
        failures.append(error)
        failed.set()

    thread = QueueThread("recording", lambda: (lambda item: None, upkeep, lambda: None), on_failure, upkeep_s=0.01)
    thread.start()
    assert failed.wait(5)
    assert thread.stop()
