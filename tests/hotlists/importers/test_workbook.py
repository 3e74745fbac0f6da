from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from anpr.errors import ImportRefused
from hotlists.importers import workbook
from hotlists.importers.cells import NO_VALUE
from hotlists.importers.head import Head
from hotlists.importers.import_list import ImportReport
from hotlists.importers.options import FileKind, Understood
from hotlists.importers.workbook import FORMULAS, MERGED, batches
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, outcomes, vrms_of
from tests.hotlists.sheets import write_book

DAY = datetime(2030, 12, 31)  # noqa: DTZ001 - as workbooks hold them
TABLE: list[list[Any]] = [["VRM", "Make", "Weed date"], *([f"AB{n}CDE", "Ford", DAY] for n in range(51, 57))]
MARKS = [f"AB{n}CDE" for n in range(51, 57)]


def test_workbook(store: HotlistStore, tmp_path: Path) -> None:
    rows = [["VRM", "Make", "Weed date", "CAD"], ["ab51 cde", "Ford", DAY, 12.0], [None] * 4, ["1", "x"]]
    report = imported(store, write_book(tmp_path / "list.xlsx", {"a": rows}))
    assert [(row[1], row[2], row[11], row[14]) for row in store.rows(report.revision)] == [
        ("1", "x", "", ""),
        ("AB51CDE", "Ford", "2030-12-31", "12"),
    ]
    assert report.undated == 1


NOTHING = (None,) * 14
THREE = Head(FileKind.TABLE, 1, 3, 3, (0, 2, *NOTHING), ())


def test_rows_are_put_in_our_order_and_what_is_too_wide_is_rejected() -> None:
    cells = [(1, ["A"]), (2, ["B", "b", "x", ""]), (4, ["C", "c", "", "x"])]
    (batch,) = batches(iter(cells), THREE, Understood())
    assert (list(batch.numbers), batch.rows) == ([1, 2], [["A", *[""] * 15], ["B", "x", *[""] * 14]])
    assert [(r.line, r.reason) for r in batch.rejects] == [(4, "more than 3 columns")]


def test_batches_lose_no_row_at_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_A_BATCH", 3)
    for count in (0, 1, 2, 3, 4, 6, 7):
        found = list(batches(((n, [f"V{n}"]) for n in range(1, count + 1)), THREE, Understood()))
        assert [n for batch in found for n in batch.numbers] == list(range(1, count + 1))
        assert [row[0] for batch in found for row in batch.rows] == [f"V{n}" for n in range(1, count + 1)]
        assert max(len(batch.rows) for batch in found) <= 3
    monkeypatch.setattr(workbook, "CHARACTERS_A_BATCH", 4)
    assert [len(b.rows) for b in batches(((n, ["V1"]) for n in range(5)), THREE, Understood())] == [2, 2, 1]


def left_out(report: ImportReport) -> dict[str, str]:
    return dict(report.understood.sheets_left_out)


def test_the_sheet_that_is_the_list_is_found_and_the_others_are_told(store: HotlistStore, tmp_path: Path) -> None:
    cover = [["Stolen vehicles"], ["Owner: J Smith"]]
    sheets = {"Cover": cover, "Old": TABLE[:3], "Data": TABLE, "Empty": []}
    report = imported(store, write_book(tmp_path / "list.xlsx", sheets, hidden=["Old"]))
    assert vrms_of(store) == MARKS
    assert report.understood.sheet == "Data"
    assert left_out(report) == {"Cover": "no list", "Old": "hidden", "Empty": "empty"}


def test_a_hidden_sheet_is_taken_when_it_is_named_and_never_else(store: HotlistStore, tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", {"Old": TABLE[:3], "Cover": [["see other file"]]}, hidden=["Old"])
    with pytest.raises(ImportRefused, match=r"the sheet 'Cover' of .* has no headings"):
        imported(store, path)
    assert imported(store, path, sheet="old").entries == 2
    path = write_book(tmp_path / "b.xlsx", {"Old": TABLE[:3], "Empty": []}, hidden=["Old"])
    with pytest.raises(
        ImportRefused, match=r"shows no sheet with rows \(hidden: 'Old', 'Empty'\).* name it with --sheet"
    ):
        imported(store, path)


def test_which_of_two_lists_is_meant_is_not_guessed(store: HotlistStore, tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", {"North": TABLE[:3], "South": TABLE})
    with pytest.raises(
        ImportRefused, match=r"2 sheets that could be the list \('North', 'South'\): name one with --sheet"
    ):
        imported(store, path)
    assert imported(store, path, sheet="South").entries == 6
    with pytest.raises(ImportRefused, match=r"no rows in a sheet 'East' \(its sheets: 'North', 'South'\)"):
        imported(store, path, sheet="East")
    path = write_book(tmp_path / "b.xlsx", {"A": [["see South"]], "B": [["and North"]]})
    with pytest.raises(ImportRefused, match="2 sheets that hold rows, and none looks like a list"):
        imported(store, path)


def test_formulas_without_a_value_cost_the_row_where_mark_or_date_should_be(
    store: HotlistStore, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [
        *TABLE,
        ["CD51EFG", "Ford", "=TODAY()+30"],
        ["=A2", "Ford", DAY],
        ["EF51GHJ", "=B2", DAY],
    ]
    report = imported(store, write_book(tmp_path / "list.xlsx", {"a": rows}))
    assert [(line, reason.split(":")[0]) for line, _, reason in outcomes(report)] == [
        ("8", "the weed date is a formula without a value"),
        ("9", "the VRM is a formula without a value"),
    ]
    assert vrms_of(store) == [*MARKS, "EF51GHJ"]
    assert report.understood.notes == {FORMULAS: 1}
    assert not any(NO_VALUE in str(cell) for row in store.rows(report.revision) for cell in row)


def test_what_a_spreadsheet_made_of_a_mark_is_no_mark(store: HotlistStore, tmp_path: Path) -> None:
    rows: list[list[Any]] = [*TABLE, [DAY, "Ford", DAY], [True, "Ford", DAY], ["=1/0", "Ford", DAY]]
    report = imported(store, write_book(tmp_path / "list.xlsx", {"a": rows}))
    assert vrms_of(store) == MARKS
    assert [line for line, _, _ in outcomes(report)] == ["10", "8", "9"]
    assert "which a spreadsheet made of it" in outcomes(report)[1][2]


def merged_book(path: Path, cells: str) -> Path:
    book = openpyxl.Workbook()
    for row in (["Stolen vehicles"], *TABLE):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def test_cells_that_are_merged_over_rows_are_not_a_shorter_list(store: HotlistStore, tmp_path: Path) -> None:
    for cells, name in (("A3:A5", "VRM"), ("C4:C6", "weed date"), ("A4:C5", "VRM")):
        with pytest.raises(
            ImportRefused, match=rf"merged cells in the column of the {name} \(rows \d to \d\).* unmerge"
        ):
            imported(store, merged_book(tmp_path / "a.xlsx", cells))
    report = imported(store, merged_book(tmp_path / "b.xlsx", "B4:B6"))
    assert (report.entries, report.understood.notes) == (6, {MERGED: 1})
    assert imported(store, merged_book(tmp_path / "c.xlsx", "A1:C1")).understood.notes == {}


def test_police_columns_without_headings_and_without_the_empty_ones_behind(store: HotlistStore, tmp_path: Path) -> None:
    row = ["FORD", "FOCUS", "BLUE", "STOP", "FI", "Stolen", None, None, "x", DAY]
    report = imported(store, write_book(tmp_path / "list.xlsx", {"a": [[mark, *row] for mark in MARKS]}))
    assert {(entry[2], entry[11]) for entry in store.rows(report.revision)} == {("FORD", "2030-12-31")}
    assert vrms_of(store) == MARKS


def test_empty_workbook(store: HotlistStore, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="is empty: nothing was imported and the list in use is unchanged"):
        imported(store, write_book(tmp_path / "list.xlsx", {"a": [[None, ""]]}))
