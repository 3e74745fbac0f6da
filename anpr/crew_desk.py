"""The engine as its crew sees it: implements `anpr.screen.port.CrewDesk` on the real board, lists and records.

Any thread may call it. Pictures are kept as arrays and encoded when a screen asks for them, so perception only hands
over references.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Final, Protocol

import cv2
import numpy as np

from anpr.alerts import AlertBoard
from anpr.decisions import Choice, Decision, MisreadRate, misread_rates, require_permitted
from anpr.engine import Step
from anpr.errors import InputError
from anpr.records import RecordedSighting
from anpr.screen.port import (
    QUEUE_WINDOW,
    AlertView,
    CameraView,
    DecidedView,
    DrivingView,
    HealthMark,
    HistoryPage,
    ListedView,
    ListView,
    LookUp,
    NewEntry,
    PlaceView,
    ScreenState,
    SightingView,
)
from anpr.screen.views import alert_view, iso, sighting_view
from anpr.values import Alert, AlertKind, AlertState, Image, Sighting
from anpr.vrm import normalise

STRIP: Final = 12
"""Sightings in the strip."""

KEPT_PICTURES: Final = 600
"""Pictures kept for the screen as JPEG (about 20 KB each); older ones are in the records."""

KEPT_RAW: Final = 24
"""Of these, how many are kept as they came, since most are never looked at and encoding takes time."""

JPEG_QUALITY: Final = 88

LIVE_WIDTH: Final = 640
"""Width of the live camera picture, pixels."""


class CrewLists(Protocol):
    """What the desk needs of the hotlists."""

    def views(self, muted: frozenset[str]) -> tuple[ListView, ...]:
        """Return the lists in the car, without covert ones."""

    def look_up(self, vrm: str) -> tuple[ListedView, ...]:
        """Return the entries of a mark."""

    def add(self, entry: NewEntry) -> None:
        """Add an entry by hand; raises UserError when the list does not allow it."""

    def set_enabled(self, list_name: str, enabled: bool) -> None:
        """Switch a list on or off; raises UserError when that is not allowed."""


class CrewRecords(Protocol):
    """What the desk needs of the records; called from any thread."""

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Record changed alerts."""

    def decision(self, alert_id: int, camera_id: str, choice: Choice, actor: str) -> None:
        """Record a decision."""

    def stop(self, alert_id: int, camera_id: str, answers: Mapping[str, str], actor: str) -> None:
        """Record what was done at a stop."""

    def sightings_of(self, vrm: str) -> list[RecordedSighting]:
        """Return the latest sightings of a mark."""

    def decisions(self) -> list[tuple[str, str]]:
        """Return (camera id, decision) of the decided alerts."""

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take in a measured time from grab to paint."""


@dataclass(frozen=True, slots=True)
class DeskSurroundings:
    """What the desk asks others for each time it shows the present moment."""

    health: Callable[[], tuple[HealthMark, ...]]
    driving: Callable[[], DrivingView]
    cameras: tuple[CameraView, ...]
    newest_image: Callable[[str], Image | None]
    engine_silent_s: Callable[[], float]
    clock_utc: Callable[[], datetime]


@dataclass(slots=True)
class _Shown:
    """What only the desk knows of an alert."""

    captured_ns: int = 0
    plate: str = ""
    overview: str = ""
    acknowledged_by: str = ""
    decided: DecidedView | None = None
    camera_id: str = ""


@dataclass(slots=True)
class EngineDesk:
    """The desk of one car; `on_announce` gets alerts that come from outside the engine's steps."""

    board: AlertBoard
    lists: CrewLists
    records: CrewRecords
    around: DeskSurroundings
    on_announce: Callable[[tuple[Alert, ...]], None] = lambda _: None
    _shown: dict[int, _Shown] = field(default_factory=dict)
    _raw: OrderedDict[str, Image] = field(default_factory=OrderedDict)
    _encoded: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _picture_ids: dict[int, str] = field(default_factory=dict)
    _strip: OrderedDict[int, SightingView] = field(default_factory=OrderedDict)
    _muted: set[str] = field(default_factory=set)
    _watchers: list[Callable[[], None]] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def take(self, step: Step) -> None:
        """Take in a step of the engine; called by the perception thread, so it only keeps references."""
        news = bool(step.faults)
        with self._lock:
            for matched in step.sightings:
                sighting = matched.sighting
                if not sighting.text:
                    continue
                plate, overview = self._keep(sighting)
                for alert in matched.alerts:
                    shown = self._shown.setdefault(alert.alert_id, _Shown())
                    shown.captured_ns = shown.captured_ns or sighting.last_ns
                    shown.plate, shown.overview, shown.camera_id = plate, overview, sighting.camera_id
                    news = True
                known = self._strip.pop(sighting.track_id, None)
                news = news or known is None or known.vrm != sighting.text or sighting.final
                self._strip[sighting.track_id] = sighting_view(sighting.track_id, sighting, plate, overview)
                while len(self._strip) > STRIP:
                    self._strip.popitem(last=False)
        if news:
            self.changed()

    def announce(self, alerts: tuple[Alert, ...]) -> None:
        """Take in alerts that come from elsewhere: faults raised and cleared, look-back."""
        if alerts:
            self.records.alerts(alerts)
            self.on_announce(alerts)
            self.changed()

    def changed(self) -> None:
        """Tell the screens that something is new."""
        with self._lock:
            watchers = tuple(self._watchers)
        for watcher in watchers:
            watcher()

    def state(self) -> ScreenState:
        """Return the present moment."""
        queue = self.board.queue()
        with self._lock:
            strip = tuple(reversed(self._strip.values()))
            muted = frozenset(self._muted)
        return ScreenState(
            alerts=tuple(self._view(alert) for alert in queue[:QUEUE_WINDOW]),
            waiting=len(queue),
            sightings=strip,
            health=self.around.health(),
            driving=self.around.driving(),
            cameras=self.around.cameras,
            lists=self.lists.views(muted),
            engine_silent_s=self.around.engine_silent_s(),
            decided_count=len(self.board.finished()),
        )

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called after each change; returns what ends that."""
        with self._lock:
            self._watchers.append(changed)

        def end() -> None:
            with self._lock:
                if changed in self._watchers:
                    self._watchers.remove(changed)

        return end

    def alert(self, alert_id: int) -> AlertView | None:
        """Return an alert that is kept, or None."""
        try:
            return self._view(self.board.get(alert_id))
        except InputError:
            return None

    def queue(self, start: int, count: int) -> tuple[AlertView, ...]:
        """Return a part of the queue."""
        return tuple(self._view(alert) for alert in self.board.queue()[start : start + count])

    def picture(self, picture_id: str) -> bytes | None:
        """Return a picture as JPEG, or None when it is no longer kept."""
        with self._lock:
            image = self._raw.get(picture_id)
            if image is None:
                return self._encoded.get(picture_id)
        return _jpeg(image, JPEG_QUALITY)

    def live_picture(self, camera_id: str) -> bytes | None:
        """Return the camera's newest picture, small, or None."""
        image = self.around.newest_image(camera_id)
        if image is None:
            return None
        height, width = image.shape[:2]
        scale = min(LIVE_WIDTH / width, 1.0)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        return _jpeg(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), 70)

    def acknowledge(self, alert_id: int, actor: str) -> None:
        """Note that the crew has seen the alert."""
        changed = self.board.acknowledge(alert_id, self.around.clock_utc())
        if changed:
            with self._lock:
                self._shown.setdefault(alert_id, _Shown()).acknowledged_by = actor
        self.announce(changed)

    def decide(self, alert_id: int, choice: Choice, actor: str) -> None:
        """Take a decision on a hit; raises AccessDenied or InputError as `require_permitted` and the board do."""
        alert = self.board.get(alert_id)
        if alert.kind is not AlertKind.HIT:
            raise InputError("a fault needs no decision: it clears when its cause is gone")
        if alert.state is AlertState.DECIDED:
            raise InputError("this alert is decided already: see the history")
        led = alert.hits[0]
        require_permitted(choice, read_vrm=led.sighting.text, list_vrm=led.entry.vrm)
        now = self.around.clock_utc()
        changed = self.board.decide(alert_id, choice.decision.value, now)
        with self._lock:
            shown = self._shown.setdefault(alert_id, _Shown())
            shown.decided = DecidedView(choice.decision.value, choice.note, choice.typed_vrm, actor, iso(now))
            camera_id = shown.camera_id or led.sighting.camera_id
        self.records.decision(alert_id, camera_id, choice, actor)
        self.announce(changed)

    def record_stop(self, alert_id: int, answers: Mapping[str, str], actor: str) -> None:
        """Keep the stop record of a confirmed hit."""
        self.board.get(alert_id)
        with self._lock:
            shown = self._shown.setdefault(alert_id, _Shown())
            if shown.decided is None or shown.decided.decision != Decision.CONFIRMED.value:
                raise InputError("a stop is recorded after the hit was confirmed: confirm it first")
            made = shown.decided
            shown.decided = DecidedView(
                made.decision, made.note, made.typed_vrm, made.actor, made.decided_utc, stop_recorded=True
            )
        self.records.stop(alert_id, shown.camera_id, answers, actor)
        self.changed()

    def mute(self, list_name: str, muted: bool, actor: str) -> None:
        """Silence a list's alerts, or no longer; the lists of the highest priority cannot be silenced."""
        del actor
        views = self.lists.views(frozenset())
        highest = max((view.priority for view in views), default=100)
        if muted and any(view.name == list_name and view.priority >= highest for view in views):
            raise InputError("the most important list cannot be muted")
        with self._lock:
            (self._muted.add if muted else self._muted.discard)(list_name)
        self.changed()

    def look_up(self, vrm: str, actor: str) -> LookUp:
        """Return the entries and recorded sightings of a mark."""
        del actor
        mark = normalise(vrm)
        return LookUp(mark, self.lists.look_up(mark), tuple(map(_recorded_view, self.records.sightings_of(mark))))

    def add_entry(self, entry: NewEntry, actor: str) -> None:
        """Add an entry by hand."""
        del actor
        self.lists.add(entry)
        self.changed()

    def set_list_enabled(self, list_name: str, enabled: bool, actor: str) -> None:
        """Switch a list on or off."""
        del actor
        self.lists.set_enabled(list_name, enabled)
        self.changed()

    def history(self, before: int | None, count: int) -> HistoryPage:
        """Return decided and cleared alerts, newest first."""
        older = [a for a in self.board.finished() if before is None or a.alert_id < before]
        page = older[:count]
        more = len(older) > count and bool(page)
        return HistoryPage(tuple(self._view(a) for a in page), page[-1].alert_id if more else None)

    def misread_rates(self) -> tuple[MisreadRate, ...]:
        """Return the measured misread rate of each camera."""
        return misread_rates((camera, Decision(decision)) for camera, decision in self.records.decisions())

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take a measurement from grab to paint."""
        self.records.painted(alert_id, paint_ms)

    def _view(self, alert: Alert) -> AlertView:
        with self._lock:
            shown = self._shown.get(alert.alert_id, _Shown())
            muted = bool(alert.hits) and all(h.hotlist.name in self._muted for h in alert.hits)
            return alert_view(
                alert,
                captured_ns=shown.captured_ns,
                plate_picture=shown.plate,
                overview_picture=shown.overview,
                muted=muted,
                acknowledged_by=shown.acknowledged_by,
                decided=shown.decided,
            )

    def _keep(self, sighting: Sighting) -> tuple[str, str]:
        """Keep the pictures of a sighting and return their opaque ids; one id for each distinct picture."""
        return self._keep_one(sighting.plate_image), self._keep_one(sighting.overview_image)

    def _keep_one(self, image: Image | None) -> str:
        if image is None:
            return ""
        known = self._picture_ids.get(id(image))
        if known is not None and self._raw.get(known) is image:
            return known
        picture_id = secrets.token_urlsafe(12)
        self._raw[picture_id] = image
        self._picture_ids[id(image)] = picture_id
        while len(self._raw) > KEPT_RAW:
            oldest_id, oldest = self._raw.popitem(last=False)
            self._picture_ids.pop(id(oldest), None)
            self._encoded[oldest_id] = _jpeg(oldest, JPEG_QUALITY) or b""
        while len(self._encoded) > KEPT_PICTURES:
            self._encoded.popitem(last=False)
        return picture_id


def _jpeg(image: Image, quality: int) -> bytes | None:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes() if done else None


def _recorded_view(recorded: RecordedSighting) -> SightingView:
    place = None
    if recorded.latitude_deg is not None and recorded.longitude_deg is not None:
        place = PlaceView(recorded.latitude_deg, recorded.longitude_deg, stale=False, heading_deg=recorded.heading_deg)
    return SightingView(
        recorded.sighting_id, recorded.vrm, recorded.confidence, recorded.camera_id, iso(recorded.last_utc),
        recorded.motion, "", "", recorded.alternatives[1:4], place,
    )  # fmt: skip
