"""Perception: the newest frame of any camera through the engine; it never waits for anything else.

One thread owns it, and another finds the plates of the next frame meanwhile (`anpr.patrol.finding_ahead`).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Change, Governor
from anpr.patrol.finding_ahead import IDLE_S, FindingAhead
from anpr.threads import tell_failure
from anpr.values import Frame
from camera.newest_frame import NewestFrame

_log: Final = logging.getLogger(__name__)


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
    ahead: FindingAhead | None = None
    """Finds plates ahead while it runs; without it `turn` does everything."""
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

    def find_ahead(self) -> FindingAhead:
        """Have plates found ahead from now on, by what is returned, which the caller starts and stops."""
        self.ahead = FindingAhead(self.slot, self.engine.pipeline.detector, self.engine.clock_ns, self._is_wanted)
        return self.ahead

    @property
    def is_over(self) -> bool:
        """Whether no frame can come any more and none is in hand."""
        return self.slot.is_over and not (self.ahead is not None and self.ahead.in_hand)

    def turn(self, timeout_s: float = IDLE_S) -> bool:
        """Process the next frame if one comes in time; returns whether one came. Raises what finding its plates raised."""
        if self.ahead is not None:
            return self._read_found(self.ahead, timeout_s)
        frame = self.slot.take(timeout_s)
        self.last_turn_ns = self.engine.clock_ns()
        if frame is None:
            return False
        if self._is_wanted(frame):
            self._take_up(frame)
            self._done(frame, self.engine.process(frame))
        return True

    def _read_found(self, ahead: FindingAhead, timeout_s: float) -> bool:
        found = ahead.take(timeout_s)
        # whoever looks whether perception lives sees the thread that has been quiet for longer
        self.last_turn_ns = (
            self.engine.clock_ns() if found is not None else min(self.engine.clock_ns(), ahead.last_turn_ns)
        )
        if found is None:
            return False
        self._take_up(found.frame)
        if found.error is not None:
            raise found.error
        step = self.engine.process_found(found.frame, found.detections, found.began_ns, found.took_ms)
        self._done(found.frame, step)
        return True

    def _is_wanted(self, frame: Frame) -> bool:
        """Whether the governor lets the frame through; one that it leaves out is the newest all the same."""
        self.camera_in_hand = frame.camera_id
        turn = self._turns.get(frame.camera_id, 0)
        self._turns[frame.camera_id] = turn + 1
        if self.governor is None or turn % self.governor.effort.every_frame == 0:
            return True
        self.newest[frame.camera_id] = frame
        self.left_out += 1
        return False

    def _take_up(self, frame: Frame) -> None:
        self.camera_in_hand = frame.camera_id
        self.before(frame)
        self.newest[frame.camera_id] = frame

    def _done(self, frame: Frame, step: Step) -> None:
        self.processed += 1
        self.read_ns[frame.camera_id] = frame.captured_ns
        self.on_step(step)
        self._govern(frame)

    def _govern(self, frame: Frame) -> None:
        if self.governor is None:
            return
        now_ns = self.engine.clock_ns()
        change = self.governor.observe(now_ns, (now_ns - frame.captured_ns) * 1e-6)
        if change in (Change.LOWERED, Change.RAISED):
            self.set_input_width(self.governor.effort.input_width)


class PerceptionThread:
    """Runs a `PerceptionLoop` until it is stopped, plates being found ahead in a second thread.

    An error of perception is reported and the loop goes on. Nothing may end it but `stop`: should one of its threads have ended
    nevertheless, `revive` begins a new one.
    """

    def __init__(self, loop: PerceptionLoop, failed: Callable[[Exception], None]) -> None:
        self._loop = loop
        self._ahead: FindingAhead | None = None
        self._failed = failed
        self._stopping = threading.Event()
        self._thread = self._new_thread()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._live, name="perception", daemon=True)

    def start(self) -> None:
        """Start perceiving."""
        self._ahead = self._loop.find_ahead()
        self._ahead.start()
        self._thread.start()

    def stop(self, timeout_s: float = 1.5) -> bool:
        """Stop after the frames in hand; returns whether that was in time."""
        self._stopping.set()
        has_stopped = self._ahead is None or self._ahead.stop(timeout_s)
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return has_stopped and not self._thread.is_alive()

    def revive(self) -> bool:
        """Begin anew what was started and has ended without being stopped; returns whether anything had."""
        is_finding_anew = self._ahead is not None and self._ahead.revive()
        return self._revive() or is_finding_anew

    def _revive(self) -> bool:
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
