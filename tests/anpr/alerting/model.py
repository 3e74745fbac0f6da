"""A shift at the alert board, and what must hold at every moment of it: no hit of an overt list is swallowed.

`Shift` turns events (tracks that come, are read otherwise, join and end; acknowledgements, decisions, time, changes of the
tablet's clock, new lists, restarts) into calls of a real board, keeps the truth beside it, and checks after each of them that
every hit is in one place: the queue, the history, or a fold of one alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from anpr.alerting.board import AlertBoard
from anpr.alerting.encounter import mark_of
from anpr.alerting.lifecycle import FINISHED, AlertSettings
from anpr.alerting.met import met
from anpr.alerting.steps import last_decision
from anpr.values import Alert, AlertState, Hit, HotlistEntry
from anpr.vrm import fold
from tests.anpr.alerting.vehicles import (
    LISTS,
    OVERT,
    START,
    UNLISTED,
    fits,
    hits_of,
    possible_hits_of,
    seen,
    shown_on,
)  # fmt: skip

WRONG: Final = frozenset({"wrong_plate", "wrong_vehicle"})


class Swallowed(AssertionError):
    """A hit is not where the crew can see it, or an alert says what is not so."""


@dataclass(slots=True)
class Track:
    """A vehicle in view: what its newest version is read as, and when it was last seen."""

    track_id: int
    mark: str
    probability: float
    at_ns: int
    is_weak: bool = False
    """Its evidence has been below the threshold since it last passed."""
    first_utc: datetime = START
    alert_id: int | None = None
    """The alert that covered its newest version, if that passed."""
    hides: bool = False
    """Its newest version has its last character hidden."""
    is_closed: bool = False
    """Time has closed its alert since its newest version."""

    @property
    def passes(self) -> bool:
        """Whether the newest version reaches the threshold of an overt list."""
        return self.mark in OVERT and self.probability >= (0.5 if self.hides else 0.8)

    @property
    def marks(self) -> set[str]:
        """What tells the vehicles that it may be."""
        return fits(self.mark) if self.hides else {fold(self.mark)}


@dataclass(slots=True)
class Shift:
    """The board under test and the truth."""

    board: AlertBoard = field(default_factory=lambda: AlertBoard(AlertSettings(kept=4)))
    now_ns: int = 0
    clock_s: float = 0.0
    """By how much the tablet's clock was set, in all."""
    live: dict[int, Track] = field(default_factory=dict)
    past: list[Track] = field(default_factory=list)
    """Tracks that ended, as they ended."""
    hits: int = 0
    known: dict[int, Alert] = field(default_factory=dict)
    """Every alert that there ever was, in its latest version: what the records hold."""
    looked_back: set[int] = field(default_factory=set)
    """Tracks that looking back has found."""
    _previous: dict[int, Alert] = field(default_factory=dict)
    _reads: dict[int, int] = field(default_factory=dict)
    _next_track: int = 1

    @property
    def now_utc(self) -> datetime:
        """The time of the shift."""
        return START + timedelta(microseconds=self.now_ns // 1000, seconds=self.clock_s)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.now_ns += round(seconds * 1e9)

    def set_clock(self, seconds: float) -> None:
        """The tablet's clock is set forward or back."""
        self.clock_s += seconds

    def appear(self, mark: str, probability: float, *, hides: bool = False) -> None:
        """A vehicle comes into view, read as `mark`, or as that without its last character, which is hidden."""
        track = Track(self._next_track, "", 0.0, self.now_ns, first_utc=self.now_utc)
        self._next_track += 1
        self.live[track.track_id] = track
        self._version(track, mark, probability, final=False, hides=hides)

    def read(self, which: int, mark: str, probability: float, *, final: bool, hides: bool = False) -> None:
        """A track has a newer version; `which` chooses among those in view."""
        if self.live:
            track = list(self.live.values())[which % len(self.live)]
            self._version(track, mark, probability, final=final, hides=hides)

    def join(self, one: int, other: int) -> None:
        """Two tracks turn out to be one vehicle."""
        tracks = list(self.live.values())
        if len(tracks) < 2 or one % len(tracks) == other % len(tracks):
            return
        gone, kept = tracks[one % len(tracks)], tracks[other % len(tracks)]
        self.board.join_tracks(gone.track_id, kept.track_id)
        del self.live[gone.track_id]
        gone.is_weak, gone.alert_id = True, None  # what it said is the other track's now
        self.past.append(gone)
        self._version(kept, kept.mark, kept.probability, final=False, hides=kept.hides)

    def acknowledge(self, which: int) -> None:
        """The crew has seen an alert of the queue."""
        queue = self.board.queue()
        if queue:
            self._note(self.board.acknowledge(queue[which % len(queue)].alert_id, self.now_utc))
            self.check()

    def decide(self, which: int, decision: str, *, late: bool = False) -> None:
        """The crew decides an alert of the queue; `late` on its version before this one, which their screen still showed."""
        queue = self.board.queue()
        if not queue:
            return
        alert = queue[which % len(queue)]
        seen = self._previous.get(alert.alert_id, alert) if late else alert
        made = self.board.decide(alert.alert_id, decision, self.now_utc, on=seen)
        self._note(made)
        _require(mark_of(made[0].hits[0]) == mark_of(seen.hits[0]), "the decision is on another mark", self)
        was, now = seen.hits[0], alert.hits[0]
        seen_whole = was.possible and not now.possible and decision != "confirmed"
        went_on = mark_of(was) != mark_of(now) or seen_whole  # what evidence has made of it since is not decided
        for track in (*self.live.values(), *self.past):
            if (
                went_on
                and track.alert_id == alert.alert_id
                and len(made) > 1
                and mark_of(made[1].hits[0]) in track.marks
            ):
                track.alert_id = made[1].alert_id
        self.check()

    def look_back(self, which: int) -> None:
        """A list comes that names a vehicle which was seen before: the records are searched for it."""
        ended = [track for track in self.past if track.mark == UNLISTED and not track.hides]
        if not ended:
            return
        track = ended[which % len(ended)]
        again = track.track_id in self.looked_back
        sighting = seen(-track.track_id, UNLISTED, 0.9, 1, track.at_ns, track.first_utc, track.first_utc, final=True)
        hit = Hit(sighting, HotlistEntry(UNLISTED, "new"), LISTS["new"], 0.9, True, UNLISTED, 60.0)
        covert = replace(hit, hotlist=LISTS["surveillance"])
        _require(self.board.look_back(covert, self.now_utc) == (), "a covert hit of the past is shown", self)
        raised = self.board.look_back(hit, self.now_utc)
        self._note(raised)
        if not again:
            _require(len(raised) == 1 and raised[0].past, "a hit of the past is swallowed", self)
            _require(raised[0].hits[0].sighting.last_utc == track.first_utc, "it says another time", self)
        shown = [a for a in self.known.values() if a.past and a.hits[0].sighting.first_utc == track.first_utc]
        _require(bool(shown), "a hit of the past is lost", self)
        self.looked_back.add(track.track_id)
        self.check()

    def close_old(self) -> None:
        """A week goes by in the records: what nobody has decided in it is closed."""
        limit = self.now_utc - timedelta(days=7)
        old = {a.alert_id for a in self.board.queue() if a.hits[0].sighting.last_utc < limit}
        closed = self.board.close_undecided(limit, self.now_utc)
        _require({a.alert_id for a in closed} == old, "not what was old was closed", self)
        _require(all(a.state is AlertState.NOT_DECIDED for a in closed), "closed, but not as not decided", self)
        for track in self.live.values():
            track.is_closed = track.is_closed or track.alert_id in old
        self._note(closed)
        self.check()

    def restart(self) -> None:
        """The engine ends and begins again: what waited waits again, and nothing is followed any more."""
        self.past.extend(self.live.values())
        self.live.clear()
        self._previous.clear()
        waiting = self.board.queue()
        others = [a for a in self.known.values() if a.alert_id not in {one.alert_id for one in waiting}]
        self.board = AlertBoard(AlertSettings(kept=4), first_id=max(self.known, default=0) + 1, met=met(others))
        for alert in waiting:
            self.board.restore(alert)
        _require(self.board.queue() == waiting, "an alert is lost in a restart", self)
        self.check()

    def _note(self, alerts: Sequence[Alert]) -> None:
        self._previous |= {one.alert_id: self.known[one.alert_id] for one in alerts if one.alert_id in self.known}
        self.known |= {alert.alert_id: alert for alert in alerts}

    def _version(self, track: Track, mark: str, probability: float, *, final: bool, hides: bool) -> None:
        reads = self._reads[track.track_id] = self._reads.get(track.track_id, 0) + 1
        sighting = seen(
            track.track_id,
            mark,
            probability,
            reads,
            self.now_ns,
            track.first_utc,
            self.now_utc,
            final=final,
            hides=hides,
        )
        before = {alert.alert_id: alert for alert in (*self.board.queue(), *self.board.finished())}
        mine = self.board._following.by_track.get(track.track_id)
        absorbed = set(self.board._following.absorbed.get(track.track_id, ()))
        track.mark, track.probability, track.at_ns, track.is_closed = mark, probability, self.now_ns, False
        track.hides, track.is_weak = hides, False
        track.is_weak = not track.passes
        expected_new = self._must_be_new(track, mine, before)
        covered_by = before.get(track.alert_id or 0)
        was_possible = (
            covered_by is not None and covered_by.hits[0].possible and mark_of(covered_by.hits[0]) in track.marks
        )
        self.hits += track.passes
        found = possible_hits_of(sighting, mark) if hides else hits_of(sighting)
        changed = self.board.consider(sighting, found, now_utc=self.now_utc, frame_age_ms=40.0)
        self._check_own_alone(changed, before, {mine, *absorbed}, track)
        new_ones = [alert for alert in changed if alert.alert_id not in self.known]
        self._note([alert for alert in changed if alert not in new_ones])
        for alert in new_ones:
            self._check_seen_before(alert)
        self._note(new_ones)
        track.alert_id = self._covering(track, changed)
        if expected_new:
            new = [a for a in changed if a.alert_id not in before and mark_of(a.hits[0]) in track.marks]
            waiting = [
                a for a in changed if a in self.board.queue() and not a.seen and mark_of(a.hits[0]) in track.marks
            ]
            _require(len(new) <= 1 and len(waiting) == 1, f"{mark} is swallowed", self)
        if covered_by is not None and was_possible and track.passes and not hides:
            self._check_seen_whole(track, covered_by, before)
        if final:
            del self.live[track.track_id]
            self.past.append(track)
        self.check()

    def _check_seen_whole(self, track: Track, was: Alert, before: dict[int, Alert]) -> None:
        """What was only possible and is seen whole asks to be seen, unless the crew had confirmed it already."""
        now = self.known[track.alert_id or 0]
        known = before.get(now.alert_id)
        if known is not None and not known.hits[0].possible:
            return  # it is the vehicle of an alert that was seen whole before
        confirmed = last_decision(was.steps) == "confirmed"
        _require(not now.hits[0].possible, f"{track.mark} was seen whole and is shown as possible", self)
        _require(confirmed or now.state not in FINISHED, f"{track.mark} was seen whole after a decision, unseen", self)
        _require(confirmed or not now.seen, f"{track.mark} was seen whole and nobody is told", self)

    def _must_be_new(self, track: Track, mine: int | None, before: dict[int, Alert]) -> bool:
        """Whether this version is the first sign of a vehicle that no standing alert may cover."""
        if not track.passes or mine is not None:
            return False
        others = [t for t in (*self.live.values(), *self.past) if t is not track and t.marks & track.marks]
        if any(t.is_weak or not t.passes for t in others):
            return False  # whether a weak track still counts as the vehicle is the board's own affair
        alerts = [a for a in before.values() if mark_of(a.hits[0]) in track.marks]
        about = [t for t in others if self.now_ns - t.at_ns <= 60e9]
        if not about:
            return True
        return bool(alerts) and all(last_decision(a.steps) in WRONG or a.state is AlertState.WITHDRAWN for a in alerts)

    def _covering(self, track: Track, changed: Sequence[Alert]) -> int | None:
        """The one alert that shows the newest version of a track; None where that does not pass."""
        if not track.passes:
            return None
        of_mark = [
            a.alert_id
            for a in changed
            if a.hits and mark_of(a.hits[0]) in track.marks and a.state is not AlertState.WITHDRAWN
        ]
        encounters = self.board._following.encounters
        own = [a for a in of_mark if a in encounters and track.track_id in encounters[a].supports] or of_mark
        _require(len(own) == 1, f"the hit of track {track.track_id} is in {len(own)} places", self)
        return own[0]

    def _check_seen_before(self, new: Alert) -> None:
        """A new alert says how often its vehicle was met before, and when last: by all alerts that there ever were."""
        same = [
            a
            for a in self.known.values()
            if mark_of(a.hits[0]) == mark_of(new.hits[0])
            and a.state is not AlertState.WITHDRAWN
            and (last_decision(a.steps) == "confirmed" if a.hits[0].possible else last_decision(a.steps) not in WRONG)
        ]
        said = (new.seen_before.times, new.seen_before.last_utc) if new.seen_before else None
        truth = (len(same), max(a.hits[0].sighting.last_utc for a in same)) if same else None
        _require(said == truth, f"alert {new.alert_id} says seen before {said}, it was {truth}", self)

    def _check_own_alone(
        self, changed: Sequence[Alert], before: dict[int, Alert], own: set[int | None], track: Track
    ) -> None:
        for alert in changed:
            mine = alert.alert_id in own or (track.passes and mark_of(alert.hits[0]) in track.marks)
            _require(mine, f"track {track.track_id} changed alert {alert.alert_id} of another vehicle", self)
            was = before.get(alert.alert_id)
            if was is not None and alert.state is AlertState.WITHDRAWN and was.state is not AlertState.WITHDRAWN:
                holds = [
                    t
                    for t in self.live.values()
                    if t.passes and self.board._following.by_track.get(t.track_id) == alert.alert_id
                ]
                _require(not holds, f"alert {alert.alert_id} is withdrawn while a track holds it up", self)

    def check(self) -> None:
        """Raise Swallowed unless everything that must hold at every moment does."""
        queue, finished = self.board.queue(), self.board.finished()
        alerts = {alert.alert_id: alert for alert in (*queue, *finished)}
        _require(len(alerts) == len(queue) + len(finished), "an alert is in two places", self)
        _require(self.board.counts() == (len(queue), len(finished)), "the counts are wrong", self)
        _require(
            list(queue) == sorted(queue, key=lambda a: (a.hits[0].possible, -a.priority, a.raised_utc, a.alert_id)),
            "order",
            self,
        )
        for alert in alerts.values():
            _require(not any(h.hotlist.covert for h in alert.hits), "a covert hit is shown", self)
            for hit in alert.hits:
                _require(not (hit.possible and hit.exact), "a possible hit is exact", self)
            is_sure = alert.state is AlertState.CONFIRMED_BY_EVIDENCE
            _require(not (alert.hits[0].possible and is_sure), "a possible hit is confirmed by evidence", self)
            _require(len({id(h.sighting) for h in alert.hits}) == 1, "an alert mixes moments", self)
            _require(
                alert.probability == alert.hits[0].probability, "an alert's probability is of another moment", self
            )
            over = alert.state in {AlertState.DECIDED, AlertState.NOT_DECIDED}
            _require(over == (alert in finished), "a decision does not stand", self)
            _require(self.known[alert.alert_id] == alert, "an alert changed and nobody was told", self)
        lost = [a for number, a in self.known.items() if number not in alerts and a.state not in FINISHED]
        _require(not lost, "an alert that waits is nowhere", self)
        for track in self.past:
            if track.passes and track.alert_id is not None:
                shown = self.known[track.alert_id]
                _require(
                    mark_of(shown.hits[0]) in track.marks, f"the alert of track {track.track_id} is of another", self
                )
                _require(shown.state is not AlertState.WITHDRAWN, f"{track.mark} passed and is withdrawn", self)
        for track in self.live.values():
            if not track.passes:
                continue
            alert_id = self.board._following.by_track.get(track.track_id)
            _require(alert_id in alerts, f"track {track.track_id} ({track.mark}) has no alert", self)
            covering = alerts[alert_id or 0]
            _require(covering.alert_id == track.alert_id, f"{track.mark} went to another alert unseen", self)
            _require(mark_of(covering.hits[0]) in track.marks, f"{track.mark} is covered by another mark", self)
            closed = covering.state is AlertState.NOT_DECIDED
            _require(not closed or track.is_closed, f"{track.mark} is covered by a closed alert", self)
            _require(covering.state is not AlertState.WITHDRAWN, f"{track.mark} passes and is withdrawn", self)
            if track.hides:
                continue  # of the marks that it may be, the one that was seen whole or is led is shown
            if covering.hits[0].possible and last_decision(covering.steps) == "confirmed":
                continue  # a decision stands on what the crew saw, until the next version
            _require(not covering.hits[0].possible, f"{track.mark} is seen whole and shown as possible", self)
            lists = {h.hotlist.name for h in covering.hits}
            _require(shown_on(track.mark) <= lists, f"a list that {track.mark} is on is not shown", self)


def _require(holds: bool, what: str, shift: Shift) -> None:
    if not holds:
        raise Swallowed(f"{what}, at {shift.now_utc:%H:%M:%S.%f}")
