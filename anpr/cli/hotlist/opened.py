"""The store and the audit of the data folder, open for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anpr.alerting.disclosure import Audience, ListNames, may_show
from anpr.config.data_folder import data_folder, hotlists_db, log_file, records_db
from anpr.errors import UserError
from anpr.support.log import logged
from anpr.trust.audit import AuditLog
from hotlists.store.revision import StoredList
from hotlists.store.store import HotlistStore, unknown_list


@contextmanager
def open_store(chosen: Path | None) -> Iterator[HotlistStore]:
    """Open the hotlists of the data folder, made if need be."""
    folder = data_folder(chosen)
    with logged(log_file(folder), "hotlist command"), HotlistStore(hotlists_db(folder)) as store:
        yield store


@contextmanager
def open_audit(chosen: Path | None) -> Iterator[AuditLog]:
    """Open the audit of the data folder."""
    folder = data_folder(chosen)
    with logged(log_file(folder), "audited command"):
        audit = AuditLog(records_db(folder))
        try:
            yield audit
        finally:
            audit.close()


def named_list(store: HotlistStore, name: str, audience: Audience) -> StoredList:
    """Return a list by its name; one that this audience may not know of is as unknown as any other name."""
    found = store.find(name)
    if found is None or not may_show(found.settings, audience):
        raise unknown_list(name)
    return found


def require_writable(store: HotlistStore, name: str, audience: Audience) -> None:
    """Return when entries may be put on the list of this name, existing or not.

    Whoever makes a covert list knows of it and needs no supervisor. Once it stands, changing it would tell how long it
    is, so it is refused. That a name is taken cannot be kept from whoever picks the same one.
    """
    found = store.find(name)
    if found is not None and not may_show(found.settings, audience):
        raise UserError(f"the hotlist {name!r} cannot be changed here: take another name, or ask a supervisor")


def list_names(store: HotlistStore, audience: Audience) -> ListNames:
    """Return the names of the lists in the store, told apart for an audience."""
    return ListNames.of((stored.settings for stored in store.lists()), audience)
