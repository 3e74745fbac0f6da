"""What a patrol shows in the terminal: frames a second, sightings, hits, faults, budget."""

import contextlib
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.live import Live

from anpr.cli.json_output import JsonOutput, let_go_of
from anpr.cli.output import JsonWriter, alerting_hits
from anpr.cli.stop_signals import StopSignals
from anpr.cli.terminal_view import Row, TerminalView
from anpr.engine.engine import Step
from anpr.engine.json_lines import percentiles_json
from anpr.errors import Failure
from anpr.hidden import marked_of
from anpr.patrol.patrol import Patrol
from anpr.threads import exit_after
from anpr.values import Alert, AlertKind, AlertState

_log: Final = logging.getLogger(__name__)

REFRESH_S = 0.5

MOST_ROWS: Final = 40
"""Alerts and sightings that the tallest terminal is given."""

STATES: Final = {AlertState.CONFIRMED_BY_EVIDENCE: "confirmed"}
"""States in fewer words than those of the records."""

STOP_S: Final = 15.0
"""What a program gets to stop in order whose reading has hung."""


class LiveView:
    """Collects the latest of the engine's steps for the terminal; fed by the perception thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: deque[tuple[str, str, str, str]] = deque(maxlen=MOST_ROWS)
        self._frame_times: deque[float] = deque(maxlen=90)
        self.sightings = 0
        self.hits = 0
        self.frames = 0

    def add(self, step: Step) -> None:
        """Take in one step."""
        with self._lock:
            if step.result is not None:
                self.frames += 1
                self._frame_times.append(step.result.frame.captured_ns * 1e-9)
            for matched in step.sightings:
                sighting = matched.sighting
                if sighting.final:
                    hits = alerting_hits(matched)
                    self.sightings += 1
                    self.hits += len(hits)
                    lists = ", ".join(h.hotlist.name for h in hits)
                    time_text = sighting.last_utc.astimezone().strftime("%H:%M:%S")
                    self._latest.appendleft((time_text, marked_of(sighting), f"{sighting.confidence:.2f}", lists))

    def render(self, patrol: Patrol, address: str | None, notes: Sequence[str] = ()) -> TerminalView:
        """Return the view as it stands; `notes` are lines of whoever runs the patrol."""
        with self._lock:
            latest = list(self._latest)
            times = list(self._frame_times)
        rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
        parts = patrol.parts
        board = parts.engine.board
        dropped = sum(parts.slot.dropped.values()) + parts.loop.left_out
        return TerminalView(
            f"{parts.config.car.name}: {rate:.1f} frames/s, {self.frames} read, {dropped} dropped, "
            f"{self.sightings} sightings, {self.hits} hits",
            (*((f"Screen: {address}",) if address else ()), *notes),
            [(m.name, m.level, f"{m.text} {m.remedy}".strip()) for m in parts.desk.around.health()],
            [_alert_row(alert) for alert in board.queue(0, MOST_ROWS)],
            board.counts()[0],
            [Row(f"{time_text}  {text:<8}  {sure}  ", lists) for time_text, text, sure, lists in latest],
        )


def _alert_row(alert: Alert) -> Row:
    since = alert.raised_utc.astimezone().strftime("%H:%M:%S")
    before, state = f"{since}  {alert.priority:>3}  ", f"  {STATES.get(alert.state, alert.state.value)}"
    if alert.kind is AlertKind.HIT:
        led = alert.hits[0]
        chance = f"{min(int(alert.probability * 100), 99 if alert.probability < 1 else 100)} %"
        return Row(
            f"{before}{marked_of(led.sighting):<8}  {chance:>5}  ",
            led.hotlist.name,
            f"{state}, possible" if led.possible else state,
        )
    return Row(before, alert.fault.text if alert.fault else "", state)


class _Console(Console):
    """A console whose reader may go away: what is written to it raises BrokenPipeError then, and ends nothing else."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Terminal:
    """The live view in a terminal; one that cannot be written any more is given up, and the patrol goes on without."""

    def __init__(self) -> None:
        self._live: Live | None = Live(console=_Console(file=sys.stdout), auto_refresh=False, screen=False)
        self._try(self._live.start)

    def show(self, draw: Callable[[], RenderableType]) -> None:
        """Show what `draw` returns."""
        live = self._live
        if live is not None:
            view = draw()
            self._try(lambda: live.update(view, refresh=True))

    def close(self) -> None:
        """Leave the last view standing."""
        live = self._live
        if live is not None:
            self._try(live.stop)
            if not live.console.is_terminal:  # there the last view ends without an end of line
                self._try(live.console.line)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except (OSError, ValueError):  # ValueError: the stream was closed
            _log.warning("the terminal cannot be written any more: the patrol goes on without it")
            self._live = None
            let_go_of(sys.stdout)


def show_until_stopped(
    patrol: Patrol, begin: Callable[[], str | None], *, as_json: bool, seconds: float | None, until_over: bool = False,
    notes: Callable[[], Sequence[str]] = tuple,
) -> LiveView:  # fmt: skip
    """Show a patrol until a stop signal, the given time, or (`until_over`) the end of its recordings.

    `begin` starts the reading and returns the screen's address, None without one; whatever is told is listened to by then,
    so that no sighting comes before. In the end the patrol is stopped: every track is finished, and its last sightings are
    told before the summary. `notes` gives the lines that stand below the screen's address. Raises Failure when reading has
    hung, and when the JSON output lost lines.
    """
    view = LiveView()
    with contextlib.ExitStack() as ending, StopSignals() as stopping:
        patrol.parts.steps.listen(view.add)
        output = _json_output(patrol, ending) if as_json else None
        address = begin()
        ends = time.monotonic() + seconds if seconds is not None else None
        terminal = None if as_json else _Terminal()
        if terminal is not None:
            ending.callback(terminal.close)
        while not stopping.wait(REFRESH_S):
            if terminal is not None:
                terminal.show(lambda: view.render(patrol, address, notes()))
            if patrol.parts.reading.has_hung:
                exit_after(STOP_S)
                raise Failure("reading plates has hung: the program ends so that it can be started again")
            if (ends is not None and time.monotonic() >= ends) or (until_over and patrol.is_over()):
                break
        patrol.stop()
        if output is not None:
            output.write(_summary(patrol, view))
    return view


def _json_output(patrol: Patrol, ending: contextlib.ExitStack) -> JsonOutput:
    """Have everything that the patrol brings written as JSON lines until `ending`."""
    output = JsonOutput()
    ending.callback(output.close)
    writer = JsonWriter(put=output.write)
    writer.alerts(patrol.parts.engine.board.queue())
    patrol.parts.steps.listen(writer.write)
    patrol.parts.news.listen(writer.alerts)
    patrol.parts.watch.conditions.append(output.fault)
    return output


def _summary(patrol: Patrol, view: LiveView) -> dict[str, Any]:
    return {
        "type": "summary",
        "frames": view.frames,
        "dropped": sum(patrol.parts.slot.dropped.values()) + patrol.parts.loop.left_out,
        "sightings": view.sightings,
        "hits": view.hits,
        "ms": percentiles_json(patrol.parts.engine.latencies.percentiles()),
    }
