"""What a patrol shows in the terminal: frames a second, sightings, hits, faults, budget."""

import contextlib
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from anpr.cli.output import JsonWriter, alerting_hits, write_line
from anpr.engine.engine import Step
from anpr.engine.json_lines import percentiles_json
from anpr.patrol.patrol import Patrol
from anpr.values import AlertKind

REFRESH_S = 0.5


class LiveView:
    """Collects the latest of the engine's steps for the terminal; fed by the perception thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: deque[tuple[str, str, str, str]] = deque(maxlen=8)
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
                    self._latest.appendleft((time_text, sighting.text, f"{sighting.confidence:.2f}", lists))

    def render(self, patrol: Patrol, address: str | None) -> Group:
        """Return the view as it stands."""
        with self._lock:
            latest = list(self._latest)
            times = list(self._frame_times)
        rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
        parts = patrol.parts
        dropped = sum(parts.slot.dropped.values()) + parts.loop.left_out
        head = Text(
            f"{parts.config.car.name}: {rate:.1f} frames/s, {self.frames} processed, {dropped} dropped, "
            f"{self.sightings} sightings, {self.hits} hits" + (f"   screen: {address}" if address else "")
        )
        marks = Table("", "state", box=None)
        for mark in patrol.parts.desk.around.health():
            colour = {"ok": "green", "warning": "yellow", "fault": "red"}[mark.level]
            words = mark.text if mark.level == "ok" or not mark.remedy else f"{mark.text} {mark.remedy}"
            marks.add_row(Text(mark.name, style=colour), Text(words))
        alerts = Table("priority", "alert", "state", "since")
        for alert in patrol.parts.engine.board.queue()[:6]:
            if alert.kind is AlertKind.HIT:
                led = alert.hits[0]
                what = f"{led.sighting.text} on {led.hotlist.name} ({alert.probability:.0%})"
            else:
                what = alert.fault.text if alert.fault else ""
            since = alert.raised_utc.astimezone().strftime("%H:%M:%S")
            alerts.add_row(str(alert.priority), Text(what), alert.state.value, since)
        strip = Table("seen", "VRM", "confidence", "lists")
        for row in latest:
            strip.add_row(*(Text(cell) for cell in row))
        return Group(head, marks, alerts, strip)


@contextlib.contextmanager
def _stop_signals(stopping: threading.Event) -> Iterator[None]:
    """Set the event on Ctrl-C, on termination, and on Windows on Ctrl-Break."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), lambda *_: stopping.set()) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def show_until_stopped(
    patrol: Patrol, address: str | None, *, as_json: bool, seconds: float | None, until_over: bool = False
) -> LiveView:
    """Show a running patrol until a stop signal, the given time, or (`until_over`) the end of its recordings."""
    view = LiveView()
    writer = JsonWriter()

    def on_step(step: Step) -> None:
        view.add(step)
        if as_json:
            writer.write(step)

    patrol.on_step = on_step
    if as_json:
        writer.alerts(patrol.parts.engine.board.queue())
        patrol.parts.desk.on_announce = writer.alerts
    stopping = threading.Event()
    ends = time.monotonic() + seconds if seconds is not None else None
    console = Console(file=sys.stdout)
    live = Live(console=console, auto_refresh=False, screen=False) if not as_json else None
    with _stop_signals(stopping), live or contextlib.nullcontext():
        while not stopping.wait(REFRESH_S):
            if live is not None:
                live.update(view.render(patrol, address), refresh=True)
            if (ends is not None and time.monotonic() >= ends) or (until_over and patrol.is_over()):
                break
    if as_json:
        write_line(
            {
                "type": "summary",
                "frames": view.frames,
                "dropped": sum(patrol.parts.slot.dropped.values()) + patrol.parts.loop.left_out,
                "sightings": view.sightings,
                "hits": view.hits,
                "ms": percentiles_json(patrol.parts.engine.latencies.percentiles()),
            }
        )
    return view
