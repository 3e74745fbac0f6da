"""A patrol that only shows itself: its recording repeats, each playing is a new shift, and place and speed are made up.

Nothing grows with the number of shifts: what an earlier one left undecided leaves the board after a while.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from anpr.engine.engine import Engine, Step
from anpr.screen.port import HealthMark
from anpr.values import Alert, AlertState, Frame
from camera.capture import CaptureThread
from camera.gps import GpsReceiver

WAITS: Final = timedelta(seconds=30)
"""An alert that nobody has acknowledged is left on the board for so long when a new shift begins."""

STAYS: Final = timedelta(minutes=5)
"""One that somebody has acknowledged or decided, so that it does not vanish from under the hands."""


@dataclass(slots=True)
class Rehearsal:
    """What a patrol has instead of a road: a receiver of made up positions, and shifts that follow one another.

    `repeats`: the recording is played again and again. `shift` counts its playings from 1.
    """

    gps: GpsReceiver
    repeats: bool
    shift: int = 1

    def mark(self) -> HealthMark:
        """Return the mark by which every view says that this is a demonstration."""
        what = "Demo: clip repeats." if self.repeats else "Demo: a clip, played once."
        return HealthMark("demo", "warning", what, "Place and speed are made up.")

    def shifts(
        self, engine: Engine, cameras: Mapping[str, CaptureThread], on_step: Callable[[Step], None]
    ) -> Callable[[Frame], None]:
        """Return what is to be told of each frame before it is processed: it begins a shift with each playing."""
        begun: dict[str, int] = {}

        def before(frame: Frame) -> None:
            playing_from = cameras[frame.camera_id].playing_from
            if playing_from <= begun.setdefault(frame.camera_id, 0) or frame.seq < playing_from:
                return
            begun[frame.camera_id] = playing_from
            on_step(engine.finish())
            now = engine.clock_utc()
            engine.board.begin_shift(lambda alert: now - alert.raised_utc <= (STAYS if _in_hand(alert) else WAITS))
            self.shift += 1

        return before


def _in_hand(alert: Alert) -> bool:
    return alert.seen or alert.state is AlertState.DECIDED
