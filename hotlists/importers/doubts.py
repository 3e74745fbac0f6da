"""What keeps a file that can be read from being put in force: rejects, a file that is not whole, a list far shorter."""

from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused
from hotlists.importers.options import FileKind, Understood
from hotlists.importers.spoilt import ROW_THAT_COUNTS
from hotlists.importers.tally import Tally

MOST_REJECTS: Final = 0.05
"""Share of the rows that may be rejected; beyond it the file is more likely of another form than a little dirty."""
FEW_REJECTS: Final = 3
"""That many may be rejected of a small list too, though never more than a quarter of it."""
FAR_SHORTER: Final = 0.5
"""Share of the entries in force below which a new revision is not put in force without being asked for."""
_FEWER: Final = 10
"""Entries by which a list must be shorter before that counts: short lists change by a few."""


class SteadyFile:
    """Notices that a file changes while it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = self._state()

    def check(self) -> None:
        """Raise ImportRefused when the file is not as it was."""
        if self._state() != self._before:
            raise ImportRefused(
                f"the file {self._path} changed while it was read: wait until it is written, then import it again"
            )

    def _state(self) -> tuple[int, int, int]:
        try:
            state = self._path.stat()
        except OSError:
            return 0, 0, 0
        return state.st_ino, state.st_size, state.st_mtime_ns


def check_rejects(path: Path, tally: Tally, most: float | None, where: Path | None = None) -> None:
    """Raise ImportRefused when more rows were rejected than the share `most` of them; None is the usual limit.

    `where` is the file that holds the rejects one by one.
    """
    if not tally.rows:
        raise ImportRefused(f"the file {path} has no rows: nothing was imported and the list in use is unchanged")
    share = MOST_REJECTS if most is None else most
    allowed = share * tally.rows
    if most is None:
        allowed = max(allowed, min(FEW_REJECTS, tally.rows // 4))
    if tally.rejected <= allowed and tally.entries:
        return
    reason, count = tally.reasons.most_common(1)[0]
    raise ImportRefused(
        f"{tally.rejected:,} of {tally.rows:,} rows of {path} were rejected, more than the limit of {share:.0%}"
        f" (most often, {count:,} times: {reason}): the list in use is unchanged{f'; see {where}' if where else ''}"
    )


def check_whole(path: Path, tally: Tally, understood: Understood) -> None:
    """Raise ImportRefused when the last line of a text has no end and is no whole row: the file was cut off there."""
    last = tally.last_reject
    if understood.sheet is not None or understood.kind is FileKind.JSON_ARRAY:
        return
    if last is None or last.line < tally.last_line or last.reason == ROW_THAT_COUNTS or _ends_with_its_line(path):
        return
    raise ImportRefused(
        f"the file {path} ends within its last row (line {last.line:,}: {last.reason}): copy it again, or add --yes if it is"
        " meant to be so; the list in use is unchanged"
    )


def check_length(name: str, entries: int, in_force: int) -> None:
    """Raise ImportRefused when a list would become far shorter."""
    if entries < FAR_SHORTER * in_force and in_force - entries >= _FEWER:
        raise ImportRefused(
            f"the list {name!r} would have {entries:,} entries instead of {in_force:,}: add --shorter if it is meant to be"
            " so; the list in use is unchanged"
        )


def _ends_with_its_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536))
        return file.read().rstrip(b"\x00\x1a \t")[-1:] in (b"\n", b"\r")
