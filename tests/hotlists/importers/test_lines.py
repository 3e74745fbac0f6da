"""A line of 5 GB, made while it is read: what is held of it stays small."""

import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from hotlists.importers import lines, read
from hotlists.importers.delimited import split
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, outcomes, police_row, vrms_of

MB = 1_000_000
FIRST, LAST = police_row("AB51CDE") + "\n", "\n" + police_row("CD52EFG") + "\n"


class LongLine:
    """A text of one row, a line of `length` characters, and another row; holds no more than is read at a time."""

    def __init__(self, length: int) -> None:
        self._parts = iter([FIRST, *self._middle(length), LAST])

    @staticmethod
    def _middle(length: int) -> list[str]:
        part = "x" * lines.BLOCK_CHARACTERS
        return [part] * (length // len(part)) + ["x" * (length % len(part))]

    def read(self, _: int) -> str:
        return next(self._parts, "")


class RawLongLine(io.RawIOBase):
    """The same as bytes."""

    def __init__(self, length: int) -> None:
        self._left = length
        self._ends = [LAST.encode(), FIRST.encode()]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if len(self._ends) == 2 or (not self._left and self._ends):
            part = self._ends.pop()
        else:
            part = b"x" * min(self._left, len(buffer))
            self._left -= len(part)
        buffer[: len(part)] = part
        return len(part)


def most_held_mb(action: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1] / MB
    finally:
        tracemalloc.stop()


def test_line_of_5_gb_is_skipped_in_bounded_memory() -> None:
    rows: list[str] = []
    rejects: list[tuple[int, str]] = []

    def action() -> None:
        for batch in split(lines.blocks(LongLine(5_000 * MB)), ",", 16):  # type: ignore[arg-type]
            rows.extend(row[0] for row in batch.rows)
            rejects.extend((reject.line, reject.reason) for reject in batch.rejects)

    held_mb = most_held_mb(action)
    assert rows == ["AB51CDE", "CD52EFG"]
    assert rejects == [(2, "the line is longer than 100,000 characters")]
    assert held_mb < 5 * lines.BLOCK_CHARACTERS / MB


def test_import_of_a_long_line_holds_as_little_whatever_its_length(
    store: HotlistStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(FIRST)
    held_mb = []
    for length in (20 * MB, 200 * MB):

        def generated(*_: object, length: int = length) -> io.TextIOWrapper:
            return io.TextIOWrapper(io.BufferedReader(RawLongLine(length), 1 << 20), "utf-8-sig", "surrogateescape")

        monkeypatch.setattr(read, "open_text", generated)
        held_mb.append(most_held_mb(lambda: imported(store, path)))
        assert vrms_of(store) == ["AB51CDE", "CD52EFG"]
    assert held_mb[1] < held_mb[0] + 1
    assert held_mb[1] < 80
    report = imported(store, path)
    assert outcomes(report) == [("2", "rejected", "the line is longer than 100,000 characters")]
