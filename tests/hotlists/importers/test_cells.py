from collections import Counter
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from anpr.errors import ImportRefused
from hotlists.importers import cells
from hotlists.importers.cells import HIDDEN_ROWS, NO_VALUE, SheetReader
from hotlists.importers.xlsx import open_workbook
from tests.hotlists.sheets import change_part, write_book, write_xml_book


def read(path: Path, notes: Counter[str] | None = None) -> list[tuple[int, list[str]]]:
    with open_workbook(path) as book:
        return list(SheetReader(book, book.sheets[0], notes).rows())


def test_cells_become_the_texts_that_a_list_would_hold(tmp_path: Path) -> None:
    rows = [
        [None, "", None],
        ["AB51CDE", 26.0, 26.5, None],
        [datetime(2026, 12, 24, 13, 5), date(2026, 12, 25), True, "é → Ж"],  # noqa: DTZ001 - as workbooks hold them
        [None, "=1+1", "#N/A", 1e10],
    ]
    assert read(write_book(tmp_path / "list.xlsx", {"a": rows, "b": [["CD52EFG"]]})) == [
        (2, ["AB51CDE", "26", "26.5"]),
        (3, ["2026-12-24", "2026-12-25", "TRUE", "é → Ж"]),
        (4, ["", NO_VALUE, "#N/A", "10000000000"]),
    ]


@pytest.mark.parametrize("claimed", ["A1", "A1:B1", "A1:XFD1048576", "C3:D4", "nonsense", ""])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path, claimed: str) -> None:
    rows = [["VRM", "Make", "Colour"], *([f"AB{n:02d}CDE", "Ford", "red"] for n in range(30))]
    path = write_book(tmp_path / "list.xlsx", {"a": rows})
    change_part(path, r"<dimension [^>]*>", f'<dimension ref="{claimed}"/>' if claimed else "")
    assert [row for _, row in read(path)] == rows


def test_days_count_from_where_the_workbook_says(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append([date(2030, 12, 31)])
    book.save(tmp_path / "list.xlsx")
    assert read(tmp_path / "list.xlsx") == [(1, ["2030-12-31"])]


def test_cells_and_rows_without_a_place_follow_each_other(tmp_path: Path) -> None:
    sheet = (
        b'<sheetData><row><c t="inlineStr"><is><r><t>AB51</t></r><r><t>CDE</t></r><rPh><t>spoken</t></rPh></is></c>'
        b'<c t="str"><f>x</f><v></v></c><c t="str"><f>x</f><v>Ford</v></c></row>'
        b'<row r="7"><c r="C7"><v>12</v></c><c t="d"><v>2030-12-31T00:00:00</v></c></row><row><c/></row></sheetData>'
    )
    assert read(write_xml_book(tmp_path / "list.xlsx", [sheet])) == [
        (1, ["AB51CDE", "", "Ford"]),
        (7, ["", "", "12", "2030-12-31"]),
    ]


def test_hidden_rows_are_rows_and_are_counted(tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", {"a": [["AB51CDE"], ["CD52EFG"]]})
    change_part(path, r'<row r="2"', '<row hidden="1" r="2"')
    notes: Counter[str] = Counter()
    assert read(path, notes) == [(1, ["AB51CDE"]), (2, ["CD52EFG"])]
    assert notes == {HIDDEN_ROWS: 1}


def test_texts_that_many_cells_share_are_counted_for_each_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_book(tmp_path / "list.xlsx", {"a": [["AB51CDE"]] * 10})
    monkeypatch.setattr(cells, "MOST_CHARACTERS", 70)
    assert len(read(path)) == 10
    monkeypatch.setattr(cells, "MOST_CHARACTERS", 69)
    with pytest.raises(ImportRefused, match="holds more text than a list does"):
        read(path)


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (b'<row r="1048577"/>', "more rows than the format allows"),
        (b'<row r="x"/>', "damaged"),
        (b'<row><c t="s"><v>7</v></c></row>', "damaged"),
        (b'<row><c><v>seven</v></c></row>', "damaged"),
        (b'<row><c r="AMK1"><v>7</v></c></row>', "beyond its column 1,024"),
    ],
)  # fmt: skip
def test_what_the_format_does_not_allow_is_refused(tmp_path: Path, sheet: bytes, sentence: str) -> None:
    path = write_xml_book(tmp_path / "list.xlsx", [b"<sheetData>" + sheet + b"</sheetData>"])
    with pytest.raises(ImportRefused, match=sentence):
        read(path)
