"""What stands at the top of a file is understood, or refused with a sentence that says how to go on."""

from collections.abc import Sequence

import pytest

from anpr.errors import ImportRefused
from hotlists.importers.head import Head, is_list, understand
from hotlists.importers.options import FileKind, ReadOptions

POLICE = ["AB51CDE", "FORD", "FOCUS", "BLUE", "STOP", "FI", "Stolen", "", "", "HERTS", "22/11/2030", "", "", "", "", ""]
HEADINGS = ["VRM", "Make", "Colour", "Weed date"]
ROWS = [[f"AB{n}CDE", "FORD", "BLUE", "22/11/2030"] for n in range(51, 57)]


def head(rows: Sequence[Sequence[str]], **options: object) -> Head:
    numbered = [(number, list(cells)) for number, cells in enumerate(rows, start=1)]
    return understand(numbered, ReadOptions(**options), "the file")  # type: ignore[arg-type]


def police(first: str) -> list[str]:
    return [first, *POLICE[1:]]


def test_headings_are_found_below_titles() -> None:
    for above in ([], [["Stolen vehicles"], ["Generated", "12/11/2026"]], [["Stolen vehicles", "", "", ""]]):
        found = head([*above, HEADINGS, *ROWS])
        assert (found.kind, found.heading_row, found.lines_above) == (FileKind.TABLE, len(above) + 1, len(above))
        assert (found.first_row, found.columns, found.fewest) == (len(above) + 2, 4, 4)
        assert [column.column for column in found.found] == ["vrm", "make", "colour", "weed_date"]
    assert head([["Stolen vehicles"], ["VRM"], ["AB51CDE"]]).heading_row == 2


def test_what_could_be_rows_of_the_list_is_no_title() -> None:
    with pytest.raises(ImportRefused, match="row 7 of the file holds headings, and above them rows that are no title"):
        head([*ROWS, HEADINGS, *ROWS])
    with pytest.raises(ImportRefused):
        head([["AB51CDE"], ["CD52EFG"], ["VRM"]] * 3)


def test_headings_none_of_which_is_the_mark_are_no_row() -> None:
    with pytest.raises(
        ImportRefused, match=r"row 1 of the file holds headings \('Kennzeichen', 'Make', 'Colour'\).*--column"
    ):
        head([["Kennzeichen", "Make", "Colour"], *ROWS])
    assert head([["Kennzeichen", "Make"], ["AB51CDE", "VW"]], named={"vrm": "kennzeichen"}).places[:2] == (0, 1)
    with pytest.raises(ImportRefused, match=r"row 1 of the file looks like headings.* add --format police"):
        head([police("KENNZEICHEN"), *(police(f"AB{n}CDE") for n in range(51, 57))])
    assert head([police("KENNZEICHEN"), POLICE, POLICE], kind=FileKind.POLICE).kind is FileKind.POLICE
    # a mark without digits among few rows, or among others of its kind, is one
    assert head([police("ABC*"), POLICE, POLICE]).kind is FileKind.POLICE
    assert head([police("JAN"), police("FEB"), POLICE]).kind is FileKind.POLICE


def test_a_column_that_counts_the_rows_is_not_that_of_the_mark() -> None:
    rows = [[str(n), f"AB{n}CDE"] for n in range(51, 57)]
    with pytest.raises(ImportRefused, match="under the heading 'Index' numbers that count its rows"):
        head([["Index", "Plaque"], *rows])
    assert head([["Index", "VRM"], *rows]).places[0] == 1
    assert head([["Index"], ["1"], ["7"], ["8"]]).places[0] == 0


def test_one_mark_a_line() -> None:
    for rows in ([["AB51CDE"], ["k7 xyz"], ["1ABC"]], [["AB51CDE", "", ""], ["AB5*", "", ""]], [["AB51CDE"]]):
        found = head(rows)
        assert (found.kind, found.first_row, found.columns) == (FileKind.VRMS, 0, 1)
    for no_list in (
        [["to whom it may concern"], ["see 2"]],
        [["AB51CDE", "x"], ["CD52EFG", "y"]],
        [["a: 1"], ["b"], ["c"]],
    ):
        assert not is_list(list(enumerate(no_list, start=1)), ReadOptions())
    found = head([["VRM"], ["AB51CDE"]], kind=FileKind.VRMS)
    assert (found.first_row, found.heading_row) == (2, 1)


@pytest.mark.parametrize(("width", "fewest"), [(11, 11), (13, 13), (14, 14), (16, 14)])
def test_police_columns_without_those_that_are_empty_at_the_end(width: int, fewest: int) -> None:
    found = head([POLICE[:width]] * 3)
    assert (found.kind, found.columns, found.fewest) == (FileKind.POLICE, 16, fewest)


def test_police_columns_with_more_that_are_empty() -> None:
    assert head([[*POLICE, "", ""]] * 3).columns == 16
    with pytest.raises(ImportRefused, match="18 columns where a list without headings has 16"):
        head([[*POLICE, "x", "y"]] * 3)
    with pytest.raises(ImportRefused, match="11 columns"):
        head([[*POLICE[:10], "no date"]] * 3)


def test_rows_that_are_all_shorter_than_the_headings_are_filled_up_and_single_ones_are_not() -> None:
    assert head([HEADINGS, *(row[:2] for row in ROWS)]).fewest == 2
    assert head([HEADINGS, *ROWS, ["AB51CDE"]]).fewest == 4
    assert head([HEADINGS, *(row[:1] for row in ROWS)]).fewest == 2
