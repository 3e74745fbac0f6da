"""Recordings through the engine: frame by frame as fast as it goes, or at their own pace as a camera would give them.

As fast as it goes, frames are stamped with the clip's own time (index / frames a second), not with that of the machine,
so tracking, fusion and everything that follows do not depend on how fast the machine is: the same clip gives the same
output. Only the latencies differ. At its own pace, frames that come too fast are dropped and counted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from anpr.alerting.disclosure import shown_hits
from anpr.clock import SystemClock
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Governor
from anpr.errors import InputError
from anpr.patrol.perception_loop import PerceptionLoop
from camera.capture import CaptureThread
from camera.newest_frame import NewestFrame
from camera.sources.source import FrameSource, frames

CAMERA_ID: Final = "replay"


@dataclass(slots=True)
class Tally:
    """What a replay saw; grows while it runs."""

    frames: int = 0
    dropped: int = 0
    sightings: int = 0
    hits: int = 0
    damage: tuple[str, ...] = ()
    seconds: float = 0.0
    _alert_ids: set[int] = field(default_factory=set)

    @property
    def alerts(self) -> int:
        """How many alerts were raised."""
        return len(self._alert_ids)

    def count(self, step: Step) -> None:
        """Take in one step of the engine."""
        for matched in step.sightings:
            if matched.sighting.final:
                self.sightings += 1
                self.hits += sum(hit.passes for hit in shown_hits(matched.hits))
            self._alert_ids.update(alert.alert_id for alert in matched.alerts)


def replay(source: FrameSource, engine: Engine, on_step: Callable[[Step], None]) -> Tally:
    """Take a recording through the engine as fast as it goes; each step is given to `on_step`.

    Raises InputError when the source is a live camera, or cannot be used.
    """
    if source.is_live:
        raise InputError("a live camera cannot be replayed: use 'anpr run'")
    tally = Tally()
    for frame in frames(source):
        step = engine.process(frame)
        tally.frames += 1
        tally.seconds = frame.captured_ns * 1e-9
        tally.count(step)
        on_step(step)
    step = engine.finish()
    tally.count(step)
    tally.damage = source.damage
    on_step(step)
    return tally


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
    ahead = loop.find_ahead()
    capture = CaptureThread(lambda: source, CAMERA_ID, slot, SystemClock())
    ahead.start()
    capture.start()
    try:
        while not loop.is_over:
            loop.turn()
    finally:
        ahead.stop()
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
