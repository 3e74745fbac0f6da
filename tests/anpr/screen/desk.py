"""A crew desk in memory: the whole of `CrewDesk`, with alerts that tests raise, revise and withdraw.

For hostile clients, for speed and for what pages show. What a crew's actions bring about is tested on the real desk
(`tests.anpr.real_desk`).
"""

import bisect
import dataclasses
import secrets
import shutil
import tempfile
import time
import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import Event, RLock
from typing import Any

from anpr.alerting.decisions import Choice, Decision, require_permitted
from anpr.alerting.misreads import MisreadRate, misread_rates
from anpr.config.data_folder import records_db, tablet_key
from anpr.desk.lists import FOUND
from anpr.desk.records import CrewRecords, typed_back
from anpr.desk.stops import CrewStops
from anpr.engine.latency import LatencyBook
from anpr.errors import AccessDenied, InputError
from anpr.screen.doubt import comparison
from anpr.screen.hand_port import NewEntry
from anpr.screen.moment import Moment
from anpr.screen.port import (
    FURTHER_UNSEEN,
    QUEUE_WINDOW,
    AlertView,
    CameraView,
    DecidedView,
    DrivingView,
    Enter,
    HealthMark,
    HistoryPage,
    LookUp,
    ReadingState,
    ReadingView,
    ScreenState,
    SightingView,
    not_entered,
)
from anpr.screen.rules import screen_rules
from anpr.screen.views import alert_view, iso, sighting_view
from anpr.trust.tablet_key import TabletKey
from anpr.values import Alert, AlertKind, AlertState, Fault, Hidden, Hit, HotlistEntry, Motion, Position, Sighting
from anpr.vrm import ALPHABET, fold
from hotlists.matching.wildcards import matches
from tests.anpr.screen.hand import MemoryHand
from tests.anpr.screen.made_up import HEALTHY, HOTLISTS, START, added_view, evidence, list_view
from tests.anpr.screen.scenes import overview_jpeg, plate_jpeg

_MOMENT = frozenset(field.name for field in dataclasses.fields(Moment))


class MemoryDesk:
    """`CrewDesk` without an engine. Times run from `START` and move with `pass_time`."""

    def __init__(self, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.clock_ns = clock_ns
        self.now = START
        self.lock = RLock()
        self.hung = Event()
        self.hung.set()
        self.changed: list[Callable[[], None]] = []
        self.alerts: dict[int, AlertView] = {}
        self.raw: dict[int, Alert] = {}
        self.order: list[tuple[bool, int, int]] = []
        self.done: list[int] = []
        self.pictures: OrderedDict[str, tuple[str, str, int]] = OrderedDict()
        self.sightings: list[SightingView] = []
        self.health: tuple[HealthMark, ...] = HEALTHY
        self.driving = DrivingView(0.0, True, 52.48, -1.9)
        self.cameras = (CameraView("front", "Front", "front"), CameraView("rear", "Rear", "rear"))
        self.muted: set[str] = set()
        self.disabled: set[str] = set()
        self.added: list[NewEntry] = []
        self.entries: list[HotlistEntry] = []
        self.stop_answers: dict[int, dict[str, str]] = {}
        self.choices: dict[int, tuple[Choice, str]] = {}
        self.paints: list[tuple[int, float]] = []
        self.silent_s = 0.0
        self.reading = ReadingView(ReadingState.READING)
        self.next_id = 1
        self.quiet = False
        self.rules = screen_rules()
        self.hand = MemoryHand(self)
        self.own_lists: tuple[str, ...] = ("Local VOI",)

    # what tests do

    def tell(self) -> None:
        if self.quiet:
            return
        for changed in list(self.changed):
            changed()

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def hit(
        self,
        vrm: str,
        list_name: str = "PNC stolen",
        *,
        read: str | None = None,
        unsure: Mapping[int, tuple[str, float]] | None = None,
        probability: float = 0.97,
        motion: Motion = Motion.AWAY,
        camera: str = "front",
        also: tuple[str, ...] = (),
        past: bool = False,
        hidden: tuple[Hidden, ...] = (),
        **entry: str,
    ) -> int:
        """Raise an alert and return its id."""
        with self.lock:
            alert_id = self.next_id
            self.next_id += 1
            text = read or vrm
            seen_ns = self.clock_ns() - 40_000_000
            ok = text if all(c in ALPHABET for c in text) else ""
            sighting = Sighting(
                alert_id, camera, 0, False, text, probability, ((text, probability),), evidence(ok, unsure), (),
                seen_ns, seen_ns, self.now, self.now, motion, Position(52.4796, -1.9026, self.now, 0.4, False, 12.0, 48.0),
                pictures_id=self.keep(text, alert_id), pictured_utc=self.now, hidden=hidden,
            )  # fmt: skip
            fields = {"make": "FORD", "model": "FIESTA", "colour": "BLUE", "action": "STOP", **entry}
            hits = []
            for name in (list_name, *also):
                row = HotlistEntry(vrm, name, 0, **fields)
                self.entries.append(row)
                exact = not hidden and fold(text) == fold(vrm)
                hits.append(
                    Hit(
                        sighting, row, HOTLISTS[name], probability, exact, text, 3 * 3600.0, possible=bool(hidden),
                        offer=float(bool(hidden)),
                    )
                )  # fmt: skip
            alert = Alert(
                alert_id, AlertKind.HIT, AlertState.RAISED, HOTLISTS[list_name].priority, self.now, 40.0, tuple(hits),
                probability=probability, past=past,
            )  # fmt: skip
            self.raw[alert_id] = alert
            self._put(alert_view(alert, captured_ns=seen_ns, muted=list_name in self.muted))
        self.tell()
        return alert_id

    def fault(self, name: str, subject: str, text: str, remedy: str, priority: int = 60) -> int:
        with self.lock:
            alert_id = self.next_id
            self.next_id += 1
            fault = Fault(name, subject, text, remedy, self.now, priority)
            alert = Alert(alert_id, AlertKind.FAULT, AlertState.RAISED, priority, self.now, fault=fault)
            self.raw[alert_id] = alert
            self._put(alert_view(alert, captured_ns=0))
        self.tell()
        return alert_id

    def revise(self, alert_id: int, **changes: Any) -> None:
        """Replace fields of an alert's view or of the moment that it shows, as later evidence does."""
        with self.lock:
            view = self.alerts[alert_id]
            moment = changes.pop("moment", view.moment)
            of_moment = {name: changes.pop(name) for name in _MOMENT & changes.keys()}
            self._put(dataclasses.replace(view, **changes, moment=dataclasses.replace(moment, **of_moment)))
        self.tell()

    def sight(
        self, vrm: str, confidence: float = 0.98, camera: str = "front", *, hidden: tuple[Hidden, ...] = (),
        possible: bool = False,
    ) -> None:  # fmt: skip
        with self.lock:
            number = len(self.sightings) + 1
            sighting = Sighting(
                number, camera, 0, True, vrm, confidence, ((vrm, confidence), (vrm[:-1] + "X", 0.01)), evidence(vrm), (),
                0, 0, self.now, self.now, Motion.TOWARDS, Position(52.4796, -1.9026, self.now, 0.4, False, 12.0, 48.0),
                pictures_id=self.keep(vrm, number), pictured_utc=self.now, hidden=hidden,
            )  # fmt: skip
            view = dataclasses.replace(sighting_view(number, sighting), correctable=True, possible=possible)
            self.sightings.insert(0, view)
        self.tell()

    def drive(self, speed_mps: float | None, trustworthy: bool = True) -> None:
        self.driving = dataclasses.replace(self.driving, speed_mps=speed_mps, trustworthy=trustworthy)
        self.tell()

    def pass_by(self, alert_id: int, seconds: float, distance_m: int | None = None) -> None:
        """Have the vehicle of an alert last be seen so many seconds ago, at a distance."""
        moment = dataclasses.replace(self.alerts[alert_id].moment, seen_utc=iso(self.now - timedelta(seconds=seconds)))
        seen_ns = self.clock_ns() - round(seconds * 1e9)
        self.revise(alert_id, last_seen_ns=seen_ns, moment=moment, distance_m=distance_m)

    def set_reading(self, state: ReadingState, text: str = "", remedy: str = "") -> None:
        self.reading = ReadingView(state, text, remedy)
        self.tell()

    def set_health(self, name: str, level: str, text: str, remedy: str = "") -> None:
        mark = HealthMark(name, level, text, remedy)
        self.health = tuple(mark if old.name == name else old for old in self.health)
        self.tell()

    def keep(self, vrm: str, seed: int) -> str:
        """Keep pictures of a vehicle and return their name."""
        name = secrets.token_hex(9)
        for kind in ("plate", "overview"):
            self.pictures[f"{name}-{kind}"] = (kind, vrm, seed)
        return name

    def _put(self, view: AlertView) -> None:
        key = (view.kind == "fault", -view.priority, view.alert_id)
        waiting = view.decided is None and view.state != "cleared"
        place = bisect.bisect_left(self.order, key)
        queued = place < len(self.order) and self.order[place] == key
        if waiting and not queued:
            self.order.insert(place, key)
        elif not waiting and queued:
            del self.order[place]
            self.done.append(view.alert_id)
        self.alerts[view.alert_id] = view

    # what the screen does

    @cached_property
    def stops(self) -> CrewStops:
        """The real ones, on a records file of their own."""
        folder = Path(tempfile.mkdtemp())
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        records = CrewRecords(records_db(folder), lambda _: None, LatencyBook(), lambda: self.now)
        return CrewStops(
            records, self.picture, lambda: (52.4796, -1.9026, 48.0), lambda: self.now,
            lambda: TabletKey.open(tablet_key(folder)), self.tell,
        )  # fmt: skip

    def state(self) -> ScreenState:
        self.hung.wait()
        with self.lock:
            return ScreenState(
                self._window(0, QUEUE_WINDOW), len(self.order), tuple(self.sightings[:12]), self.health, self.driving,
                self.cameras, tuple(list_view(info, self.disabled, self.muted, self.own_lists) for info in HOTLISTS.values()), self.silent_s, len(self.done),
                self._unseen(), self.reading, sum(self.alerts[n].kind == "fault" for *_, n in self.order),
                self.stops.revisions if "stops" in vars(self) else {},
            )  # fmt: skip

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        self.changed.append(changed)
        return lambda: self.changed.remove(changed)

    def alert(self, alert_id: int) -> AlertView | None:
        return self.alerts.get(alert_id)

    def queue(self, start: int, count: int) -> tuple[AlertView, ...]:
        with self.lock:
            return self._window(start, count)

    def picture(self, picture_id: str) -> bytes | None:
        if picture_id not in self.pictures:
            return None
        kind, vrm, seed = self.pictures[picture_id]
        return plate_jpeg(vrm, seed) if kind == "plate" else overview_jpeg(vrm, seed)

    def live_picture(self, camera_id: str) -> bytes | None:
        return overview_jpeg("LD24ABC", 3, 640) if camera_id == "front" else None

    def acknowledge(self, alert_id: int, actor: str) -> None:
        with self.lock:
            view = self._known(alert_id)
            if not view.acknowledged_by:
                self._put(dataclasses.replace(view, acknowledged_by=actor))
        self.tell()

    def decide(self, alert_id: int, choice: Choice, actor: str, enter: Enter = not_entered) -> None:
        with self.lock:
            view = self._known(alert_id)
            if view.kind != "hit" or view.decided is not None:
                raise InputError("this alert is decided already")
            require_permitted(choice, comparison(view, self.rules))
            enter()
            self.choices[alert_id] = (choice, actor)
            decided = DecidedView(choice.decision.value, choice.note, typed_back(choice), actor, iso(self.now))
            self._put(dataclasses.replace(view, decided=decided, state="decided", acknowledged_by=actor))
        self.tell()

    def record_stop(self, alert_id: int, answers: Mapping[str, str], actor: str, enter: Enter = not_entered) -> None:
        with self.lock:
            view = self._known(alert_id)
            assert view.decided is not None
            enter()
            self.stop_answers[alert_id] = dict(answers)
            decided = dataclasses.replace(view.decided, stop_recorded=True, stop=tuple(answers.items()))
            self._put(dataclasses.replace(view, decided=decided))
        self.tell()

    def mute(self, list_name: str, muted: bool, actor: str, enter: Enter = not_entered) -> None:
        with self.lock:
            enter()
            (self.muted.add if muted else self.muted.discard)(list_name)
            for view in list(self.alerts.values()):
                if view.listed and view.listed[0].entry.list_name == list_name:
                    self._put(dataclasses.replace(view, muted=muted))
        self.tell()

    def look_up(self, vrm: str, actor: str) -> LookUp:
        with self.lock:
            listed = {
                (view.entry.list_name, view.entry.vrm): view
                for alert in self.alerts.values()
                for view in alert.listed
                if matches(vrm, view.entry.vrm)
            }
            seen = tuple(s for s in self.sightings if matches(vrm, s.vrm))
            added = tuple(added_view(entry) for entry in self.added if matches(vrm, entry.vrm))
            found = tuple(listed.values()) + added
            return LookUp(vrm, found[:FOUND], seen[:FOUND], len(found), len(seen))

    def add_entry(self, entry: NewEntry, actor: str, enter: Enter = not_entered) -> None:
        if entry.list_name not in (self.own_lists or ("Crew list",)):
            raise AccessDenied("crews may not add to this list")
        enter()
        self.added.append(entry)
        self.tell()

    def set_list_enabled(self, list_name: str, enabled: bool, actor: str, enter: Enter = not_entered) -> None:
        if not HOTLISTS[list_name].crew_may_disable:
            raise AccessDenied("this list may not be switched off in the car")
        enter()
        (self.disabled.discard if enabled else self.disabled.add)(list_name)
        self.tell()

    def history(self, before: int | None, count: int, *, hits_only: bool = False) -> HistoryPage:
        with self.lock:
            done = [n for n in self.done if not hits_only or self.alerts[n].kind == "hit"]
            end = len(done) if before is None else before
            ids = done[max(0, end - count) : end][::-1]
            return HistoryPage(tuple(self.alerts[i] for i in ids), end - count if end > count else None)

    def misread_rates(self) -> tuple[MisreadRate, ...]:
        with self.lock:
            return misread_rates(
                (view.camera_id, Decision(view.decided.decision)) for view in self.alerts.values() if view.decided
            )

    def painted(self, alert_id: int, paint_ms: float) -> None:
        self.paints.append((alert_id, paint_ms))

    def counts(self) -> Counter[str]:
        return Counter(view.state for view in self.alerts.values())

    def _known(self, alert_id: int) -> AlertView:
        if alert_id not in self.alerts:
            raise InputError("there is no such alert")
        return self.alerts[alert_id]

    def _window(self, start: int, count: int) -> tuple[AlertView, ...]:
        return tuple(self.alerts[number] for *_, number in self.order[start : start + count])

    def _unseen(self) -> tuple[AlertView, ...]:
        """The first and the latest of those beyond the window that nobody has seen."""
        beyond = [n for *_, n in self.order[QUEUE_WINDOW:] if not self.alerts[n].acknowledged_by]
        chosen = {*beyond[:FURTHER_UNSEEN], *sorted(beyond)[-FURTHER_UNSEEN:]}
        return tuple(self.alerts[n] for n in beyond if n in chosen)
