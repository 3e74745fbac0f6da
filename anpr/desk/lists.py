"""The hotlists as the crew's screen uses them: on the store and the matcher, without what crews may not know of."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anpr.alerting.disclosure import may_show, shown_entries, shown_lists
from anpr.errors import InputError
from anpr.screen.port import Enter, ListedView, ListView, NewEntry, not_entered
from anpr.screen.views import listed_view
from anpr.trust.audit import AuditLog
from anpr.values import HotlistInfo
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.by_hand import HAND_LIST, HandEntry, add_entry
from hotlists.store.store import Clock, HotlistStore, unknown_list


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
            for one in self.matcher.status()
            if one.name in infos
        )

    def shown(self) -> dict[str, HotlistInfo]:
        """Return what is known of the lists in force that the crew may know of, by name."""
        return {info.name: info for info in shown_lists(one.info for one in self.matcher.in_force.lists)}

    def look_up(self, vrm: str) -> tuple[ListedView, ...]:
        """Return the entries of a mark that the crew may be told of."""
        return tuple(listed_view(*found) for found in shown_entries(self.matcher.look_up(vrm)))

    def add(self, entry: NewEntry, enter: Enter = not_entered) -> None:
        """Add an entry by hand; raises UserError when the list or the entry does not allow it."""
        try:
            expires = datetime.fromisoformat(entry.expires_utc)
        except ValueError:
            raise InputError("the entry is not added: its expiry is not a date and time") from None
        if expires.tzinfo is None:
            raise InputError("the entry is not added: its expiry has no time zone")
        fields = {"make": entry.make, "model": entry.model, "colour": entry.colour}
        new = HandEntry(entry.vrm, entry.reason, expires, {k: v for k, v in fields.items() if v})
        with HotlistStore(self.path, clock=self.clock) as store:
            self._require_shown(store, entry.list_name)
            add_entry(store, entry.list_name or HAND_LIST, new, actor="screen", audit=self.audit, enter=enter)
        self.matcher.refresh()

    def set_enabled(self, list_name: str, enabled: bool, enter: Enter = not_entered) -> None:
        """Switch a list on or off; raises UserError when crews may not do that."""
        with HotlistStore(self.path, create=False, clock=self.clock) as store:
            self._require_shown(store, list_name)
            store.require_switchable(list_name, off=not enabled)
            enter()
            store.switch(list_name, off=not enabled)
        self.matcher.refresh()

    def _require_shown(self, store: HotlistStore, list_name: str) -> None:
        """Raise what naming an unknown list raises, for one that the crew may not know of."""
        found = store.find(list_name)
        if found is not None and not may_show(found.settings):
            raise unknown_list(list_name)
