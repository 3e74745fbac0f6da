"""Which alert a version of a track belongs to, and what it does to it.

- A hit is **raised** where no alert of the same vehicle is in its encounter, and else **folded** into that alert: the same
  vehicle, seen on and off. An alert that the crew decided to be a wrong plate or a wrong vehicle, one that was withdrawn,
  one that time has closed, and one of an earlier run take nothing in. A hit on a further list asks for the crew's attention
  again; where the crew had decided, it is an alert of its own.
- A track that was folded into an alert and turns out to be another vehicle leaves it as it was.
- What an alert's only track reads otherwise is **corrected**; where the crew had decided, that is a new alert.
- A vehicle of which a character may be hidden is told by the listed mark that it may be. Seen whole it is the same alert, which
  asks to be seen again; where the crew had decided and not confirmed it, that is a new alert.
- A vehicle that comes back after the encounter is a new alert, which says how often and when it was met before.

A vehicle is told by its mark (`anpr.alerting.encounter.mark_of`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from anpr.alerting import lifecycle
from anpr.alerting.decisions import Decision
from anpr.alerting.encounter import Encounter, Support, entries_of, fallen, led_by, mark_of, passing
from anpr.alerting.lifecycle import AlertSettings
from anpr.alerting.met import OTHER_VEHICLE, MetBefore
from anpr.alerting.queue import AlertQueue
from anpr.alerting.steps import last_decision
from anpr.values import Alert, AlertState, Hit, SeenBefore, Sighting
from anpr.vrm import fold


@dataclass(slots=True)
class Following:
    """The tracks in view and the encounters of alerts in `queue`, which it changes; owned by the alert board."""

    queue: AlertQueue
    settings: AlertSettings
    met: MetBefore
    take_id: Callable[[], int]
    by_track: dict[int, int] = field(default_factory=dict)
    """The alert that each track in view belongs to."""
    encounters: dict[int, Encounter] = field(default_factory=dict)
    absorbed: dict[int, list[int]] = field(default_factory=dict)
    """Alerts whose track was absorbed by this one, until this one has said whether they hold."""
    shift_from: int = 0
    """Alerts below this id are of an earlier shift: no vehicle counts as met before because of them."""

    def begin_shift(self, first_id: int) -> None:
        """Forget all tracks, encounters and vehicles that were met: alerts of this shift begin with this id."""
        self.by_track, self.encounters, self.absorbed = {}, {}, {}
        self.met, self.shift_from = MetBefore(), first_id

    def consider(
        self, sighting: Sighting, hits: Sequence[Hit], *, now_utc: datetime, frame_age_ms: float
    ) -> tuple[Alert, ...]:
        """Raise, change or withdraw the alerts of this track, given what it matches now; return those that changed."""
        lasting = sighting.lasting()
        hits = tuple(replace(hit, sighting=lasting) for hit in hits)
        changed: dict[int, Alert] = {}
        over = passing(hits)
        standing = self.by_track.get(sighting.track_id)
        if standing is not None and self.queue.get(standing).state is AlertState.NOT_DECIDED:
            del self.by_track[sighting.track_id]  # closed while the vehicle is about: by a step of the clock
        elif standing is not None:
            over = self._follow(standing, sighting, hits, over, now_utc, changed)
        if over:
            self._raise_or_fold(sighting, over, now_utc, frame_age_ms, changed)
        self._settle_absorbed(sighting, hits, now_utc, changed)
        if sighting.final:
            self.by_track.pop(sighting.track_id, None)
        self._forget_oldest()
        return tuple(changed.values())

    def join(self, gone: int, kept: int) -> None:
        """Take two tracks for one vehicle: `kept` speaks for both from its next version on."""
        waiting = self.absorbed.pop(gone, [])
        alert_id = self.by_track.pop(gone, None)
        if alert_id is not None:
            encounter = self.encounters.get(alert_id)
            support = encounter.supports.pop(gone, None) if encounter is not None else None
            if self.by_track.setdefault(kept, alert_id) != alert_id:
                waiting.append(alert_id)
            elif encounter is not None and support is not None:
                encounter.supports.setdefault(kept, support)
        if waiting:
            self.absorbed.setdefault(kept, []).extend(waiting)

    def shows(self, hit: Hit) -> bool:
        """Whether an alert shows this recorded sighting already, and as a hit on this list."""
        for alert in self.queue.hits_on(mark_of(hit)):
            encounter = self.encounters.get(alert.alert_id)
            supports = encounter.supports.values() if encounter is not None else ()
            for shown in (alert.hits, *(support.hits for support in supports)):
                is_it = _is_of(shown[0].sighting, hit.sighting)
                if is_it and any(h.hotlist.name == hit.hotlist.name for h in alert.hits):
                    return alert.state is not AlertState.WITHDRAWN
        return False

    def _follow(
        self,
        alert_id: int,
        sighting: Sighting,
        hits: Sequence[Hit],
        over: tuple[Hit, ...],
        now_utc: datetime,
        changed: dict[int, Alert],
    ) -> tuple[Hit, ...]:
        """Bring the alert of a track up to date with its newer version; return the hits that want another alert."""
        alert, encounter = self.queue.get(alert_id), self.encounters[alert_id]
        led, track = alert.hits[0], sighting.track_id
        if any(mark_of(h) == mark_of(led) for h in over):
            further = entries_of(_telling(over, alert)) - encounter.told
            if alert.state is AlertState.DECIDED and (further or _more_than_decided(alert, over)):
                self._leave(alert, sighting, now_utc, changed)
                return over
            encounter.hear(track, Support(led_by(over, mark_of(led)), passes=True, is_final=sighting.final))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc, asks_again=bool(further))
            return ()
        holds = encounter.holds_without(track)
        low = fallen(led, sighting, hits)
        if not over and (self.settings.holds(low) or not holds):
            encounter.hear(track, Support((low,), passes=False, is_final=sighting.final))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc)
            return ()
        if not over or holds or alert.state is AlertState.DECIDED:
            self._leave(alert, sighting, now_utc, changed)
            return over
        if self._in_encounter(over, sighting) is not None:  # the vehicle has an alert already: this one was a misread
            encounter.hear(track, Support((low,), passes=False, is_final=True))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc)
            self.by_track.pop(track, None)
            return over
        encounter.supports, encounter.told = {}, set()
        encounter.hear(track, Support(over, passes=True, is_final=sighting.final))
        changed[alert_id] = self._confirmed(lifecycle.corrected(alert, over, now_utc), sighting, now_utc)
        return ()

    def decided(self, seen: Alert, now: Alert, now_utc: datetime, typed_vrm: str) -> tuple[Alert, ...]:
        """Return alerts of their own for what a decision on `seen` does not cover.

        That is what evidence had made of the alert in that instant (`now`), and with a wrong plate or a wrong vehicle what it
        hit on other marks: on the one that was typed, if one was. The evidence of `now` goes with it.
        """
        encounter = self.encounters.get(seen.alert_id)
        if encounter is None:
            return ()
        encounter.told = entries_of(seen.hits)
        led = mark_of(seen.hits[0])
        decided = self.queue.get(seen.alert_id)
        if encounter.holds and (mark_of(now.hits[0]) != led or _more_than_decided(decided, now.hits)):
            return (self._set_apart(now.hits, encounter, seen.alert_id, now_utc),)
        marks = {fold(typed_vrm)} if typed_vrm else {mark_of(hit) for hit in seen.hits}
        others = tuple(hit for hit in seen.hits if mark_of(hit) in marks - {led})
        if not others or last_decision(decided.steps) not in OTHER_VEHICLE:
            return ()
        sighting = others[0].sighting
        own = Encounter(encounter.last_ns, encounter.last_utc)
        own.hear(sighting.track_id, Support(others, passes=True, is_final=True))
        return (self._set_apart(others, own, None, now_utc),)

    def _set_apart(self, hits: tuple[Hit, ...], encounter: Encounter, of: int | None, now_utc: datetime) -> Alert:
        """Raise an alert with this encounter; with `of`, the tracks of that alert become its own."""
        before = self._met_before(mark_of(hits[0]))
        alert = lifecycle.raised(self.take_id(), hits, now_utc, seen_before=before)
        self.encounters[alert.alert_id] = encounter
        if of is not None:
            self.encounters[of] = Encounter(encounter.last_ns, encounter.last_utc)
            encounter.told = entries_of(hits)
            self.by_track = {k: alert.alert_id if v == of else v for k, v in self.by_track.items()}
        return self._put(alert)

    def _met_before(self, mark: str) -> SeenBefore | None:
        """Return how often the vehicle of a mark was met in this shift and before."""
        return self.met.before(mark, (one for one in self.queue.hits_on(mark) if one.alert_id >= self.shift_from))

    def _leave(self, alert: Alert, sighting: Sighting, now_utc: datetime, changed: dict[int, Alert]) -> None:
        """Take a track out of the alert that is not of its vehicle, or that the crew has decided."""
        encounter = self.encounters[alert.alert_id]
        self.by_track.pop(sighting.track_id, None)
        encounter.forget(sighting.track_id)
        if encounter.holds:
            changed[alert.alert_id] = self._shown(lifecycle.other_vehicle(alert, now_utc), encounter, sighting, now_utc)

    def _raise_or_fold(
        self,
        sighting: Sighting,
        over: tuple[Hit, ...],
        now_utc: datetime,
        frame_age_ms: float,
        changed: dict[int, Alert],
    ) -> None:
        standing = self._in_encounter(over, sighting)
        if standing is None:
            before = self._met_before(mark_of(over[0]))
            alert = lifecycle.raised(self.take_id(), over, now_utc, frame_age_ms=frame_age_ms, seen_before=before)
            encounter = self.encounters[alert.alert_id] = Encounter(sighting.last_ns, sighting.last_utc)
            encounter.hear(sighting.track_id, Support(over, passes=True, is_final=sighting.final))
            self.by_track[sighting.track_id] = alert.alert_id
            changed[alert.alert_id] = self._confirmed(alert, sighting, now_utc)
            return
        led = standing.hits[0]
        encounter = self.encounters[standing.alert_id]
        further = {h.hotlist.name for h in _telling(over, standing)} - {name for name, _ in encounter.told}
        same_passing = encounter.is_same_passing(sighting)
        ordered = led_by(over, mark_of(led))
        encounter.hear(sighting.track_id, Support(ordered, passes=True, is_final=sighting.final))
        self.by_track[sighting.track_id] = standing.alert_id
        again = standing if same_passing else lifecycle.seen_again(standing, now_utc, ordered[0].probability)
        changed[standing.alert_id] = self._shown(again, encounter, sighting, now_utc, asks_again=bool(further))

    def _in_encounter(self, over: tuple[Hit, ...], sighting: Sighting) -> Alert | None:
        """Return the alert whose vehicle this is by its best hit, seen on and off; None for a new encounter."""
        best, mark = over[0], mark_of(over[0])
        for alert in self.queue.hits_on(mark):
            encounter = self.encounters.get(alert.alert_id)
            if encounter is None or mark_of(alert.hits[0]) != mark or not self._stands(encounter):
                continue
            if alert.state is AlertState.NOT_DECIDED:
                continue
            if encounter.is_over(sighting, best.hotlist.encounter_s):
                continue
            if alert.state is AlertState.DECIDED:
                if not encounter.holds:
                    continue
                known = {name for name, _ in encounter.told}
                further = any(h.hotlist.name not in known for h in _telling(over, alert))
                if last_decision(alert.steps) in OTHER_VEHICLE or further or _more_than_decided(alert, over):
                    continue
            return alert
        return None

    def _stands(self, encounter: Encounter) -> bool:
        """Whether the evidence has not fallen so far that this was another vehicle after all."""
        shown = encounter.shown
        return shown is not None and (shown.passes or self.settings.holds(shown.led))

    def _settle_absorbed(
        self, sighting: Sighting, hits: Sequence[Hit], now_utc: datetime, changed: dict[int, Alert]
    ) -> None:
        """Withdraw what a track raised that was absorbed by this one, where this one does not bear it out."""
        for alert_id in self.absorbed.pop(sighting.track_id, ()):
            encounter = self.encounters.get(alert_id)
            if encounter is None or self.by_track.get(sighting.track_id) == alert_id or encounter.holds:
                continue
            alert = self.queue.get(alert_id)
            if any(mark_of(h) == mark_of(alert.hits[0]) for h in passing(hits)):
                continue  # of this very vehicle, from another encounter: it stands as it is
            low = fallen(alert.hits[0], sighting, hits)
            encounter.hear(sighting.track_id, Support((low,), passes=False, is_final=True))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc)

    def _shown(
        self, alert: Alert, encounter: Encounter, sighting: Sighting, now_utc: datetime, *, asks_again: bool = False
    ) -> Alert:
        """Have an alert show what its tracks say now, and change its state accordingly."""
        support = encounter.shown
        if support is not None:
            alert = lifecycle.showing(alert, support, now_utc, self.settings)
        return self._confirmed(lifecycle.on_further_list(alert, now_utc) if asks_again else alert, sighting, now_utc)

    def _confirmed(self, alert: Alert, sighting: Sighting, now_utc: datetime) -> Alert:
        return self._put(lifecycle.confirmed_if_sure(alert, sighting, now_utc, self.settings))

    def _put(self, alert: Alert) -> Alert:
        self.queue.put(alert)
        return alert

    def _forget_oldest(self) -> None:
        if self.queue.finished_count <= self.settings.kept:
            return
        followed = set(self.by_track.values())
        for alert_id in self.queue.finished_beyond(self.settings.kept):
            if alert_id not in followed:
                if alert_id >= self.shift_from:
                    self.met.let_go(self.queue.get(alert_id))
                self.queue.drop(alert_id)
                self.encounters.pop(alert_id, None)


def _telling(over: Sequence[Hit], alert: Alert) -> tuple[Hit, ...]:
    """Return the hits that tell more of the vehicle of an alert: what was seen whole is no other mark for a hidden character."""
    return tuple(hit for hit in over if alert.hits[0].possible or not hit.possible)


def _more_than_decided(alert: Alert, over: Sequence[Hit]) -> bool:
    """Whether a decision was on a possible hit of a vehicle that is now seen whole, and was no confirmation of it."""
    if last_decision(alert.steps) == Decision.CONFIRMED.value or not alert.hits[0].possible:
        return False
    return any(not hit.possible for hit in over)


def _is_of(shown: Sighting, recorded: Sighting) -> bool:
    """Whether what is shown is of this recorded sighting: found looking back as well, or while it was in view."""
    if shown.track_id < 0:
        return shown.track_id == recorded.track_id
    return (shown.camera_id, shown.first_utc) == (recorded.camera_id, recorded.first_utc)
