"""Memory is bounded by the format, and what is no workbook is refused in a sentence."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from anpr.errors import ImportRefused
from hotlists.importers import xlsx
from hotlists.importers.xlsx import Strings, open_workbook
from tests.hotlists.sheets import SHEET, change_part, write_book, write_xml_book

LIST = {"List": [["VRM", "Make"], ["AB51CDE", "Ford"]]}
ROWS = b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>VRM</t></is></c></row>%s</sheetData>'

IN_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from anpr.errors import ImportRefused
from hotlists.importers.options import ReadOptions, Understood
from hotlists.importers.workbook import rows
with open("/proc/self/statm") as file:
    most = int(file.read().split()[0]) * resource.getpagesize() + int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for path in sys.argv[2:]:
    try:
        print(sum(len(batch.rows) for batch in rows(Path(path), ReadOptions(), Understood())))
    except ImportRefused as refusal:
        print(refusal)
"""


def read_in(megabytes: int, *paths: Path) -> list[str]:
    """What reading the workbooks says, one line each, when the process may take so much more memory."""
    command = [sys.executable, "-c", IN_LITTLE_MEMORY, str(megabytes * 1_000_000), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.splitlines()


def numbered(count: int, each: str) -> Iterator[bytes]:
    for start in range(0, count, 10_000):
        yield "".join(each.replace("#", str(n)) for n in range(start, min(start + 10_000, count))).encode()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_what_unpacks_to_much_is_read_or_refused_in_little_memory(tmp_path: Path) -> None:
    row = '<row><c t="s"><v>#</v></c></row>'
    many = [ROWS % b"".join(numbered(1_000, row))]
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
    long = b'<row><c t="inlineStr"><is><t>%s</t></is></c></row>' % (b"A1" * 12_000_000)
    tag = b'<row><c r="%s"><v>1</v></c></row>' % (b"A1" * 12_000_000)
    wide = b"".join(b'<row><c r="AMJ%d"><v>1</v></c></row>' % n for n in range(2, 3_000))
    said = read_in(
        25,
        write_xml_book(tmp_path / "many.xlsx", many, numbered(200_000, "<si><t>AB#CD</t></si>")),
        *(
            write_xml_book(tmp_path / f"{number}.xlsx", [ROWS % rows])
            for number, rows in enumerate((far, long, tag, wide))
        ),
    )
    for line, words in zip(
        said,
        ("1000", "cells beyond its column 1,024", "more than 32,767 characters", "an endless XML tag", "2998"),
        strict=True,
    ):
        assert words in line


def test_a_part_that_unpacks_to_many_times_its_size_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_book(tmp_path / "list.xlsx", LIST)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb", b" " * 3_000_000)
    monkeypatch.setattr(xlsx, "SMALL_PART_BYTES", 3_000_000)
    with open_workbook(path) as book:
        assert [sheet.name for sheet in book.sheets] == ["List"]
    monkeypatch.setattr(xlsx, "SMALL_PART_BYTES", 2_999_999)
    with pytest.raises(ImportRefused, match="more than 200 times its size"), open_workbook(path):
        pass
    monkeypatch.setattr(xlsx, "LARGEST_UNPACKED_BYTES", 3_000_000)
    with pytest.raises(ImportRefused, match="export the list as CSV"), open_workbook(path):
        pass


def test_strings_have_limits_and_come_back_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    strings = Strings(Path("list.xlsx"))
    texts = ["AB51CDE", "", "é → Ж", "AB51CDE"]
    for text in texts:
        strings.text("between elements")
        strings.start("si", {})
        for letter in text:
            strings.text(letter)
        strings.start("rPh", {})
        strings.text("how it is spoken")
        strings.end("rPh")
        strings.end("si")
    assert [strings[n] for n in range(len(strings))] == texts
    with pytest.raises(ValueError, match="not there"):
        strings[4]
    monkeypatch.setattr(xlsx, "MOST_STRINGS", 4)
    strings.start("si", {})
    with pytest.raises(ImportRefused, match="more text than a list does"):
        strings.end("si")


def test_sheets_are_known_with_their_states_and_dates_by_their_formats(tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", {"Old": [], "Ж & 'x'": [["VRM"]]}, hidden=["Old"])
    with open_workbook(path) as book:
        assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("Old", True), ("Ж & 'x'", False)]
        assert not book.counts_from_1904
        assert book.date_styles == frozenset()


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"xl/workbook.bin": ""}, "is a binary Excel workbook"),
        ({"content.xml": ""}, "is an OpenDocument file"),
        ({"list.csv": "AB51CDE"}, "is a zip archive with a file in it, not a hotlist: unpack it"),
        ({"xl/workbook.xml": "<workbook"}, "damaged, not whole or no XLSX"),
        ({"xl/workbook.xml": '<!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'}, "defines XML entities"),
    ],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(tmp_path: Path, parts: dict[str, str], sentence: str) -> None:
    with zipfile.ZipFile(tmp_path / "list.xlsx", "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    with pytest.raises(ImportRefused, match=sentence), open_workbook(tmp_path / "list.xlsx"):
        pass


def test_a_workbook_that_was_cut_off_or_altered_is_refused(tmp_path: Path) -> None:
    whole = write_book(tmp_path / "list.xlsx", LIST).read_bytes()
    for size in (200, len(whole) // 2, len(whole) - 100):
        (tmp_path / "cut.xlsx").write_bytes(whole[:size])
        with pytest.raises(ImportRefused, match="damaged, not whole"), open_workbook(tmp_path / "cut.xlsx"):
            pass
    path = change_part(tmp_path / "list.xlsx", "</row>", "</cell>")
    with pytest.raises(ImportRefused, match="damaged"), open_workbook(path) as book:
        book.parse(SHEET, lambda *_: None)
