"""Further sightings of a vehicle that has alerted: repeats of the first alert, counted on it and not lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from anpr.values import Hit, Position
from hotlists.conditions import distance_m


@dataclass(frozen=True, slots=True)
class Repeat:
    """A hit that is a repeat: of the alert first raised by track `first_track_id`, which was seen `count` times more."""

    hit: Hit
    first_track_id: int
    first_utc: datetime
    count: int


@dataclass(slots=True)
class _First:
    track_id: int
    at_utc: datetime
    position: Position | None
    repeats: set[int] = field(default_factory=set)


@dataclass(slots=True)
class RepeatSuppressor:
    """Tells first sightings of an entry from repeats, by the time and distance that its list sets; for one thread.

    Both must be within the list's limits of the first sighting; where either position is unknown, time alone decides.
    Only hits that alert (at or over the list's threshold) make a sighting a first one.
    """

    _firsts: dict[tuple[str, str], _First] = field(default_factory=dict)

    def split(self, hits: Iterable[Hit]) -> tuple[list[Hit], list[Repeat]]:
        """Return the hits to alert on, and the repeats. Later versions of a first sighting are no repeats of it."""
        fresh: list[Hit] = []
        repeats: list[Repeat] = []
        for hit in hits:
            key = (hit.hotlist.name, hit.entry.vrm)
            first = self._firsts.get(key)
            track = hit.sighting.track_id
            if first is not None and track != first.track_id and self._within(first, hit):
                first.repeats.add(track)
                repeats.append(Repeat(hit, first.track_id, first.at_utc, len(first.repeats)))
                continue
            fresh.append(hit)
            if hit.probability >= hit.hotlist.threshold and (first is None or first.track_id != track):
                self._firsts[key] = _First(track, hit.sighting.first_utc, hit.sighting.position)
        return fresh, repeats

    def forget_before(self, at_utc: datetime) -> None:
        """Drop what was first seen before a time, so that memory stays bounded on a long patrol."""
        self._firsts = {key: first for key, first in self._firsts.items() if first.at_utc >= at_utc}

    @staticmethod
    def _within(first: _First, hit: Hit) -> bool:
        if (hit.sighting.last_utc - first.at_utc).total_seconds() > hit.hotlist.repeat_s:
            return False
        here = hit.sighting.position
        if here is None or first.position is None:
            return True
        away_m = distance_m(
            first.position.latitude_deg, first.position.longitude_deg, here.latitude_deg, here.longitude_deg
        )
        return away_m <= hit.hotlist.repeat_m
