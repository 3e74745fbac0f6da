"""Turns the desk's state into JSON once, for all pages, whenever it changes.

Pages get differences: each feed remembers what its page has, so a slow page costs no memory and at once gets the
newest state when it can take it, never a backlog.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from anpr.screen.driving import DrivingRule
from anpr.screen.live import live_ids
from anpr.screen.port import AlertView, CameraView, CrewDesk, HealthMark, ScreenState
from anpr.screen.rules import ScreenRules
from anpr.screen.sun import is_night
from anpr.screen.wire import alert_json, list_json, plain, sighting_json

BEAT_S: Final = 0.5
"""At least this often every page hears from the server; the page shows red after 1.5 s without (it must within 2 s)."""

_LEAST_BETWEEN_S: Final = 0.015
"""Bursts of changes are taken together; an alert that comes just behind another change waits no longer than this."""

_LOG: Final = logging.getLogger("anpr.screen")


@dataclass(slots=True)
class Snapshot:
    """The state as JSON texts: `sections` by name, and the alerts by id in the order of the queue.

    The section `beyond` has the ids of those that are not in the window of the queue but further down, `live` of those that
    are live (`anpr.screen.live`).
    """

    sections: dict[str, str] = field(default_factory=dict)
    alerts: dict[int, str] = field(default_factory=dict)


def difference(old: Snapshot, new: Snapshot) -> str:
    """Return the JSON text of what changed, or nothing when nothing did."""
    parts = [f'"{name}":{text}' for name, text in new.sections.items() if old.sections.get(name) != text]
    changed = [f'"{key}":{text}' for key, text in new.alerts.items() if old.alerts.get(key) != text]
    if changed:
        parts.append(f'"alerts":{{{",".join(changed)}}}')
    if list(old.alerts) != list(new.alerts):
        parts.append(f'"order":{json.dumps(list(new.alerts))}')
    return f'{{"t":"state",{",".join(parts)}}}' if parts else ""


class Hub:
    """Follows the desk on one event loop. `own_marks` are health marks of the screen itself; `clock_ns` is the engine's."""

    def __init__(
        self,
        desk: CrewDesk,
        config: ScreenRules,
        *,
        clock_s: Callable[[], float],
        clock_ns: Callable[[], int],
        clock_utc: Callable[[], datetime],
        own_marks: Callable[[], Iterable[HealthMark]],
    ) -> None:
        self._desk = desk
        self._config = config
        self._clock_s = clock_s
        self._clock_ns = clock_ns
        self._clock_utc = clock_utc
        self._own_marks = own_marks
        self._rule = DrivingRule(config.driving)
        self._dirty = asyncio.Event()
        self._fresh = asyncio.Condition()
        self._texts: dict[int, tuple[AlertView, str, str]] = {}
        self._text_cameras: tuple[CameraView, ...] = ()
        self._built_s = clock_s()
        # A thread of its own: a desk that hangs must hang neither the beat nor the actions of the crew
        self._reader = ThreadPoolExecutor(1, "screen state")
        self.snapshot = Snapshot()
        self.driver_snapshot = Snapshot()
        """As `snapshot`, for pages in driver view alone: with the marks that the full view withholds."""
        self.watch_snapshot = Snapshot()
        """As `driver_snapshot`, for the tablet before anybody has logged in: alerts, without the sightings of the strip."""
        self.state: ScreenState | None = None
        self.captured_ms: dict[int, float] = {}

    @property
    def moving(self) -> bool:
        """True while the car counts as moving."""
        return self._rule.moving

    def silent_s(self) -> float:
        """Return for how long the engine has given no sign of work."""
        behind_s = max(0.0, self._clock_s() - self._built_s - BEAT_S)
        return behind_s + (self.state.engine_silent_s if self.state else 0.0)

    async def run(self) -> None:
        """Follow the desk until cancelled."""
        loop = asyncio.get_running_loop()

        def changed() -> None:
            with suppress(RuntimeError):  # the loop is closed: the screen has ended, the engine goes on
                loop.call_soon_threadsafe(self._dirty.set)

        unsubscribe = self._desk.subscribe(changed)
        try:
            while True:
                try:
                    state = await loop.run_in_executor(self._reader, self._desk.state)
                    self._take(state)
                except Exception:  # noqa: BLE001 - the beat goes on and says that the engine is silent
                    _LOG.exception("the desk's state could not be shown")
                async with self._fresh:
                    self._fresh.notify_all()
                await asyncio.sleep(_LEAST_BETWEEN_S)
                try:
                    await asyncio.wait_for(self._dirty.wait(), BEAT_S - _LEAST_BETWEEN_S)
                except TimeoutError:
                    continue
                finally:
                    self._dirty.clear()
        finally:
            unsubscribe()
            self._reader.shutdown(wait=False, cancel_futures=True)

    async def wait_fresh(self, timeout_s: float) -> None:
        """Wait until the snapshot was taken anew, at most `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s), self._fresh:
                await self._fresh.wait()
        except TimeoutError:
            return

    def _take(self, state: ScreenState) -> None:
        driving = state.driving
        self._rule.update(driving.speed_mps, driving.trustworthy, self._clock_s())
        config, cameras = self._config, state.cameras
        drive = {
            "moving": self._rule.moving,
            "speed_known": driving.trustworthy and driving.speed_mps is not None,
            "night": is_night(driving.latitude_deg, driving.longitude_deg, self._clock_utc()),
        }
        counts = {"waiting": state.waiting, "decided": state.decided_count, "faults": state.faults}
        health = [plain(mark) for mark in (*state.health, *self._own_marks())]
        sections: dict[str, Any] = {
            "drive": drive,
            "counts": counts,
            "health": health,
            "reading": plain(state.reading),
            "cameras": [plain(camera) for camera in cameras],
            "lists": [list_json(hotlist, state.lists, config) for hotlist in state.lists],
            "sightings": [sighting_json(s, cameras) for s in state.sightings[: config.sightings_shown]],
        }
        shown = (*state.alerts, *state.unseen)
        sections["beyond"] = [alert.alert_id for alert in state.unseen]
        sections["live"] = live_ids(shown, self._clock_ns(), config.live_s)
        texts, whole_texts = self._alert_texts(shown, cameras)
        named = {name: json.dumps(section) for name, section in sections.items()}
        self.snapshot, self.driver_snapshot = Snapshot(named, texts), Snapshot(named, whole_texts)
        self.watch_snapshot = Snapshot({**named, "sightings": "[]"}, whole_texts)
        self.captured_ms = {alert.alert_id: alert.captured_ns / 1e6 for alert in shown if alert.captured_ns}
        self.state = state
        self._built_s = self._clock_s()

    def _alert_texts(
        self, alerts: tuple[AlertView, ...], cameras: tuple[CameraView, ...]
    ) -> tuple[dict[int, str], dict[int, str]]:
        """Return the alerts' JSON for the full view and for the driver view, made anew only for those that changed."""
        known = self._texts if cameras == self._text_cameras else {}
        self._text_cameras = cameras
        self._texts = {}
        for alert in alerts:
            seen = known.get(alert.alert_id)
            if seen is None or seen[0] != alert:
                shown = alert_json(alert, self._config, cameras)
                text = json.dumps(shown)
                whole = json.dumps(alert_json(alert, self._config, cameras, whole=True)) if shown["typing"] else text
                seen = (alert, text, whole)
            self._texts[alert.alert_id] = seen
        known_now = self._texts.items()
        return {key: text for key, (_, text, _) in known_now}, {key: whole for key, (_, _, whole) in known_now}
