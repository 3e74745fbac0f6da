"""The store and the audit of the data folder, open for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anpr.audit import AuditLog
from anpr.data_folder import data_folder, hotlists_db, records_db
from hotlists.store.store import HotlistStore


@contextmanager
def open_store(chosen: Path | None) -> Iterator[HotlistStore]:
    """Open the hotlists of the data folder, made if need be."""
    with HotlistStore(hotlists_db(data_folder(chosen))) as store:
        yield store


@contextmanager
def open_audit(chosen: Path | None) -> Iterator[AuditLog]:
    """Open the audit of the data folder."""
    audit = AuditLog(records_db(data_folder(chosen)))
    try:
        yield audit
    finally:
        audit.close()
