"""Entries put on and taken off a list by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from anpr.errors import UserError
from anpr.showable import require_showable
from anpr.trust.audit import AuditLog
from hotlists.columns import POLICE_COLUMNS
from hotlists.entry_vrm import UnusableVrm, entry_vrm
from hotlists.keys import pack
from hotlists.store.changes import Changes, RevisionFacts, apply_changes, rows_with
from hotlists.store.entries import EntryBatch
from hotlists.store.revision import Revision, StoredList
from hotlists.store.settings import ListSettings
from hotlists.store.staging import new_revision
from hotlists.store.store import HotlistStore

HAND_LIST = "by hand"
"""The list to which entries go when none is named."""


@dataclass(frozen=True, slots=True)
class HandEntry:
    """What is entered by hand; `fields` may set any column but the VRM (make, colour, markers, …)."""

    vrm: str
    reason: str
    expires_utc: datetime | None
    fields: dict[str, str]


def add_entry(
    store: HotlistStore,
    list_name: str,
    new: HandEntry,
    *,
    actor: str,
    audit: AuditLog,
    enter: Callable[[], object] = lambda: None,
) -> tuple[Revision, str]:
    """Put an entry on a list (made if need be), in place of one with the same VRM; return the revision and the VRM.

    `enter` is called once nothing refuses the entry, before it is put on the list.
    Raises UserError for a VRM no plate can have, an empty reason, an expiry that has passed, or a list that comes from
    the back office or a file.
    """
    try:
        vrm = entry_vrm(new.vrm)
    except UnusableVrm as error:
        raise UserError(f"the entry is not added: {error}") from error
    if not new.reason.strip():
        raise UserError("the entry is not added: give a reason")
    if new.expires_utc is not None and new.expires_utc <= store.clock():
        raise UserError("the entry is not added: its expiry has passed already")
    values = dict.fromkeys(POLICE_COLUMNS, "") | new.fields | {"vrm": vrm.text, "reason": new.reason}
    for column, text in values.items():
        require_showable(column, text)
    unknown = set(values) - set(POLICE_COLUMNS)
    if unknown:
        raise UserError(f"there is no column {min(unknown)!r}: use {', '.join(POLICE_COLUMNS[1:])}")
    if new.expires_utc is not None and not values["weed_date"]:
        values["weed_date"] = new.expires_utc.isoformat(timespec="minutes")
    until_s = int(new.expires_utc.timestamp()) if new.expires_utc is not None else None
    keys = np.zeros(1, dtype=np.uint64) if vrm.is_pattern else pack([vrm.text])[0]
    batch = EntryBatch([[*(values[c] for c in POLICE_COLUMNS), until_s]], keys, [1])
    stored = _own_list(store, list_name, make=True)
    enter()
    audit.record(actor, "hotlist_add", {"list": list_name, "vrm": vrm.text, "reason": new.reason})
    return _changed(store, stored, Changes([], batch), "by hand"), vrm.text


def remove_entry(store: HotlistStore, list_name: str, vrm: str, *, actor: str, audit: AuditLog) -> Revision:
    """Take the entry with this VRM off a list; raises UserError when it has none, or is not kept by hand."""
    stored = _own_list(store, list_name, make=False)
    try:
        text = entry_vrm(vrm).text
    except UnusableVrm as error:
        raise UserError(f"nothing is removed: {error}") from error
    if stored.current is None or not rows_with(store, stored.current, [text]):
        raise UserError(f"nothing is removed: the hotlist {list_name!r} has no such entry")
    audit.record(actor, "hotlist_remove", {"list": list_name, "vrm": text})
    return _changed(store, stored, Changes([text], _NOTHING), "by hand")


_NOTHING = EntryBatch([], np.zeros(0, dtype=np.uint64), [])


def _own_list(store: HotlistStore, name: str, *, make: bool) -> StoredList:
    stored = store.find(name)
    if stored is None:
        if not make:
            return store.get(name)
        return store.define(ListSettings(name, priority=80), origin="hand", source="by hand")
    stored.require_origin("hand")
    return stored


def _changed(store: HotlistStore, stored: StoredList, changes: Changes, source: str) -> Revision:
    if stored.current is None:
        with new_revision(store, stored, by="hand", source=source) as staged:
            staged.add(changes.entries)
            return staged.activate()
    with store.lock(stored, wait_s=5.0):
        return apply_changes(store, store.get(stored.name), changes, RevisionFacts(source), by="hand")
