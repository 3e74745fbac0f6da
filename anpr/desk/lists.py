"""The hotlists as the crew's screen uses them: on the store and the matcher, without what crews may not know of."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr.alerting.disclosure import may_show, shown_entries, shown_lists
from anpr.errors import InputError, StoreError
from anpr.screen.hand_port import NewEntry
from anpr.screen.port import Enter, ListedView, ListView, not_entered
from anpr.screen.views import listed_view
from anpr.trust.audit import AuditLog
from anpr.values import Hit, HotlistInfo, Sighting
from anpr.vrm import ALPHABET
from hotlists.entry_vrm import ANY, FEWEST_FIXED, ONE, UnusableVrm, entry_vrm
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.by_hand import HandEntry, add_entry
from hotlists.store.status import ListStatus
from hotlists.store.store import Clock, HotlistStore, unknown_list

FOUND: Final = 60
"""Most entries, and most sightings, that one look-up gives."""

CREW_LIST: Final = "Crew list"
"""The car's own list: it is made with the first entry that the crew adds; the only one that an entry makes."""


@dataclass(slots=True)
class HotlistCrewLists:
    """The lists in the car; every call opens the store anew, so any thread may call it."""

    path: Path
    matcher: HotlistMatcher
    audit: AuditLog
    clock: Clock

    def views(self, muted: frozenset[str]) -> tuple[ListView, ...]:
        """Return the lists in force that the crew may know of, highest priority first."""
        infos = self.shown()
        return tuple(
            ListView(
                name=one.name,
                priority=one.priority,
                colour=infos[one.name].colour,
                entries=one.entries,
                revision=one.revision or 0,
                age_s=one.age_s or 0.0,
                max_age_s=one.max_age_s,
                enabled=not one.switched_off,
                crew_may_disable=infos[one.name].crew_may_disable,
                crew_may_add=one.origin == "hand",
                muted=one.name in muted,
            )
            for one in self._status()
            if one.name in infos
        )

    def shown(self) -> dict[str, HotlistInfo]:
        """Return what is known of the lists in force that the crew may know of, by name."""
        return {info.name: info for info in shown_lists(one.info for one in self.matcher.in_force.lists)}

    def look_up(self, vrm: str, most: int) -> tuple[tuple[ListedView, ...], int]:
        """Return the entries of a mark, or of what fits its `?` and `*`, that the crew may be told of: the first, and how many.

        Raises InputError for a mark with wildcards of which too little is known, or that no list could have.
        """
        if not set(vrm) & {ONE, ANY}:
            listed = shown_entries(self.matcher.look_up(vrm))
            return tuple(listed_view(*found) for found in listed[:most]), len(listed)
        if sum(character in ALPHABET for character in vrm) < FEWEST_FIXED:
            raise InputError(f"this would find too much: type at least {FEWEST_FIXED} letters or digits beside ? and *")
        try:
            pattern = entry_vrm(vrm).text
        except UnusableVrm as error:
            raise InputError(f"this cannot be looked up: {error}") from None
        found, count = self.matcher.search(pattern, most, may_show)
        return tuple(listed_view(*one) for one in found), count

    def match(self, sighting: Sighting) -> tuple[Hit, ...]:
        """Return everything that a sighting matches, as the engine does: what the crew may not be told of included."""
        return tuple(self.matcher.match(sighting))

    def add(self, entry: NewEntry, enter: Enter = not_entered, actor: str = "screen") -> None:
        """Add an entry by hand, in the name of `actor`; raises UserError when the list or the entry does not allow it."""
        try:
            expires = datetime.fromisoformat(entry.expires_utc)
        except ValueError:
            raise InputError("the entry is not added: its expiry is not a date and time") from None
        if expires.tzinfo is None:
            raise InputError("the entry is not added: its expiry has no time zone")
        names = ("make", "model", "colour", "action", "markers", "information")
        fields = {name: getattr(entry, name) for name in names}
        new = HandEntry(entry.vrm, entry.reason, expires, {k: v for k, v in fields.items() if v})
        with HotlistStore(self.path, clock=self.clock) as store:
            self._require_own(store, entry.list_name)
            add_entry(store, entry.list_name or CREW_LIST, new, actor=actor, audit=self.audit, enter=enter)
        self.matcher.refresh()

    def set_enabled(self, list_name: str, enabled: bool, enter: Enter = not_entered) -> None:
        """Switch a list on or off; raises UserError when crews may not do that."""
        with HotlistStore(self.path, create=False, clock=self.clock) as store:
            self._require_shown(store, list_name)
            store.require_switchable(list_name, off=not enabled)
            enter()
            store.switch(list_name, off=not enabled)
        self.matcher.refresh()

    def _status(self) -> list[ListStatus]:
        """Return how the lists stand: a file that cannot be read keeps no screen from being shown."""
        try:
            return self.matcher.status()
        except StoreError:
            return self.matcher.loaded_status()

    def _require_own(self, store: HotlistStore, list_name: str) -> None:
        """Raise UserError unless crews may add to this list: their own, which a name that they make up is not.

        A list that they named like one of the back office would keep that one out of the car.
        """
        if list_name in {"", CREW_LIST}:
            return
        self._require_shown(store, list_name)
        store.get(list_name).require_origin("hand")

    def _require_shown(self, store: HotlistStore, list_name: str) -> None:
        """Raise what naming an unknown list raises, for one that the crew may not know of."""
        found = store.find(list_name)
        if found is not None and not may_show(found.settings):
            raise unknown_list(list_name)
