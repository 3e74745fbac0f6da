"""`anpr hotlist import` and `preview` as a clerk meets them."""

from pathlib import Path

import pytest

from anpr.errors import ConfigError, ImportRefused
from tests.anpr.cli.hotlist.test_commands import Terminal
from tests.hotlists.made import police_row, random_vrms, write_rows
from tests.hotlists.sheets import write_book


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def words(terminal: Terminal, *arguments: str) -> str:
    return " ".join(terminal.run(*arguments).stdout.split())


def test_what_was_understood_is_said_before_what_was_done(terminal: Terminal, tmp_path: Path) -> None:
    rows = [
        ["Stolen vehicles"],
        [],
        ["Reg No", "Owner", "Expiry Date"],
        ["AB51CDE", "x", "31/12/2030"],
        ["CD52EFG", "y", None],
    ]
    book = write_book(tmp_path / "list.xlsx", {"Cover": [["see Data"]], "Data": rows, "Old": rows}, hidden=["Old"])
    said = words(terminal, "import", str(book), "--list", "stolen")
    assert said.startswith(
        "read as: the sheet 'Data', headings in row 3 (1 rows above left out) columns: vrm = 'Reg No', weed_date = 'Expiry Date'"
        " columns left out: 'Owner' sheets left out: 'Cover' (no list), 'Old' (hidden) 1 of 2 entries have no weed date"
        " stolen: revision 1 in force, 2 entries from 2 rows (0 rejected, 0 merged)"
    )
    (report,) = terminal.json("import", str(book), "--list", "stolen", "--sheet", "Old")
    assert {key: report[key] for key in ("format", "sheet", "heading_line", "undated", "notes", "revision")} == {
        "format": "table", "sheet": "Old", "heading_line": 3, "undated": 1, "notes": {}, "revision": 2,
    }  # fmt: skip
    assert report["sheets_left_out"] == [{"name": "Cover", "why": "not named"}, {"name": "Data", "why": "not named"}]
    assert report["columns"][1] == {"place": 2, "heading": "Owner", "column": None}  # type: ignore[index]


def test_a_heading_may_be_named(terminal: Terminal, tmp_path: Path) -> None:
    file = str(write_rows(tmp_path / "list.csv", ["Kennzeichen;Make", "AB51CDE;FORD"]))
    with pytest.raises(ImportRefused, match="name the VRM's heading with --column"):
        terminal.run("import", file, "--list", "x")
    assert terminal.json("import", file, "--list", "x", "--column", "vrm=kennzeichen")[0]["entries"] == 1
    for wrong in ("vrm", "vrm=", "owner=Make"):
        with pytest.raises(ConfigError, match="write OURS=HEADING, where OURS is one of vrm, make"):
            terminal.run("import", file, "--list", "x", "--column", wrong)


def test_preview_shows_rows_rejects_and_changes_and_imports_nothing(terminal: Terminal, tmp_path: Path) -> None:
    vrms = random_vrms(40)
    file = write_rows(tmp_path / "list.csv", [police_row(vrm) for vrm in vrms])
    assert "nothing was imported" in words(terminal, "preview", str(file), "--list", "stolen")
    assert terminal.json("status") == []
    terminal.run("import", str(file), "--list", "stolen")
    write_rows(file, [police_row("AB51CDE", reason="[red]x[/red]"), police_row(vrms[0]), "broken", police_row(vrms[1])])
    said = words(terminal, "preview", str(file), "--list", "stolen")
    for part in ("AB51CDE", "[red]x[/red]", "row 3: 1 columns where 16 are expected", "3 entries from 4 rows (1 rejected",
                 "against 'stolen', revision 1: 1 new, 38 gone, 2 the same VRM",
                 "an import would be refused: the list 'stolen' would have 3 entries instead of 40: add --shorter"):  # fmt: skip
        assert part in said
    (found,) = terminal.json("preview", str(file), "--list", "stolen", "--shorter")
    assert (found["refusal"], found["entries"], found["rejected"]) == (None, 3, 1)
    assert found["changes"] == {"revision": 1, "added": 1, "removed": 38, "kept": 2}
    assert found["first"][0]["reason"] == "[red]x[/red]"  # type: ignore[index]
    assert found["rejects"] == [{"line": 3, "reason": "1 columns where 16 are expected"}]
    assert terminal.json("status")[0]["entries"] == 40


def test_what_is_doubtful_is_put_in_force_when_it_is_asked_for(terminal: Terminal, tmp_path: Path) -> None:
    whole = write_rows(tmp_path / "list.csv", [police_row(vrm) for vrm in random_vrms(40)])
    terminal.run("import", str(whole), "--list", "stolen")
    cut = tmp_path / "cut.csv"
    cut.write_text(whole.read_text()[:300])
    for options, sentence in (((), "ends within its last row"), (("--shorter",), "ends within its last row")):
        with pytest.raises(ImportRefused, match=sentence):
            terminal.run("import", str(cut), "--list", "stolen", *options)
    assert terminal.json("import", str(cut), "--list", "stolen", "--yes")[0]["entries"] in range(1, 20)
    with pytest.raises(ConfigError, match="percentage from 0 to 100"):
        terminal.run("import", str(whole), "--list", "stolen", "--max-rejects", "101")


def test_a_covert_list_is_compared_with_for_a_supervisor_alone(terminal: Terminal, tmp_path: Path) -> None:
    file = str(write_rows(tmp_path / "list.csv", [police_row("AB51CDE")]))
    terminal.run("import", file, "--list", "hidden", "--covert")
    with pytest.raises(Exception, match="cannot be changed here"):
        terminal.run("preview", file, "--list", "hidden")
