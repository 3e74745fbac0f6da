"""Perception as one thread: the newest frame of any camera through the engine; it never waits for anything else."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Change, Governor
from anpr.threads import tell_failure
from anpr.values import Frame
from camera.newest_frame import NewestFrame

_log: Final = logging.getLogger(__name__)

IDLE_S: Final = 0.1
"""How long perception waits for a frame before it looks whether it shall stop."""


@dataclass(slots=True)
class PerceptionLoop:
    """One frame after the other, from the slot through the engine; owned by one thread.

    `on_step` gets every step. A frame that the governor leaves out is counted in `left_out`. `before` is told of each frame
    before anything else is done with it.
    """

    engine: Engine
    slot: NewestFrame
    governor: Governor | None
    on_step: Callable[[Step], None]
    set_input_width: Callable[[int], None] = lambda _: None
    before: Callable[[Frame], None] = lambda _: None
    left_out: int = 0
    processed: int = 0
    last_turn_ns: int = 0
    camera_in_hand: str = ""
    """The camera whose frame was taken last: an error of perception is told with it."""
    newest: dict[str, Frame] = field(default_factory=dict)
    """The newest frame of each camera, for the live picture."""
    read_ns: dict[str, int] = field(default_factory=dict)
    """When the last frame of each camera was grabbed that went through the engine: what was read, not only taken."""
    _turns: dict[str, int] = field(default_factory=dict)

    def turn(self, timeout_s: float = IDLE_S) -> bool:
        """Process the next frame if one comes in time; returns whether one came."""
        frame = self.slot.take(timeout_s)
        self.last_turn_ns = self.engine.clock_ns()
        if frame is None:
            return False
        self.camera_in_hand = frame.camera_id
        self.before(frame)
        self.newest[frame.camera_id] = frame
        turn = self._turns.get(frame.camera_id, 0)
        self._turns[frame.camera_id] = turn + 1
        if self.governor is not None and turn % self.governor.effort.every_frame:
            self.left_out += 1
            return True
        step = self.engine.process(frame)
        self.processed += 1
        self.read_ns[frame.camera_id] = frame.captured_ns
        self.on_step(step)
        self._govern(frame)
        return True

    def _govern(self, frame: Frame) -> None:
        if self.governor is None:
            return
        now_ns = self.engine.clock_ns()
        change = self.governor.observe(now_ns, (now_ns - frame.captured_ns) * 1e-6)
        if change in (Change.LOWERED, Change.RAISED):
            self.set_input_width(self.governor.effort.input_width)


class PerceptionThread:
    """Runs a `PerceptionLoop` until it is stopped; an error of perception is reported and the loop goes on.

    Nothing may end it but `stop`: should the thread have ended nevertheless, `revive` begins a new one.
    """

    def __init__(self, loop: PerceptionLoop, failed: Callable[[Exception], None]) -> None:
        self._loop = loop
        self._failed = failed
        self._stopping = threading.Event()
        self._thread = self._new_thread()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._live, name="perception", daemon=True)

    def start(self) -> None:
        """Start perceiving."""
        self._thread.start()

    def stop(self, timeout_s: float = 1.5) -> bool:
        """Stop after the frame in hand; returns whether that was in time."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def revive(self) -> bool:
        """Begin anew when the thread was started and has ended without being stopped; returns whether it had."""
        if self._stopping.is_set() or self._thread.ident is None or self._thread.is_alive():
            return False
        _log.error("the perception thread had ended: a new one begins")
        self._thread = self._new_thread()
        self._thread.start()
        return True

    def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                self._loop.turn()
            except Exception as error:  # noqa: BLE001 - a thread's top: it becomes a visible fault
                _log.exception("a frame of camera %s met an error that nobody expected", self._loop.camera_in_hand)
                tell_failure(self._failed, error)
