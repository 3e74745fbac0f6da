"""Replays a recording at its own pace, as a camera would give it: frames that come too fast are dropped and counted."""

from collections.abc import Callable

from anpr.clock import SystemClock
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Governor
from anpr.errors import InputError
from anpr.patrol.replay import Tally
from anpr.patrol.threads import PerceptionLoop
from camera.capture import CaptureThread
from camera.newest_frame import NewestFrame
from camera.sources.source import FrameSource

CAMERA_ID = "replay"


def replay_in_real_time(
    source: FrameSource,
    engine: Engine,
    on_step: Callable[[Step], None],
    governor: Governor | None = None,
    set_input_width: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Play a recording through the capture thread and the engine; the calling thread perceives.

    Raises InputError when the source is a live camera, or what the source raises when it cannot be used.
    """
    if source.is_live:
        raise InputError("a live camera cannot be replayed: use 'anpr run'")
    source.open()
    source.close()
    slot = NewestFrame()
    tally = Tally()

    def count(step: Step) -> None:
        tally.count(step)
        on_step(step)

    loop = PerceptionLoop(engine, slot, governor, count, set_input_width=set_input_width)
    capture = CaptureThread(lambda: source, CAMERA_ID, slot, SystemClock())
    capture.start()
    try:
        while not slot.is_over:
            loop.turn()
    finally:
        capture.stop()
        slot.close()
    if capture.failure is not None:
        raise capture.failure
    step = engine.finish()
    count(step)
    tally.frames = capture.grabbed
    tally.dropped = slot.dropped[CAMERA_ID] + loop.left_out
    tally.damage = capture.damage
    return tally
