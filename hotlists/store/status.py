"""How every list stands: its age, where it comes from, when it was last and will next be asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anpr.address import shown
from anpr.support.redaction import without_credentials
from hotlists.store.revision import StoredList
from hotlists.store.store import HotlistStore


@dataclass(frozen=True, slots=True)
class ListStatus:
    """One list: `age_s` since it was last known to be up to date, `stale` when that is more than it may be.

    It is known to be up to date from `checked_utc` back: when it was received or last checked with its back office, but never
    longer than what that office signed is valid (`valid_until_utc`). `made_age_s` is the age of what is in it, from
    `effective_utc`, when its publisher made it. `revision` and the ages are None for a list that has no revision yet. The tries
    are those of its back office.
    """

    name: str
    origin: str
    source: str
    revision: int | None
    previous_revision: int | None
    entries: int
    rejected: int
    merged: int
    priority: int
    covert: bool
    switched_off: bool
    received_utc: datetime | None
    effective_utc: datetime | None
    age_s: float | None
    max_age_s: float | None
    stale: bool
    made_age_s: float | None = None
    checked_utc: datetime | None = None
    valid_until_utc: datetime | None = None
    last_try_utc: datetime | None = None
    last_success_utc: datetime | None = None
    next_try_utc: datetime | None = None
    trouble: str = ""
    place: str = ""
    """Where the back office was asked last: an address or a folder."""
    alarm: str = ""
    """Why nobody who is trusted keeps this list up to date now, one sentence with what to do; it alerts on meanwhile."""


StandingList = tuple[StoredList, Mapping[str, str] | None, Mapping[str, Any] | None]
"""A list, what the store knows of its back office, and how far who publishes it is trusted."""


def list_status(store: HotlistStore, now: datetime) -> list[ListStatus]:
    """Return the status of all lists, highest priority first."""
    return statuses(standing_lists(store), now)


def standing_lists(store: HotlistStore) -> tuple[StandingList, ...]:
    """Return all lists as they are stored, without what depends on the moment at which somebody asks."""
    sources = {row["publisher"]: row for row in store.database.query("SELECT * FROM sync_sources")}
    trusted = {row["name"]: row for row in store.database.query("SELECT * FROM sync_lists")}
    return tuple((stored, sources.get(stored.source), trusted.get(stored.name)) for stored in store.lists())


def statuses(standing: Iterable[StandingList], now: datetime) -> list[ListStatus]:
    """Return the status at a moment, highest priority first."""
    return sorted((status_of(stored, now, *known) for stored, *known in standing), key=status_order)


def status_order(one: ListStatus) -> tuple[int, str]:
    """Return by what lists are sorted: highest priority first, then by name."""
    return -one.priority, one.name


def status_of(
    stored: StoredList,
    now: datetime,
    source: Mapping[str, Any] | None = None,
    standing: Mapping[str, Any] | None = None,
) -> ListStatus:
    """Return how one list stands; `source` is what the store knows of its back office, `standing` how it was last brought in line."""
    source = source or {}
    current = stored.current
    age = current.age_s(now) if current is not None else None
    limit = stored.settings.max_age_s
    return ListStatus(
        name=stored.name,
        origin=stored.origin,
        source=stored.source,
        revision=current.number if current is not None else None,
        previous_revision=stored.previous.number if stored.previous is not None else None,
        entries=current.entries if current is not None else 0,
        rejected=current.rejected if current is not None else 0,
        merged=current.merged if current is not None else 0,
        priority=stored.settings.priority,
        covert=stored.settings.covert,
        switched_off=stored.switched_off,
        received_utc=current.received_utc if current is not None else None,
        effective_utc=current.effective_utc if current is not None else None,
        age_s=age,
        max_age_s=limit,
        stale=limit is not None and (age is None or age > limit),
        made_age_s=max(0.0, (now - current.effective_utc).total_seconds()) if current is not None else None,
        checked_utc=current.current_utc if current is not None else None,
        valid_until_utc=_time(source.get("expires_utc")),
        last_try_utc=_time(source.get("last_try_utc")),
        last_success_utc=_time(source.get("last_success_utc")),
        next_try_utc=_time(source.get("next_try_utc")),
        # Earlier versions kept addresses as they were written.
        trouble=without_credentials(source.get("error") or ""),
        place=shown(source.get("place") or ""),
        alarm=_alarm(stored, now, source, standing or {}) if stored.origin == "sync" else "",
    )


def _alarm(stored: StoredList, now: datetime, source: Mapping[str, Any], standing: Mapping[str, Any]) -> str:
    if standing.get("trouble"):
        return without_credentials(standing["trouble"])
    if standing.get("revoked"):
        return (
            f"the hotlist {stored.name!r} was signed with a key that has been revoked: sync it, and if this stays, ask the back office to"
            " publish it again"
        )
    until = _time(source.get("expires_utc"))
    if until is not None and now > until:
        return (
            f"what the back office signed of the hotlist {stored.name!r} ran out on {until:%d %B %Y %H:%M UTC}: sync it, and if this"
            " stays, ask the back office to publish again"
        )
    return ""


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
