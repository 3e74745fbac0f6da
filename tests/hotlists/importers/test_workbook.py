from pathlib import Path

import openpyxl

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
