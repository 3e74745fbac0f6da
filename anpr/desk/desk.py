"""The engine as its crew sees it: implements `anpr.screen.port.CrewDesk` on the real board, lists and records.

Any thread may call it. Perception only hands over references; pictures are encoded when a screen asks for them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from threading import Lock, RLock
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.alerting.decisions import Choice, Decision, require_permitted
from anpr.alerting.disclosure import shown_hits
from anpr.alerting.lifecycle import FINISHED
from anpr.alerting.misreads import MisreadRate, misread_rates
from anpr.desk.by_hand import HandMade
from anpr.desk.enquiring import AlertEnquiries
from anpr.desk.history import history_page
from anpr.desk.lists import FOUND, HotlistCrewLists
from anpr.desk.pictures import CrewPictures, live_jpeg
from anpr.desk.records import CrewRecords
from anpr.desk.strip import Strip
from anpr.desk.surroundings import DeskSurroundings
from anpr.engine.engine import Step
from anpr.errors import InputError
from anpr.records.alerts import RecordedAlert
from anpr.screen.doubt import comparison
from anpr.screen.hand_port import NewEntry
from anpr.screen.port import (
    FURTHER_UNSEEN,
    QUEUE_WINDOW,
    AlertView,
    DecidedView,
    Enter,
    HistoryPage,
    LookUp,
    ScreenState,
    not_entered,
)
from anpr.screen.rules import ScreenRules, screen_rules
from anpr.screen.views import alert_view, iso, sighting_view
from anpr.values import Alert, AlertKind

_FORGET_EVERY: Final = 1000
"""After so many alerts, what is known of those that the board has let go is forgotten."""


@dataclass(slots=True)
class _Shown:
    """What only the desk knows of an alert."""

    captured_ns: int = 0
    acknowledged_by: str = ""
    decided: DecidedView | None = None


@dataclass(slots=True)
class EngineDesk:
    """The desk of one car; `on_announce` gets alerts that come from outside the engine's steps."""

    board: AlertBoard
    lists: HotlistCrewLists
    records: CrewRecords
    around: DeskSurroundings
    on_announce: Callable[[tuple[Alert, ...]], None] = lambda _: None
    rules: ScreenRules = field(default_factory=screen_rules)
    """By which a confirmation is refused; those of the screen that shows this desk."""
    numbers_from: int = 0
    """Sightings of the strip and captures are numbered from here on, so that a page mistakes none of an earlier run for one
    of this run."""
    enquiries: AlertEnquiries | None = None
    """What is asked about alerts; None: nothing."""
    hand: HandMade = field(init=False)
    _shown: dict[int, _Shown] = field(default_factory=dict)
    _pictures: CrewPictures = field(init=False)
    _strip: Strip = field(init=False)
    _muted: set[str] = field(default_factory=set)
    _watchers: list[Callable[[], None]] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)
    _deciding: Lock = field(default_factory=Lock)
    """Held while decisions and the audit are written, which may take its time: nothing that perception waits for."""
    _forget_at: int = _FORGET_EVERY

    def __post_init__(self) -> None:
        self._pictures = CrewPictures(self.records.picture)
        self._strip = Strip(self.numbers_from)
        self.hand = HandMade(
            self.board, self.lists, self.records, self._pictures, self.around, self._strip, self._made_by_hand,
            self.numbers_from + 1,
        )  # fmt: skip

    def take_up(self, earlier: Iterable[RecordedAlert]) -> None:
        """Put undecided alerts of earlier runs into the queue again."""
        for one in earlier:
            self.board.restore(one.alert)

    def show(self, step: Step) -> None:
        """Show what a step of the engine brought; called by the perception thread, so it only keeps references."""
        news = bool(step.faults)
        with self._lock:
            for gone, kept in step.result.absorbed if step.result is not None else ():
                news = self._strip.join(gone, kept) or news
            for matched in step.sightings:
                sighting = matched.sighting
                if not sighting.text:
                    news = self._strip.take(sighting) or bool(matched.alerts) or news
                    continue
                self._pictures.keep(sighting)
                for alert in matched.alerts:
                    shown = self._shown.setdefault(alert.alert_id, _Shown())
                    if not sighting.typed_by:  # what is typed comes long after its frame
                        shown.captured_ns = shown.captured_ns or sighting.last_ns
                    news = True
                if not sighting.engine_read:  # a correction stands where the engine's read stood
                    possible = any(hit.possible for hit in shown_hits(matched.hits))
                    news = self._strip.take(sighting.lasting(), possible=possible) or news
            self._forget()
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
        now = self.around.clock_utc()
        queue = self.board.queue(0, QUEUE_WINDOW)
        unseen = self.board.unseen_beyond(QUEUE_WINDOW, FURTHER_UNSEEN)
        waiting, finished = self.board.counts()
        with self._lock:
            strip = self._strip.views
            muted = frozenset(self._muted)
        lists = self.lists.views(muted)
        ages_s = {(one.name, one.revision): one.age_s for one in lists}
        return ScreenState(
            alerts=tuple(self._view(alert, now, ages_s) for alert in queue),
            unseen=tuple(self._view(alert, now, ages_s) for alert in unseen),
            waiting=waiting,
            sightings=strip,
            health=self.around.health(),
            driving=self.around.driving(),
            cameras=self.around.cameras,
            lists=lists,
            engine_silent_s=self.around.engine_silent_s(),
            decided_count=finished,
            reading=self.around.reading(),
            faults=len(self.board.standing_faults()),
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
        """Return an alert that is kept, or None; one that the board has let go, or of an earlier run, from the records."""
        try:
            return self._viewed((self.board.get(alert_id),))[0]
        except InputError:
            past = self.history(alert_id + 1, 1).alerts
            return next((alert for alert in past if alert.alert_id == alert_id), None)

    def queue(self, start: int, count: int) -> tuple[AlertView, ...]:
        """Return a part of the queue."""
        return self._viewed(self.board.queue(start, count))

    def picture(self, picture_id: str) -> bytes | None:
        """Return a picture as JPEG, or None when it is no longer kept."""
        return self._pictures.picture(picture_id)

    def live_picture(self, camera_id: str) -> bytes | None:
        """Return the camera's newest picture, small, or None."""
        frame = self.around.newest_frame(camera_id)
        return live_jpeg(frame.image) if frame is not None else None

    def acknowledge(self, alert_id: int, actor: str) -> None:
        """Note that the crew has seen the alert."""
        changed = self.board.acknowledge(alert_id, self.around.clock_utc())
        if changed:
            with self._lock:
                self._shown.setdefault(alert_id, _Shown()).acknowledged_by = actor
        self.announce(changed)

    def decide(self, alert_id: int, choice: Choice, actor: str, enter: Enter = not_entered) -> None:
        """Take a decision on a hit; raises AccessDenied or InputError as `require_permitted` and the board do."""
        with self._deciding:  # of two screens that decide at once, the second is told so
            alert = self.board.get(alert_id)
            if alert.kind is not AlertKind.HIT:
                raise InputError("a fault needs no decision: it clears when its cause is gone")
            if alert.state in FINISHED:
                raise InputError("this alert is decided already: see the history")
            led = alert.hits[0]
            require_permitted(choice, comparison(self._viewed((alert,))[0], self.rules))
            # what a person typed says nothing of how well a camera reads
            camera_id = "" if led.sighting.typed_by else led.sighting.camera_id
            self.records.decision(alert_id, camera_id, choice, actor, enter)
            now = self.around.clock_utc()
            changed = self.board.decide(alert_id, choice.decision.value, now, on=alert, typed_vrm=choice.typed_vrm)
            with self._lock:
                shown = self._shown.setdefault(alert_id, _Shown())
                shown.decided = DecidedView(choice.decision.value, choice.note, choice.typed_vrm, actor, iso(now))
        self.announce(changed)
        if choice.typed_vrm and choice.typed_vrm != led.sighting.text:
            self.hand.typed(led.sighting, choice.typed_vrm, actor)
        elif choice.typed_vrm:  # the engine's read: what else it was hit on went with this alert
            self.hand.typed_on(alert_id, choice.typed_vrm, actor)

    def record_stop(self, alert_id: int, answers: Mapping[str, str], actor: str, enter: Enter = not_entered) -> None:
        """Keep the stop record of a confirmed hit."""
        with self._deciding:
            alert = self.alert(alert_id)
            decided = None if alert is None else alert.decided
            if alert is None or decided is None or decided.decision != Decision.CONFIRMED.value:
                raise InputError("a stop is recorded after the hit was confirmed: confirm it first")
            self.records.stop(alert_id, alert.camera_id, answers, actor, enter)
            made = replace(decided, stop_recorded=True, stop=tuple(answers.items()))
            with self._lock:
                if alert_id in self._shown:
                    self._shown[alert_id].decided = made
        self.changed()

    def mute(self, list_name: str, muted: bool, actor: str, enter: Enter = not_entered) -> None:
        """Silence a list's alerts, or no longer; the lists of the highest priority cannot be silenced."""
        del actor
        views = self.lists.views(frozenset())
        highest = max((view.priority for view in views), default=100)
        if muted and any(view.name == list_name and view.priority >= highest for view in views):
            raise InputError("the most important list cannot be muted")
        enter()
        with self._lock:
            (self._muted.add if muted else self._muted.discard)(list_name)
        self.changed()

    def look_up(self, vrm: str, actor: str) -> LookUp:
        """Return the entries and recorded sightings of a mark."""
        del actor
        listed, listed_count = self.lists.look_up(vrm, FOUND)
        seen, seen_count = self.records.sightings_of(vrm, FOUND)
        views = tuple(sighting_view(one.sighting_id, one.sighting) for one in seen)
        return LookUp(vrm, listed, views, listed_count, seen_count)

    def add_entry(self, entry: NewEntry, actor: str, enter: Enter = not_entered) -> None:
        """Add an entry by hand."""
        self.lists.add(entry, enter, actor)
        self.changed()

    def set_list_enabled(self, list_name: str, enabled: bool, actor: str, enter: Enter = not_entered) -> None:
        """Switch a list on or off."""
        del actor
        self.lists.set_enabled(list_name, enabled, enter)
        self.changed()

    def history(self, before: int | None, count: int, *, hits_only: bool = False) -> HistoryPage:
        """Return decided and cleared alerts, newest first, and those of earlier runs that wait no more."""
        over = (a for a in self.board.finished(before) if not hits_only or a.kind is AlertKind.HIT)
        finished = self._viewed(tuple(islice(over, count + 1)))
        run_from = self.board.first_id
        waiting = frozenset(a.alert_id for a in self.board.queue() if a.alert_id < run_from)
        recorded = self.records.past_alerts(
            before, count + 1, run_from=run_from, waiting=waiting, lists=self.lists.shown(), hits_only=hits_only
        )
        return history_page(finished, recorded, count, self.records.not_decided())

    def misread_rates(self) -> tuple[MisreadRate, ...]:
        """Return the measured misread rate of each camera."""
        return misread_rates((camera, Decision(decision)) for camera, decision in self.records.decisions() if camera)

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take a measurement from grab to paint."""
        self.records.painted(alert_id, paint_ms)

    def _made_by_hand(self, step: Step) -> None:
        """Show and record what was made by hand as what the engine brings."""
        self.show(step)
        self.records.step(step)
        self.on_announce(tuple(alert for matched in step.sightings for alert in matched.alerts))
        self.changed()

    def _viewed(self, alerts: Iterable[Alert]) -> tuple[AlertView, ...]:
        now = self.around.clock_utc()
        ages_s = {(one.name, one.revision): one.age_s for one in self.lists.views(frozenset())}
        return tuple(self._view(alert, now, ages_s) for alert in alerts)

    def _view(self, alert: Alert, now: datetime, ages_s: Mapping[tuple[str, int], float]) -> AlertView:
        """Return the alert as it is now; of one that is over, the lists are as old as they were then."""
        over = alert.state in FINISHED
        with self._lock:
            shown = self._shown.get(alert.alert_id, _Shown())
            muted = bool(alert.hits) and all(h.hotlist.name in self._muted for h in alert.hits)
            return alert_view(
                alert,
                at_utc=alert.steps[-1].at_utc if over and alert.steps else now,
                list_ages_s={} if over else ages_s,
                captured_ns=shown.captured_ns,
                view_deg=self.around.view_deg.get(alert.hits[0].sighting.camera_id, 0.0) if alert.hits else 0.0,
                muted=muted,
                acknowledged_by=(shown.acknowledged_by or "crew") if alert.seen else "",
                decided=shown.decided,
                enquiry=self.enquiries.answer(alert.alert_id) if self.enquiries is not None else None,
            )

    def _forget(self) -> None:
        """Forget what is known of alerts that the board has let go; asked with each step, done now and then."""
        if len(self._shown) < self._forget_at:
            return
        kept = {alert.alert_id for alert in (*self.board.queue(), *self.board.finished())}
        self._shown = {alert_id: shown for alert_id, shown in self._shown.items() if alert_id in kept}
        self._forget_at = len(self._shown) + _FORGET_EVERY
