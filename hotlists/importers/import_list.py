"""A hotlist file into the store: read, staged, checked, put in force."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hotlists.importers.doubts import SteadyFile, check_length, check_rejects, check_whole
from hotlists.importers.options import ReadOptions, Understood
from hotlists.importers.read import entries
from hotlists.importers.rejects import RejectsFile
from hotlists.importers.tally import Tally
from hotlists.store.revision import Revision, StoredList
from hotlists.store.settings import ListSettings
from hotlists.store.staging import new_revision
from hotlists.store.store import HotlistStore


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported.

    `most_rejects` is a share of its rows, None for the usual limit. `shorter` takes a list that is far shorter than the one
    in force, `unfinished` a file that ends within a row. `progress` gets the rows read so far; `before_in_force` what was
    understood and counted, before any of it is in force.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    most_rejects: float | None = None
    effective_utc: datetime | None = None
    progress: Callable[[int], None] | None = None
    shorter: bool = False
    unfinished: bool = False
    before_in_force: Callable[[Understood, Tally], None] | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The totals of an import; `rejects_file` is None when nothing was rejected or merged."""

    list_name: str
    revision: Revision
    understood: Understood
    rows: int
    entries: int
    rejected: int
    merged: int
    converted: int
    undated: int
    reasons: dict[str, int]
    rejects_file: Path | None


def importable(store: HotlistStore, name: str) -> StoredList | None:
    """Return the list that a file may replace, None when there is none yet; raises UserError when none may."""
    known = store.find(name)
    if known is not None:
        known.require_origin("file")
    return known


def import_list(
    store: HotlistStore, path: Path, settings: ListSettings, options: ImportOptions | None = None
) -> ImportReport:
    """Import a file as the new revision of a list, which is made if need be.

    Raises ImportRefused when the file is no hotlist, has no usable row or too many rejects, changes while it is read, ends
    within a row, or is far shorter than the list in force, which is then unchanged. Raises UserError for a list that does
    not come from a file.
    """
    options = options or ImportOptions()
    known = importable(store, settings.name)
    stored = known or store.define(settings, origin="file", source=path.name)
    rejects = RejectsFile(path, store.path.parent / "rejects")
    tally, understood, steady = Tally(), Understood(), SteadyFile(path)
    try:
        with new_revision(store, stored, by="file", source=path.name, effective_utc=options.effective_utc) as staged:
            for batch in entries(path, options.read, understood):
                staged.add(batch)
                tally.add(batch)
                rejects.reject(batch.rejects)
                if options.progress is not None:
                    options.progress(tally.rows)
            steady.check()
            if not options.unfinished:
                check_whole(path, tally, understood)
            check_rejects(path, tally, options.most_rejects, rejects.path)
            merged = staged.merge_duplicates(rejects.merge)
            if known is not None and known.current is not None and not options.shorter:
                check_length(settings.name, tally.entries - merged, known.current.entries)
            if options.before_in_force is not None:
                options.before_in_force(understood, tally)
            if known is not None and known.settings != settings:
                store.define(settings, origin=known.origin, source=path.name)
            revision = staged.activate(rejected=tally.rejected)
    except BaseException:
        if known is None:
            _forget_if_empty(store, settings.name)
        raise
    finally:
        rejects.close()
    return ImportReport(
        list_name=settings.name,
        revision=revision,
        understood=understood,
        rows=tally.rows,
        entries=revision.entries,
        rejected=tally.rejected,
        merged=merged,
        converted=tally.converted,
        undated=tally.undated,
        reasons=dict(tally.reasons.most_common()),
        rejects_file=rejects.path,
    )


def _forget_if_empty(store: HotlistStore, name: str) -> None:
    made = store.find(name)
    if made is not None and made.current is None:
        store.erase(name)
