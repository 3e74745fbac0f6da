"""What an import of a file would do, without doing any of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anpr.errors import ImportRefused
from hotlists.importers.doubts import SteadyFile, check_length, check_rejects, check_whole
from hotlists.importers.import_list import ImportOptions, importable
from hotlists.importers.options import Understood
from hotlists.importers.read import entries
from hotlists.importers.tally import Tally
from hotlists.keys import Keys, fold_keys
from hotlists.store.store import HotlistStore


@dataclass(frozen=True, slots=True)
class Changes:
    """VRMs by which a list would differ from its revision in force."""

    revision: int
    added: int
    removed: int
    kept: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do; `refusal` is the sentence with which it would be refused, None when it would not."""

    understood: Understood
    tally: Tally
    entries: int
    changes: Changes | None
    refusal: str | None

    @property
    def merged(self) -> int:
        """Rows that would be merged into others of the same VRM."""
        return self.tally.entries - self.entries


def preview(path: Path, options: ImportOptions, store: HotlistStore | None = None, name: str = "") -> Preview:
    """Read a file as an import into the list `name` would; without a store it is compared with nothing.

    Raises ImportRefused when the file cannot be read as a list, UserError for a list that a file may not replace.
    """
    known = importable(store, name) if store is not None else None
    tally, understood, steady = Tally(), Understood(), SteadyFile(path)
    batches: list[Keys] = []
    patterns: set[str] = set()
    for batch in entries(path, options.read, understood):
        tally.add(batch)
        batches.append(fold_keys(batch.keys[batch.keys != 0]))
        patterns.update(str(batch.rows[index][0]) for index in np.flatnonzero(batch.keys == 0))
        if options.progress is not None:
            options.progress(tally.rows)
    keys = np.unique(np.concatenate(batches)) if batches else np.zeros(0, dtype=np.uint64)
    count = len(keys) + len(patterns)
    changes = None
    if store is not None and known is not None and known.current is not None:
        index = store.index(known.current)
        rows = (store.entry(known, known.current, int(row)) for row in index.patterns)
        before = {entry.vrm for entry in rows if entry is not None}
        kept = int(index.contains(keys).sum()) + len(patterns & before)
        changes = Changes(known.current.number, count - kept, len(index) + len(before) - kept, kept)
    try:
        steady.check()
        if not options.unfinished:
            check_whole(path, tally, understood)
        check_rejects(path, tally, options.most_rejects)
        if known is not None and known.current is not None and not options.shorter:
            check_length(name, count, known.current.entries)
    except ImportRefused as error:
        return Preview(understood, tally, count, changes, str(error))
    return Preview(understood, tally, count, changes, None)
