"""The store and the audit of the data folder, open for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anpr.audit import AuditLog
from anpr.data_folder import data_folder, hotlists_db, log_file, records_db
from anpr.log import logged
from hotlists.store.store import HotlistStore


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
