"""A new entry or revision, matched against the sightings already recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from anpr.values import Hit, RecordedSighting
from anpr.vrm import fold
from hotlists.keys import pack
from hotlists.matching.in_force import InForce, ListInForce
from hotlists.matching.matcher import HotlistMatcher

LOOK_BACK: Final = timedelta(hours=12)


class SightingRecords(Protocol):
    """Where recorded sightings come from; `anpr.records.store.RecordStore` is one."""

    def sightings_since(self, since_utc: datetime) -> Iterator[RecordedSighting]:
        """Return the recorded sightings from a time on, earliest first."""


@dataclass(frozen=True, slots=True, eq=False)
class PastHit:
    """A hit of a recorded sighting, whose time, place and pictures are those of the record."""

    sighting_id: int
    hit: Hit


def look_back(
    matcher: HotlistMatcher,
    records: SightingRecords,
    before: InForce,
    after: InForce,
    now: datetime,
    span: timedelta = LOOK_BACK,
) -> Iterator[PastHit]:
    """Yield the recorded sightings that entries new in `after` would have alerted on (`Hit.passes`).

    `before` and `after` are what `HotlistMatcher.on_change` gives. Entries that were there before have alerted when
    they were seen. Runs as long as there are records: for a thread of its own, with its own record store.
    """
    old = {one.stored.id: one for one in before.lists}
    changed = {
        one.stored.id: old.get(one.stored.id)
        for one in after.lists
        if one.stored.id not in old or old[one.stored.id].revision.id != one.revision.id
    }
    if not changed:
        return
    for record in records.sightings_since(now - span):
        sighting = replace(record.sighting, track_id=-record.sighting_id)
        for hit in matcher.match(sighting):
            one = next((o for o in after.lists if o.stored.name == hit.hotlist.name), None)
            if one is None or one.stored.id not in changed or not hit.passes:
                continue
            if _is_new(hit, changed, one):
                yield PastHit(record.sighting_id, hit)


def _is_new(hit: Hit, changed: Mapping[int, ListInForce | None], one: ListInForce) -> bool:
    previous = changed[one.stored.id]
    if previous is None:
        return True
    keys, plain = pack([fold(hit.entry.vrm)])
    if plain[0]:
        return not bool(previous.index.contains(keys)[0])
    return hit.entry.vrm not in previous.wildcards.patterns
