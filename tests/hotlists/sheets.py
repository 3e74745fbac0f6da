"""Workbooks as people make them, and as programs get them wrong."""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl

SHEET: Final = "xl/worksheets/sheet1.xml"

_NAMESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def write_book(path: Path, sheets: Mapping[str, Iterable[Any]], hidden: Sequence[str] = ()) -> Path:
    """Write the rows of each sheet; sheets in `hidden` are not shown."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.active = next((i for i, name in enumerate(sheets) if name not in hidden), 0)
    book.save(path)
    return path


def change_part(path: Path, pattern: str, replacement: str, part: str = SHEET) -> Path:
    """Replace what a pattern finds (once at least) in one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text, count = re.subn(pattern, lambda _: replacement, parts[part].decode("utf-8"))
    assert count
    parts[part] = text.encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_xml_book(path: Path, sheet: Iterable[bytes], strings: Iterable[bytes] = ()) -> Path:
    """Write a workbook from the XML within its sheet and its strings, in pieces: larger than memory should hold."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="a" Type="{_RELATIONS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_NAMESPACE}" xmlns:r="{_RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}">'
            f'<Relationship Id="a" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="b" Type="{_RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        )
        for part, tag, pieces in ((SHEET, "worksheet", sheet), ("xl/sharedStrings.xml", "sst", strings)):
            with archive.open(part, "w") as file:
                file.write(f'<{tag} xmlns="{_NAMESPACE}">'.encode())
                for piece in pieces:
                    file.write(piece)
                file.write(f"</{tag}>".encode())
    return path
