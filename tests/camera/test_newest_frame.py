import threading
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpr.values import Frame
from camera.newest_frame import NewestFrame
from tests.camera.parts import PATIENCE_S, START_UTC

PICTURE = np.zeros((2, 2, 3), np.uint8)


def frame(camera_id: str, seq: int) -> Frame:
    return Frame(camera_id, seq, seq, START_UTC, PICTURE)


def test_the_newest_frame_wins_and_the_others_are_counted() -> None:
    slot = NewestFrame()
    for seq in range(5):
        slot.put(frame("front", seq))
    taken = slot.take(0)
    assert taken is not None
    assert taken.seq == 4
    assert slot.take(0) is None
    assert slot.dropped == {"front": 4}


def test_a_fast_camera_does_not_starve_a_slow_one() -> None:
    slot = NewestFrame()
    served: Counter[str] = Counter()
    slot.put(frame("slow", 0))
    for seq in range(100):
        slot.put(frame("fast", seq))
        if seq % 3 == 0:
            slot.put(frame("slow", seq))
        taken = slot.take(0)
        assert taken is not None
        served[taken.camera_id] += 1
    assert served["slow"] >= 33
    assert served["fast"] >= 60


def test_the_taker_sleeps_until_a_frame_comes() -> None:
    slot = NewestFrame()
    taken: list[Frame | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take(PATIENCE_S)))
    taker.start()
    slot.put(frame("front", 7))
    taker.join(PATIENCE_S)
    assert [f.seq for f in taken if f is not None] == [7]


def test_closing_wakes_the_taker() -> None:
    slot = NewestFrame()
    slot.register("front")
    taken: list[Frame | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take(None)))
    taker.start()
    slot.close()
    taker.join(PATIENCE_S)
    assert taken == [None]
    assert slot.is_over
    slot.put(frame("front", 1))
    assert slot.take(0) is None


def test_it_is_over_when_all_cameras_have_finished_and_their_frames_are_taken() -> None:
    slot = NewestFrame()
    slot.register("a")
    slot.register("b")
    slot.put(frame("a", 1))
    slot.finish("a")
    assert not slot.is_over
    slot.finish("b")
    assert not slot.is_over
    assert slot.take(None) is not None
    assert slot.is_over
    assert slot.take(None) is None


@given(st.lists(st.sampled_from(["put a", "put b", "take"]), max_size=60))
def test_every_frame_is_taken_dropped_or_waiting_and_order_is_kept(steps: list[str]) -> None:
    slot = NewestFrame()
    put: Counter[str] = Counter()
    taken: dict[str, list[int]] = {"a": [], "b": []}

    def take() -> bool:
        got = slot.take(0)
        if got is not None:
            taken[got.camera_id].append(got.seq)
        return got is not None

    for step in steps:
        if step == "take":
            take()
        else:
            put[step[-1]] += 1
            slot.put(frame(step[-1], put[step[-1]]))
    while take():
        pass
    for camera_id, numbers in taken.items():
        assert numbers == sorted(set(numbers))
        assert len(numbers) + slot.dropped.get(camera_id, 0) == put[camera_id]
