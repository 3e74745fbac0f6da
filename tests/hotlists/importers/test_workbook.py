import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from anpr.errors import ImportRefused
from hotlists.importers import workbook
from hotlists.importers.workbook import batches, rows
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported


def test_workbook(store: HotlistStore, tmp_path: Path) -> None:
    from datetime import datetime  # noqa: PLC0415 - only here

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["VRM", "Make", "Weed date", "CAD"],
        ["ab51 cde", "Ford", datetime(2026, 12, 24), 12.0],  # noqa: DTZ001 - as workbooks hold them
        [None] * 4,
        ["1", "x"],
    ):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    report = imported(store, tmp_path / "list.xlsx")
    assert [(row[1], row[2], row[11], row[14]) for row in store.rows(report.revision)] == [
        ("1", "x", "", ""),
        ("AB51CDE", "Ford", "2026-12-24", "12"),
    ]


def test_cells_become_the_texts_that_a_list_would_hold(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([None, "", None])
    sheet.append(["AB51CDE", 26.0, 26.5])
    sheet.append([datetime(2026, 12, 24, 13, 5), date(2026, 12, 25), True])  # noqa: DTZ001 - as workbooks hold them
    book.create_sheet("second").append(["CD52EFG"])
    book.save(tmp_path / "list.xlsx")
    assert list(rows(tmp_path / "list.xlsx")) == [
        (2, ["AB51CDE", "26", "26.5"]),
        (3, ["2026-12-24", "2026-12-25", "True"]),
    ]


def test_rows_are_filled_up_and_what_is_too_wide_is_rejected() -> None:
    cells = [(1, ["A"]), (2, ["B", "b", "", ""]), (4, ["C", "c", "", "x"])]
    (batch,) = batches(iter(cells), 3)
    assert (list(batch.numbers), batch.rows) == ([1, 2], [["A", "", ""], ["B", "b", ""]])
    assert [(r.line, r.reason) for r in batch.rejects] == [(4, "more than 3 columns")]


def test_batches_lose_no_row_at_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_A_BATCH", 3)
    for count in (0, 1, 2, 3, 4, 6, 7):
        found = list(batches(((n, [f"V{n}"]) for n in range(1, count + 1)), 1))
        assert [n for batch in found for n in batch.numbers] == list(range(1, count + 1))
        assert [row for batch in found for row in batch.rows] == [[f"V{n}"] for n in range(1, count + 1)]
        assert max(len(batch.rows) for batch in found) <= 3


def test_workbook_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3000)
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED_BYTES", 2999)
    with pytest.raises(ImportRefused, match="unpacks to more than 4 GB: export the list as CSV"):
        list(rows(path))
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED_BYTES", 3000)
    with pytest.raises(ImportRefused, match="is damaged or no XLSX"):
        list(rows(path))
