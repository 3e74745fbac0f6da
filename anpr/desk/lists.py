"""The hotlists as the crew's screen uses them: implements `anpr.desk.desk.CrewLists` on the store and the matcher."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anpr.audit import AuditLog
from anpr.errors import InputError
from anpr.screen.port import ListedView, ListView, NewEntry
from hotlists.matching.matcher import HotlistMatcher
from hotlists.store.by_hand import HAND_LIST, HandEntry, add_entry
from hotlists.store.store import HotlistStore


@dataclass(slots=True)
class HotlistCrewLists:
    """The lists in the car; every call opens the store anew, so any thread may call it."""

    path: Path
    matcher: HotlistMatcher
    audit: AuditLog

    def views(self, muted: frozenset[str]) -> tuple[ListView, ...]:
        """Return the lists in force, highest priority first; covert ones are not shown to the crew."""
        infos = {one.info.name: one.info for one in self.matcher.in_force.lists}
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
            if one.name in infos and not one.covert
        )

    def look_up(self, vrm: str) -> tuple[ListedView, ...]:
        """Return the entries of a mark, without those of covert lists."""
        return tuple(
            ListedView(
                list_name=info.name, vrm=entry.vrm, make=entry.make, model=entry.model, colour=entry.colour,
                action=entry.action, markers=entry.markers, reason=entry.reason, nim_code=entry.nim_code,
                information=entry.information, force_area=entry.force_area, weed_date=entry.weed_date,
                marking=entry.marking, cad=entry.cad, list_colour=info.colour, list_sound=info.sound,
                priority=info.priority, revision=info.revision, list_age_s=age_s, list_max_age_s=info.max_age_s,
                probability=1.0, exact=True,
            )
            for entry, info, age_s in self.matcher.look_up(vrm)
            if not info.covert
        )  # fmt: skip

    def add(self, entry: NewEntry) -> None:
        """Add an entry by hand; raises UserError when the list or the entry does not allow it."""
        try:
            expires = datetime.fromisoformat(entry.expires_utc)
        except ValueError:
            raise InputError("the entry is not added: its expiry is not a date and time") from None
        if expires.tzinfo is None:
            raise InputError("the entry is not added: its expiry has no time zone")
        fields = {"make": entry.make, "model": entry.model, "colour": entry.colour}
        new = HandEntry(entry.vrm, entry.reason, expires, {k: v for k, v in fields.items() if v})
        with HotlistStore(self.path) as store:
            add_entry(store, entry.list_name or HAND_LIST, new, actor="screen", audit=self.audit)
        self.matcher.refresh()

    def set_enabled(self, list_name: str, enabled: bool) -> None:
        """Switch a list on or off; raises UserError when crews may not do that."""
        with HotlistStore(self.path, create=False) as store:
            store.switch(list_name, off=not enabled)
        self.matcher.refresh()
