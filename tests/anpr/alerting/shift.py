"""A shift at the alert board, and what must hold at every moment of it: no hit of an overt list is swallowed.

`Shift` turns events (tracks that come, are read otherwise, join and end; acknowledgements, decisions, time) into calls of a
real board, keeps the truth beside it, and checks after each of them. `python -m tests.anpr.alerting.shift --shifts 2000
--events 200 --seed 1` runs random shifts; the property test in `test_shift.py` lets hypothesis look for the worst ones.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import numpy as np

from anpr.alerting.board import AlertBoard
from anpr.alerting.steps import last_decision
from anpr.evidence import spell
from anpr.values import Alert, AlertState, Hit, HotlistEntry, HotlistInfo, Position, Sighting

START: Final = datetime(2026, 1, 1, 22, tzinfo=UTC)
OVERT: Final = ("AB12CDE", "AB12CDF", "XY99ZZZ")
COVERT: Final = "CV11ERT"
LISTS: Final = {
    "stolen": HotlistInfo("stolen", 1, START, START, priority=80, threshold=0.8),
    "no insurance": HotlistInfo("no insurance", 1, START, START, priority=20, threshold=0.8),
    "surveillance": HotlistInfo("surveillance", 1, START, START, priority=90, threshold=0.5, covert=True),
}
LISTED: Final = {
    "AB12CDE": ("stolen",),
    "AB12CDF": ("stolen", "no insurance"),
    "XY99ZZZ": ("no insurance",),
    COVERT: ("surveillance",),
}
PROBABILITIES: Final = (0.05, 0.3, 0.5, 0.79, 0.8, 0.9, 0.97, 0.999)
DECISIONS: Final = ("confirmed", "wrong_plate", "wrong_vehicle", "no_action")
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

    @property
    def passes(self) -> bool:
        """Whether the newest version reaches the threshold of an overt list."""
        return self.mark in OVERT and self.probability >= 0.8


@dataclass(slots=True)
class Shift:
    """The board under test and the truth."""

    board: AlertBoard = field(default_factory=AlertBoard)
    now_ns: int = 0
    live: dict[int, Track] = field(default_factory=dict)
    past: list[Track] = field(default_factory=list)
    """Tracks that ended, as they ended."""
    hits: int = 0
    _reads: dict[int, int] = field(default_factory=dict)
    _next_track: int = 1

    @property
    def now_utc(self) -> datetime:
        """The time of the shift."""
        return START + timedelta(microseconds=self.now_ns // 1000)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.now_ns += round(seconds * 1e9)

    def appear(self, mark: str, probability: float) -> None:
        """A vehicle comes into view, read as `mark`."""
        track = Track(self._next_track, "", 0.0, self.now_ns)
        self._next_track += 1
        self.live[track.track_id] = track
        self._version(track, mark, probability, final=False)

    def read(self, which: int, mark: str, probability: float, *, final: bool) -> None:
        """A track has a newer version; `which` chooses among those in view."""
        if self.live:
            track = list(self.live.values())[which % len(self.live)]
            self._version(track, mark, probability, final=final)

    def join(self, one: int, other: int) -> None:
        """Two tracks turn out to be one vehicle."""
        tracks = list(self.live.values())
        if len(tracks) < 2 or one % len(tracks) == other % len(tracks):
            return
        gone, kept = tracks[one % len(tracks)], tracks[other % len(tracks)]
        self.board.join_tracks(gone.track_id, kept.track_id)
        del self.live[gone.track_id]
        gone.is_weak = True  # what it said is the other track's now
        self.past.append(gone)
        self._version(kept, kept.mark, kept.probability, final=False)

    def acknowledge(self, which: int) -> None:
        """The crew has seen an alert of the queue."""
        queue = self.board.queue()
        if queue:
            self.board.acknowledge(queue[which % len(queue)].alert_id, self.now_utc)
            self.check()

    def decide(self, which: int, decision: str) -> None:
        """The crew decides an alert of the queue."""
        queue = self.board.queue()
        if queue:
            self.board.decide(queue[which % len(queue)].alert_id, decision, self.now_utc)
            self.check()

    def _version(self, track: Track, mark: str, probability: float, *, final: bool) -> None:
        reads = self._reads[track.track_id] = self._reads.get(track.track_id, 0) + 1
        sighting = _sighting(track.track_id, mark, probability, reads, self.now_ns, self.now_utc, final=final)
        before = {alert.alert_id: alert for alert in (*self.board.queue(), *self.board.finished())}
        mine = self.board._following.by_track.get(track.track_id)
        absorbed = set(self.board._following.absorbed.get(track.track_id, ()))
        expected_new = self._must_be_new(track, mark, probability, mine, before)
        track.is_weak = not (mark in OVERT and probability >= 0.8)
        track.mark, track.probability, track.at_ns = mark, probability, self.now_ns
        self.hits += track.passes
        changed = self.board.consider(sighting, _hits(sighting), now_utc=self.now_utc, frame_age_ms=40.0)
        self._check_own_alone(changed, before, {mine, *absorbed}, track)
        if expected_new:
            new = [a for a in changed if a.alert_id not in before and a.hits[0].entry.vrm == mark]
            waiting = [a for a in changed if a in self.board.queue() and not a.seen and a.hits[0].entry.vrm == mark]
            _require(len(new) <= 1 and len(waiting) == 1, f"{mark} is swallowed", self)
        if final:
            del self.live[track.track_id]
            self.past.append(track)
        self.check()

    def _must_be_new(
        self, track: Track, mark: str, probability: float, mine: int | None, before: dict[int, Alert]
    ) -> bool:
        """Whether this version is the first sign of a vehicle that no standing alert may cover."""
        if mark not in OVERT or probability < 0.8 or mine is not None:
            return False
        others = [t for t in (*self.live.values(), *self.past) if t is not track and t.mark == mark]
        if any(t.is_weak or not t.passes for t in others):
            return False  # whether a weak track still counts as the vehicle is the board's own affair
        alerts = [a for a in before.values() if a.hits[0].entry.vrm == mark]
        about = [t for t in others if self.now_ns - t.at_ns <= 60e9]
        if not about:
            return True
        return bool(alerts) and all(last_decision(a.steps) in WRONG or a.state is AlertState.WITHDRAWN for a in alerts)

    def _check_own_alone(
        self, changed: Sequence[Alert], before: dict[int, Alert], own: set[int | None], track: Track
    ) -> None:
        for alert in changed:
            mine = alert.alert_id in own or (track.passes and alert.hits[0].entry.vrm == track.mark)
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
        _require(list(queue) == sorted(queue, key=lambda a: (-a.priority, a.raised_utc, a.alert_id)), "order", self)
        for alert in alerts.values():
            _require(not any(h.hotlist.covert for h in alert.hits), "a covert hit is shown", self)
            _require(len({id(h.sighting) for h in alert.hits}) == 1, "an alert mixes moments", self)
            _require(
                alert.probability == alert.hits[0].probability, "an alert's probability is of another moment", self
            )
            _require((alert.state is AlertState.DECIDED) == (alert in finished), "a decision does not stand", self)
        for track in self.live.values():
            if not track.passes:
                continue
            alert_id = self.board._following.by_track.get(track.track_id)
            _require(alert_id in alerts, f"track {track.track_id} ({track.mark}) has no alert", self)
            covering = alerts[alert_id or 0]
            _require(covering.hits[0].entry.vrm == track.mark, f"{track.mark} is covered by another mark", self)
            _require(covering.state is not AlertState.WITHDRAWN, f"{track.mark} passes and is withdrawn", self)
            wanted = set(LISTED[track.mark])
            shown = {h.hotlist.name for h in covering.hits}
            _require(wanted <= shown, f"a list that {track.mark} is on is not shown", self)


def _require(holds: bool, what: str, shift: Shift) -> None:
    if not holds:
        raise Swallowed(f"{what}, at {shift.now_utc:%H:%M:%S.%f}")


def _hits(sighting: Sighting) -> list[Hit]:
    return [
        Hit(sighting, HotlistEntry(sighting.text, name), LISTS[name], sighting.confidence, True, sighting.text, 60.0)
        for name in sorted(LISTED.get(sighting.text, ()), key=lambda name: -LISTS[name].priority)
        if sighting.confidence > 0.1
    ]


def _sighting(
    track_id: int, mark: str, probability: float, reads: int, at_ns: int, at_utc: datetime, *, final: bool
) -> Sighting:
    place = Position(52.0, -1.9 + at_ns * 1e-14, at_utc, 0.2, stale=False)
    return Sighting(
        track_id, "front", reads, final, mark, probability, ((mark, probability),), _EVIDENCE, (), at_ns, at_ns, at_utc,
        at_utc, position=place,
    )  # fmt: skip


_EVIDENCE: Final = np.asarray(spell("AB12CDE"))


def random_event(shift: Shift, rng: Random) -> None:
    """Have one thing happen: mostly vehicles, now and then the crew."""
    mark = rng.choice((*OVERT, *OVERT, COVERT, "UN11STD"))
    probability = rng.choice(PROBABILITIES)
    kind = rng.random()
    if kind < 0.22:
        shift.appear(mark, probability)
    elif kind < 0.62:
        same = bool(shift.live) and rng.random() < 0.7
        which = rng.randrange(8)
        if same:
            mark = list(shift.live.values())[which % len(shift.live)].mark
        shift.read(which, mark, probability, final=rng.random() < 0.35)
    elif kind < 0.68:
        shift.join(rng.randrange(8), rng.randrange(8))
    elif kind < 0.76:
        shift.acknowledge(rng.randrange(8))
    elif kind < 0.84:
        shift.decide(rng.randrange(8), rng.choice(DECISIONS))
    else:
        shift.wait(rng.choice((0.03, 0.5, 5.0, 30.0, 59.9, 60.1, 300.0)))


def main() -> int:
    """Run random shifts and say how many hits were swallowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shifts", type=int, default=2000)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0, help="stop by itself after this time")
    asked = parser.parse_args()
    ends = time.monotonic() + asked.seconds
    shifts = hits = 0
    troubles: list[str] = []
    for seed in range(asked.seed, asked.seed + asked.shifts):
        if time.monotonic() > ends:
            break
        shift, rng = Shift(), Random(seed)
        try:
            for _ in range(asked.events):
                random_event(shift, rng)
        except Swallowed as trouble:
            troubles.append(f"seed {seed}: {trouble}")
        shifts += 1
        hits += shift.hits
    sys.stdout.write(
        json.dumps({"shifts": shifts, "events": asked.events, "hits": hits, "swallowed": len(troubles)}) + "\n"
    )
    for one in troubles[:10]:
        sys.stdout.write(one + "\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
