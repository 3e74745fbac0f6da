"""A hotlist file into the store: read, staged, checked against the limit of rejects, put in force."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused, UserError
from hotlists.importers.read import ReadOptions, entries
from hotlists.importers.rejects import RejectsFile
from hotlists.store.revision import Revision
from hotlists.store.settings import ListSettings
from hotlists.store.staging import new_revision
from hotlists.store.store import HotlistStore

MOST_REJECTS: Final = 0.05
"""Share of the rows that may be rejected; beyond it the file is more likely of another form than a little dirty."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported; `most_rejects` is a share of its rows, `progress` gets the rows read so far."""

    read: ReadOptions = field(default_factory=ReadOptions)
    most_rejects: float = MOST_REJECTS
    effective_utc: datetime | None = None
    progress: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The totals of an import; `rejects_file` is None when nothing was rejected or merged."""

    list_name: str
    revision: Revision
    rows: int
    entries: int
    rejected: int
    merged: int
    converted: int
    reasons: dict[str, int]
    rejects_file: Path | None


def import_list(
    store: HotlistStore, path: Path, settings: ListSettings, options: ImportOptions | None = None
) -> ImportReport:
    """Import a file as the new revision of a list, which is made if need be.

    Raises ImportRefused when the file is no hotlist, has no usable row, or has too many rejects: then the list in
    use is unchanged. Raises UserError for a list that comes from the back office.
    """
    options = options or ImportOptions()
    known = store.find(settings.name)
    if known is not None and known.origin == "sync":
        raise UserError(f"the hotlist {settings.name!r} comes from the back office: import under another name")
    stored = known or store.define(settings, origin="file", source=path.name)
    rejects = RejectsFile(path, store.path.parent / "rejects")
    rows = converted = 0
    try:
        with new_revision(store, stored, source=path.name, effective_utc=options.effective_utc) as staged:
            for batch in entries(path, options.read):
                staged.add(batch)
                rejects.reject(batch.rejects)
                rows += len(batch.rows) + len(batch.rejects)
                converted += batch.converted
                if options.progress is not None:
                    options.progress(rows)
            _check_rejects(path, rejects, rows, options.most_rejects)
            staged.merge_duplicates(rejects.merge)
            if known is not None and known.settings != settings:
                store.define(settings, origin=known.origin, source=path.name)
            revision = staged.activate(rejected=rejects.rejected)
    except BaseException:
        if known is None:
            _forget_if_empty(store, settings.name)
        raise
    finally:
        rejects.close()
    return ImportReport(
        list_name=settings.name,
        revision=revision,
        rows=rows,
        entries=revision.entries,
        rejected=rejects.rejected,
        merged=rejects.merged,
        converted=converted,
        reasons=dict(rejects.reasons.most_common()),
        rejects_file=rejects.path,
    )


def _check_rejects(path: Path, rejects: RejectsFile, rows: int, most: float) -> None:
    if not rows:
        raise ImportRefused(f"the file {path} has no rows: nothing was imported and the list in use is unchanged")
    if rejects.rejected <= most * rows and rejects.rejected < rows:
        return
    reason, count = rejects.reasons.most_common(1)[0]
    where = f"; see {rejects.path}" if rejects.path else ""
    raise ImportRefused(
        f"{rejects.rejected:,} of {rows:,} rows of {path} were rejected, more than the limit of {most:.0%}"
        f" (most often, {count:,} times: {reason}): the list in use is unchanged{where}"
    )


def _forget_if_empty(store: HotlistStore, name: str) -> None:
    made = store.find(name)
    if made is not None and made.current is None:
        store.erase(name)
