import csv
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import openpyxl
import pytest

from anpr.errors import ImportRefused, UserError
from hotlists.importers import lines
from hotlists.importers.import_list import ImportOptions, ImportReport, import_list
from hotlists.importers.read import FileKind, ReadOptions
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, police_row, vrms_of, write_rows


def imported(store: HotlistStore, path: Path, most_rejects: float = 0.5, **read: object) -> ImportReport:
    return import_list(
        store,
        path,
        ListSettings("stolen"),
        ImportOptions(ReadOptions(**read), most_rejects=most_rejects),  # type: ignore[arg-type]
    )


def outcomes(report: ImportReport) -> list[tuple[str, str, str]]:
    assert report.rejects_file is not None
    with report.rejects_file.open(encoding="utf-8", newline="") as file:
        return [(row["line"], row["outcome"], row["reason"]) for row in csv.DictReader(file)]


def test_police_csv_is_kept_as_it_came(store: HotlistStore, tmp_path: Path) -> None:
    fields = ["ab51 cde", "Ford", "Focus ST", "BLUE", "STOP", "FI WE", "Stolen", "E41", 'armed, "approach" with care', "39 TVP",
              "24/12/2026", "26/0012X", "OFFICIAL", "CAD 12", "", "x"]  # fmt: skip
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(fields)
    report = imported(store, path)
    assert (report.rows, report.entries, report.rejected, report.merged) == (1, 1, 0, 0)
    assert report.rejects_file is None
    row = next(iter(store.rows(report.revision)))
    assert list(row[1:17]) == ["AB51CDE", *fields[1:]]
    # the last day ends at midnight in the United Kingdom
    assert row[17] == 1798156800


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", "\t"), ("utf-16", ";"), ("utf-16-le", "|"), ("utf-16-be", ","), ("cp1252", ";")],
)
def test_encodings_and_delimiters(store: HotlistStore, tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "list.csv"
    rows = [police_row("AB51CDE", model="Citroën"), police_row("CD52EFG", reason="£ fraud")]
    path.write_bytes("\r\n".join(row.replace(",", delimiter) for row in rows).encode(encoding))
    report = imported(store, path)
    assert report.rejected == 0
    kept = list(store.rows(report.revision))
    assert [row[1] for row in kept] == ["AB51CDE", "CD52EFG"]
    assert kept[0][3] == "Citroën"
    assert kept[1][7] == "£ fraud"


def test_every_rejected_row_is_named_with_its_reason(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.csv",
        [
            police_row("AB51CDE"),
            police_row(""),
            "a,b,c",
            police_row("CD52EFG") + ",17th",
            police_row("EF53GHJ", weed_date="31/02/2027"),
            police_row("GH54JKL", weed_date="soon"),
            police_row("JK55LM\0"),
            police_row("ЖЖ51"),
            police_row("AB51CDEFGHIJKLM"),
            police_row("?"),
            "",
            police_row("ab 51-cde", reason="again"),
            police_row("ab/51.CD(E)", make="VOLVO"),
            police_row("АВ52СОР"),
            police_row("MÜ1"),
        ],
    )
    report = imported(store, path, most_rejects=0.7)
    assert outcomes(report) == [
        ("3", "rejected", "3 columns where 16 are expected"),
        ("4", "rejected", "17 columns where 16 are expected"),
        ("7", "rejected", "the row holds a NUL byte"),
        ("2", "rejected", "the VRM is empty"),
        ("5", "rejected", "the weed date is a day that does not exist"),
        ("6", "rejected", "the weed date is a date in no known form (2026-11-22, 22/11/2026, 22-Nov-2026)"),
        ("8", "rejected", "the VRM holds a character that no plate has (U+0416)"),
        ("9", "rejected", "the VRM has more than 12 characters"),
        ("10", "rejected", "the VRM has wildcards and fewer than 2 fixed characters"),
        ("12", "merged", "same VRM as line 1, merged into it"),
        ("13", "merged", "same VRM as line 1, merged into it"),
    ]
    assert vrms_of(store) == ["AB51CDE", "AB52COP", "MU1"]
    assert report.converted == 2
    merged = next(iter(store.rows(report.revision)))
    assert merged[2] == "FORD / VOLVO"
    assert merged[7] == "again"


def test_a_broken_quote_costs_one_row(store: HotlistStore, tmp_path: Path) -> None:
    rows = [police_row(f"AB{n:02d}CDE") for n in range(99)]
    rows[40] = rows[40].replace("FORD", '"FORD')
    rows[70] = rows[70].replace("FORD", '"FORD, or ""VOLVO"""')
    rows[80] = rows[80].replace("FORD", '"FO\nRD"')
    rows[90] = rows[90].replace("FORD", 'FORD 5"')
    report = imported(store, write_rows(tmp_path / "list.csv", rows))
    assert outcomes(report) == [("41", "rejected", "a quote that is not closed, or text after a closing quote")]
    makes = {row[1]: row[2] for row in store.rows(report.revision)}
    assert (len(makes), makes["AB70CDE"], makes["AB80CDE"], makes["AB90CDE"]) == (
        98,
        'FORD, or "VOLVO"',
        "FO\nRD",
        'FORD 5"',
    )


def test_broken_quotes_at_the_ends_of_blocks(tmp_path: Path) -> None:
    from hotlists.importers.delimited import split  # noqa: PLC0415 - only here

    rows = [police_row(f"AB{n:02d}CDE", make='"A\nB"' if n % 7 == 0 else "X") for n in range(60)]
    rows[33] = rows[33].replace("X", '"X')
    path = write_rows(tmp_path / "list.csv", rows)
    for size in (50, 333, 1000, 5000):
        with path.open(encoding="utf-8") as text:
            batches = list(split(lines.blocks(text, size), ",", 16))
        assert [row[0] for b in batches for row in b.rows] == [f"AB{n:02d}CDE" for n in range(60) if n != 33]
        assert [r.line for b in batches for r in b.rejects] == [33 + 1 + 5]
        numbers = [n for b in batches for n in b.numbers]
        assert numbers == sorted(numbers)


def test_a_line_without_end_is_skipped_in_little_memory(store: HotlistStore, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(police_row("AB51CDE") + "\n")
        for _ in range(60):
            file.write("x" * 100_000)
        file.write("\n" + police_row("CD52EFG") + "\n")
    report = imported(store, path)
    assert outcomes(report) == [("2", "rejected", "the line is longer than 100,000 characters")]
    assert vrms_of(store) == ["AB51CDE", "CD52EFG"]


def truncated_zip(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["VRM"])  # type: ignore[union-attr]
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])


def zip_of_something_else(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda p: p.write_bytes(b""), "is empty"),
        (lambda p: p.write_bytes(b"\xef\xbb\xbf\r\n \n"), "is empty"),
        (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), "is a PNG picture, not a hotlist"),
        (lambda p: p.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20), "is a JPEG picture"),
        (lambda p: p.write_bytes(struct.pack("<200I", *range(1000, 1200))), "is binary"),
        (lambda p: p.write_bytes(b"\0" * 5000), "is empty"),
        (truncated_zip, "is damaged or no XLSX"),
        (zip_of_something_else, "is damaged or no XLSX"),
        (lambda p: p.write_text("a,b,c\n" * 50), "3 columns where 16 are expected"),
        (lambda p: p.write_text("y" * 300_000), "the line is longer than"),
        (lambda p: p.write_text('{"vrm": \n[]\n3\n{}\n'), "rows of"),
        (lambda p: p.unlink(missing_ok=True), "cannot be read"),
    ],
)
def test_what_is_no_hotlist_is_refused_in_a_sentence_and_changes_nothing(
    store: HotlistStore, tmp_path: Path, make: Callable[[Path], object], sentence: str
) -> None:
    import_vrms(store, tmp_path, ["AB51CDE"])
    before = store.get("stolen")
    path = tmp_path / "list.dat"
    make(path)
    with pytest.raises(ImportRefused, match=sentence) as refusal:
        imported(store, path, most_rejects=1.0)
    assert "\n" not in str(refusal.value)
    assert store.get("stolen") == before
    assert vrms_of(store) == ["AB51CDE"]
    assert store.connection.execute("SELECT count(*) FROM revisions").fetchone() == (1,)


def test_more_rejects_than_the_limit_are_not_put_in_force(store: HotlistStore, tmp_path: Path) -> None:
    rows = [police_row(f"AB{n:02d}CDE") for n in range(90)] + ["broken"] * 10
    path = write_rows(tmp_path / "list.csv", rows)
    with pytest.raises(ImportRefused, match=r"10 of 100 rows .* more than the limit of 5%"):
        imported(store, path, most_rejects=0.05)
    assert store.find("stolen") is None
    assert imported(store, path, most_rejects=0.1).entries == 90


def test_table_with_a_header_or_a_mapping(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.csv", ["Colour;Reg No;Weed_Date;other", "red;ab51cde;2026-12-01;x", '"blue";"CD52EFG";;y']
    )
    report = imported(store, path)
    assert [(row[1], row[4], row[11]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "red", "2026-12-01"),
        ("CD52EFG", "blue", ""),
    ]
    report = imported(store, path, mapping={"vrm": "reg no", "information": "OTHER"})
    assert [(row[1], row[4], row[9]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "", "x"),
        ("CD52EFG", "", "y"),
    ]
    with pytest.raises(ImportRefused, match="no column headed 'plate'"):
        imported(store, path, mapping={"vrm": "plate"})


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


def test_json_lines(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "list.jsonl",
        ['{"vrm": "AB51CDE", "make": "Ford", "pnc id": 26, "x": [1]}', '{"registration": "CD52EFG", "colour": null}',
         '{"vrm": "EF53", "make": {}}', "[]", "{", '{"vrm": "GH54\\ud800"}'],
    )  # fmt: skip
    report = imported(store, path, most_rejects=0.7)
    assert [(row[1], row[2], row[12]) for row in store.rows(report.revision)] == [
        ("AB51CDE", "Ford", "26"),
        ("CD52EFG", "", ""),
    ]
    assert [line for line, _, _ in outcomes(report)] == ["3", "4", "5", "6"]


def test_bare_vrms_and_parts_of_vrms(store: HotlistStore, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "list.txt", ["ab51 cde", "B51", "A?51*"])
    imported(store, path, kind=FileKind.VRMS)
    assert vrms_of(store) == ["A?51*", "AB51CDE", "B51"]
    imported(store, path, kind=FileKind.VRMS, partial=True)
    assert vrms_of(store) == ["*AB51CDE*", "*B51*", "A?51*"]


def test_rejects_go_elsewhere_when_the_stick_is_read_only(
    store: HotlistStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_rows(tmp_path / "list.csv", [police_row("AB51CDE"), police_row("CD52EFG"), "x"])
    real_open = Path.open

    def read_only(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:
        if self.parent == tmp_path and "w" in mode:
            raise PermissionError(30, "Read-only file system")
        return real_open(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", read_only)
    report = imported(store, path)
    assert report.rejects_file == store.path.parent / "rejects" / "list.csv.rejects.csv"
    assert len(outcomes(report)) == 1


def test_list_from_the_back_office_is_not_replaced_by_a_file(store: HotlistStore, tmp_path: Path) -> None:
    store.define(ListSettings("stolen"), origin="sync", source="ed25519:0")
    with pytest.raises(UserError, match="comes from the back office"):
        import_vrms(store, tmp_path, ["AB51CDE"])


def test_no_message_holds_content_of_the_list(
    store: HotlistStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_rows(tmp_path / "list.csv", [police_row("SECRET?!", reason="SECRET"), "SECRET,SECRET"])
    with pytest.raises(ImportRefused) as refusal:
        imported(store, path, most_rejects=0.0)
    assert "SECRET" not in str(refusal.value)
    assert "SECRET" not in (tmp_path / "list.csv.rejects.csv").read_text()
    assert "SECRET" not in caplog.text
