"""What the tracks of one vehicle say while it is about: the evidence on which one alert stands.

An alert is of one encounter: the vehicle is seen on and off, each time as a track of its own, until it has not been seen
for the `encounter_s` of its list. Evidence belongs to the track that brought it. An alert shows one moment of one of its
tracks as a whole, and what one track says never changes what another has said: an alert falls only when none of its
tracks holds it up any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from anpr.values import Hit, Sighting
from anpr.vrm import fold

_WILDCARDS: Final = frozenset("?*")


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """What the newest version of one track says of an alert: hits of one moment, the leading one first.

    `passes` when the crew is told of the leading hit (`Hit.passes`).
    """

    hits: tuple[Hit, ...]
    passes: bool
    is_final: bool

    @property
    def led(self) -> Hit:
        """The hit that the alert leads with."""
        return self.hits[0]

    @property
    def seen_ns(self) -> int:
        """When the frame of this version was grabbed, by the monotonic clock."""
        return self.led.sighting.last_ns


@dataclass(slots=True)
class Encounter:
    """The tracks of an alert's vehicle, by track id, and when it was last seen: monotonic ns, and UTC.

    `told`: the entries, by list and mark, that the alert has shown. What comes and goes among them is no news.
    """

    last_ns: int
    last_utc: datetime
    supports: dict[int, Support] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)

    def hear(self, track_id: int, support: Support) -> None:
        """Take in a newer version of a track. Of the finished ones, the latest that holds the alert up is kept."""
        self.last_ns = max(self.last_ns, support.seen_ns)
        self.last_utc = max(self.last_utc, support.led.sighting.last_utc)
        self.supports[track_id] = support
        if support.passes:
            self.told.update(entries_of(support.hits))
        finished = [
            (one.passes, one.seen_ns, other == track_id, other) for other, one in self.supports.items() if one.is_final
        ]
        for *_, other in sorted(finished)[:-1]:
            del self.supports[other]

    def forget(self, track_id: int) -> None:
        """Leave out a track that turned out to be of another vehicle."""
        self.supports.pop(track_id, None)
        self.last_ns = max((one.seen_ns for one in self.supports.values()), default=self.last_ns)
        self.last_utc = max((one.led.sighting.last_utc for one in self.supports.values()), default=self.last_utc)

    def is_same_passing(self, sighting: Sighting) -> bool:
        """Whether this is one of its sightings, typed by a person: told anew, and not seen again."""
        seen = (one.led.sighting for one in self.supports.values())
        of_it = any((one.camera_id, one.first_utc) == (sighting.camera_id, sighting.first_utc) for one in seen)
        return of_it and sighting.typed_by != ""

    def holds_without(self, track_id: int) -> bool:
        """Whether another track than this one holds the alert up."""
        return any(one.passes for other, one in self.supports.items() if other != track_id)

    def is_over(self, sighting: Sighting, encounter_s: float) -> bool:
        """Whether so long has passed since the vehicle was last seen that this sighting is of another encounter.

        By whichever clock says more: the tablet's may be set back meanwhile, and then the monotonic one tells; one that is
        set forward ends an encounter too early, which swallows nothing.
        """
        unseen_s = max((sighting.last_ns - self.last_ns) / 1e9, (sighting.last_utc - self.last_utc).total_seconds())
        return unseen_s > encounter_s

    @property
    def holds(self) -> bool:
        """Whether any track holds the alert up."""
        return any(one.passes for one in self.supports.values())

    @property
    def shown(self) -> Support | None:
        """What the alert shows: the latest that passes, before all one that reads the very mark; None without any track.

        Where none passes it is what is most probable. A track that reads another mark, and may be the listed vehicle all the same, takes nothing from one that reads it,
        and one of which a character may be hidden takes nothing from one that was seen whole.
        """
        return max(
            self.supports.values(),
            key=lambda one: (
                one.passes,
                one.passes and not one.led.possible,
                one.passes and one.led.exact,
                one.seen_ns if one.passes else one.led.probability,
            ),
            default=None,
        )


def entries_of(hits: Iterable[Hit]) -> set[tuple[str, str]]:
    """Return the entries of hits, each by its list and its mark."""
    return {(hit.hotlist.name, hit.entry.vrm) for hit in hits}


def passing(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the hits that the crew is told of, in their order."""
    return tuple(hit for hit in hits if hit.passes)


def mark_of(hit: Hit) -> str:
    """Return the mark that tells the vehicle of a hit from others, folded as it looks on the plate.

    It is the entry's; an entry with wildcards fits many vehicles, and then it is the reading that fits.
    """
    return fold(shown_mark(hit))


def shown_mark(hit: Hit) -> str:
    """Return the same mark as it is written."""
    vrm = hit.entry.vrm
    return hit.reading if hit.reading and not _WILDCARDS.isdisjoint(vrm) else vrm


def led_by(hits: Sequence[Hit], mark: str) -> tuple[Hit, ...]:
    """Return the hits with those on a vehicle's mark first, each group in its order."""
    return (*(h for h in hits if mark_of(h) == mark), *(h for h in hits if mark_of(h) != mark))


def fallen(led: Hit, sighting: Sighting, hits: Iterable[Hit]) -> Hit:
    """Return the leading hit of an alert as a later version of its track has it: improbable where it no longer hits."""
    same = [h for h in hits if mark_of(h) == mark_of(led)]
    if same:
        return max(same, key=lambda h: (h.hotlist.name == led.hotlist.name, h.probability))
    return replace(led, sighting=sighting, probability=0.0, exact=False, offer=0.0)
