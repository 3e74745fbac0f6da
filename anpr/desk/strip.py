"""The latest sightings as the crew's strip shows them: settled reads alone, so that nothing flickers while a plate is read."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Final

from anpr.hidden import confidence_of_seen, marked_of
from anpr.screen.port import SightingView
from anpr.screen.views import sighting_view
from anpr.values import Sighting

STRIP: Final = 12
"""Sightings in the strip."""

SETTLED_CONFIDENCE: Final = 0.9
SETTLED_S: Final = 0.3
"""A read is settled when the vehicle has passed (and it is more probably right than wrong), or when it has stood for so long with so much confidence: asked for, not
measured. At 30 frames a second that is some nine frames that all said the same."""

SHOWN_CONFIDENCE: Final = 0.5
"""What is more probably wrong than right is no read to show: road signs and lettering that were taken for plates. It is in the
records all the same."""

_REMEMBERED: Final = 200
"""Sightings that can still be corrected after they have left the strip; a sheet may be open for minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A sighting as it was last seen, without its pictures but for their name, and since when it has read so."""

    sighting: Sighting
    same_since_ns: int

    @property
    def is_settled(self) -> bool:
        """Whether this read is one to show: the one place that says so."""
        seen = self.sighting
        held_s = (seen.last_ns - self.same_since_ns) * 1e-9
        if seen.final:
            return confidence_of_seen(seen) >= SHOWN_CONFIDENCE
        return confidence_of_seen(seen) >= SETTLED_CONFIDENCE and held_s >= SETTLED_S


@dataclass(slots=True)
class Strip:
    """Settled sightings in the order in which they settled; safe from several threads.

    What stands in the strip stays as it is until the vehicle has passed or another read has settled. A sighting's number is
    that of its track, counted from `first_id` on: what a page still shows of an earlier run must not be one of this run.
    """

    first_id: int = 0
    _shown: dict[int, SightingView] = field(default_factory=dict)
    _followed: OrderedDict[int, Followed] = field(default_factory=OrderedDict)
    _lock: RLock = field(default_factory=RLock)

    def take(self, sighting: Sighting, *, possible: bool = False) -> bool:
        """Take in a version of a sighting; return whether that changed what is shown.

        `possible`: a listed mark that the crew may know of fits what was seen of it.
        """
        with self._lock:
            return self._taken(sighting, possible)

    def join(self, gone: int, kept: int) -> bool:
        """Make one of two sightings that turned out to be of one vehicle; return whether that changed what is shown."""
        with self._lock:
            return self._joined(gone, kept)

    def correct(self, sighting_id: int, vrm: str, actor: str) -> None:
        """Show what was typed for a sighting, beside what the engine had read."""
        track = sighting_id - self.first_id
        with self._lock:
            shown = self._shown.get(track)
            if shown is not None:
                read = shown.moment.engine_read or shown.vrm
                typed = replace(
                    shown.moment,
                    read_vrm=vrm,
                    shown_vrm=vrm,
                    hidden="",
                    probability=1.0,
                    typed_by=actor,
                    engine_read=read,
                )
                self._shown[track] = replace(shown, moment=typed, alternatives=(), possible=False)

    def find(self, sighting_id: int) -> Followed | None:
        """Return a sighting of the strip, or one that was in it lately; None when it is forgotten."""
        with self._lock:
            return self._followed.get(sighting_id - self.first_id)

    def read_about(self, camera_id: str, captured_ns: int, within_s: float) -> list[Followed]:
        """Return what the engine read on a camera about a moment, the most confident first."""
        with self._lock:
            followed = tuple(self._followed.values())
        near = [
            one
            for one in followed
            if one.sighting.camera_id == camera_id
            and not one.sighting.typed_by
            and abs(one.sighting.last_ns - captured_ns) <= within_s * 1e9
        ]
        return sorted(near, key=lambda one: -one.sighting.confidence)

    @property
    def views(self) -> tuple[SightingView, ...]:
        """What is shown, the latest first."""
        with self._lock:
            return tuple(reversed(self._shown.values()))

    def _taken(self, sighting: Sighting, possible: bool) -> bool:
        track = sighting.track_id
        shown = self._shown.get(track)
        corrected = shown is not None and shown.moment.engine_read != ""
        if not sighting.text:  # unread after all
            self._followed.pop(track, None)
            return not corrected and self._shown.pop(track, None) is not None
        before = self._followed.pop(track, None)
        same = before is not None and marked_of(before.sighting) == marked_of(sighting)
        since_ns = before.same_since_ns if before is not None and same else sighting.last_ns
        now = self._followed[track] = Followed(sighting, since_ns)
        while len(self._followed) > _REMEMBERED:
            self._followed.popitem(last=False)
        if corrected:
            return False
        if not now.is_settled:  # of a vehicle that has passed and was no read after all, nothing stays
            return sighting.final and self._shown.pop(track, None) is not None
        if shown is not None and shown.shown_vrm == marked_of(sighting) and not sighting.final:
            return False
        self._shown[track] = replace(
            sighting_view(self.first_id + track, sighting), correctable=not sighting.typed_by, possible=possible
        )
        while len(self._shown) > STRIP:
            del self._shown[next(iter(self._shown))]
        return True

    def _joined(self, gone: int, kept: int) -> bool:
        self._followed.pop(gone, None)
        if gone not in self._shown:
            return False
        left = self._shown[gone]
        if kept in self._shown:
            del self._shown[gone]
        else:  # in its place
            self._shown = {
                kept if track == gone else track: replace(left, sighting_id=self.first_id + kept)
                if track == gone
                else view
                for track, view in self._shown.items()
            }
        return True
