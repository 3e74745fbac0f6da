from pathlib import Path

import pytest

from anpr.errors import ImportRefused
from hotlists.importers.options import FileKind, ReadOptions
from hotlists.importers.read import entries
from hotlists.store.store import HotlistStore
from tests.hotlists.made import imported, police_row, vrms_of, write_rows


def test_bare_vrms_and_parts_of_vrms(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "list.txt", ["ab51 cde", "B51", "A?51*"])
    imported(store, path, kind=FileKind.VRMS)
    assert vrms_of(store) == ["A?51*", "AB51CDE", "B51"]
    imported(store, path, kind=FileKind.VRMS, partial=True)
    assert vrms_of(store) == ["*AB51CDE*", "*B51*", "A?51*"]


def read(path: Path, **options: object) -> tuple[list[tuple[int, str, str]], list[tuple[int, str]]]:
    """(line, VRM, make) of each entry, and (line, reason) of each reject."""
    batches = list(entries(path, ReadOptions(**options)))  # type: ignore[arg-type]
    kept = [(n, str(r[0]), str(r[1])) for b in batches for n, r in zip(b.numbers, b.rows, strict=True)]
    return kept, [(r.line, r.reason) for b in batches for r in b.rejects]


def test_layout_is_recognised_by_the_first_row_that_holds_anything(tmp_path: Path) -> None:
    empty = ["", "   "]
    contents = {
        "police": [police_row("AB51CDE"), police_row("CD52EFG")],
        "table": ["Make;VRM", "FORD;AB51CDE", "FORD;CD52EFG"],
        "json": ['{"make": "FORD", "vrm": "AB51CDE"}', '{"vrm": "CD52EFG", "make": "FORD"}'],
    }
    for name, rows in contents.items():
        kept, rejects = read(write_rows(tmp_path / name, empty + rows))
        first = 4 if name == "table" else 3
        assert (kept, rejects) == ([(first, "AB51CDE", "FORD"), (first + 1, "CD52EFG", "FORD")], []), name


def test_kind_that_is_asked_for_is_not_guessed(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a", ['{"vrm": "AB51CDE"}'])
    assert read(path, kind=FileKind.VRMS)[0] == []
    path = write_rows(tmp_path / "b", ["vrm", "AB51CDE"])
    assert read(path, kind=FileKind.TABLE)[0] == [(2, "AB51CDE", "")]
    # the heading is no entry
    assert read(path, kind=FileKind.VRMS) == ([(2, "AB51CDE", "")], [])
    kept, rejects = read(path, kind=FileKind.POLICE)
    assert kept == []
    assert rejects == [(1, "1 columns where 16 are expected"), (2, "1 columns where 16 are expected")]


def test_quoted_header_and_quoted_delimiter(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a", ['"VRM","Make"', '"AB51CDE","FORD, the blue one"'])
    assert read(path)[0] == [(2, "AB51CDE", "FORD, the blue one")]


def test_parts_of_vrms_are_open_at_their_ends_in_every_kind(tmp_path: Path) -> None:
    for name, rows in (("a", [police_row("B51", make="")]), ("b", ['{"vrm": "B51"}']), ("c", ["vrm,x", "B51,"])):
        assert [vrm for _, vrm, _ in read(write_rows(tmp_path / name, rows), partial=True)[0]] == ["*B51*"]


def test_file_of_blank_lines_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\t\n" * 10 + "\x0c\n")
    with pytest.raises(ImportRefused, match="has no rows: nothing was imported and the list in use is unchanged"):
        read(path)
