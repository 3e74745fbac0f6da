import csv
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from anpr.errors import ImportRefused, UserError
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore
from tests.hotlists.made import import_vrms, imported, outcomes, police_row, vrms_of, write_rows


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
        (truncated_zip, "is damaged, not whole or no XLSX"),
        (zip_of_something_else, "is a zip archive with a file in it, not a hotlist: unpack it"),
        (
            lambda p: p.write_text("a,b,c\n" * 50),
            "3 columns where a list without headings has 16: put headings above the columns",
        ),
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
