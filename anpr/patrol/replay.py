"""Replays a recording through the engine, frame by frame, without threads: the same clip gives the same output.

Frames are stamped with the clip's own time (index / frames a second), not with that of the machine, so tracking,
fusion and everything that follows do not depend on how fast the machine is. Only the latencies do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from anpr.engine.engine import Engine, Step
from anpr.errors import InputError
from camera.sources.source import FrameSource, frames


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
                self.hits += sum(1 for hit in matched.hits if hit.probability >= hit.hotlist.threshold)
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
