"""An XLSX workbook as a zip of XML parts: its sheets, its strings, and one row of cells at a time.

Memory is bounded by limits of the file format and of this module, whatever the file holds: parts are parsed as they are
unpacked, strings lie packed in one buffer, and what a sheet says of its own size is not believed.
"""

import array
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from anpr.errors import ImportRefused

LARGEST_UNPACKED_BYTES: Final = 2_000_000_000
"""A sheet of 1,048,576 rows and 16 columns is about half of it."""
MOST_UNPACKED_TIMES: Final = 200
"""How many times its size a part may unpack to; sheets of real lists reach about 60, an attack 1,000."""
SMALL_PART_BYTES: Final = 64_000_000
MOST_STRINGS: Final = 8 * 1_048_576
MOST_STRING_BYTES: Final = 256_000_000
LONGEST_CELL: Final = 32_767
"""Characters; the format's own limit, as are the rows."""
MOST_ROWS: Final = 1_048_576
MOST_SHEETS: Final = 1_000
MOST_STYLES: Final = 70_000
_CHUNK_BYTES: Final = 1 << 14
_LONGEST_TAG: Final = 1 << 20

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet: its name, whether a person sees it, and the part that holds its cells."""

    name: str
    hidden: bool
    part: str


class Workbook:
    """An open workbook; raises ImportRefused for what is damaged, too large or no workbook."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self._parts = {info.filename.lower(): info for info in archive.infolist()}
        self._check_sizes()
        book = self._main_part()
        self.sheets: list[SheetPart] = []
        self.counts_from_1904 = False
        self._read_sheets(book)
        self.strings = self._read_strings(book)
        self.date_styles = self._read_date_styles(book)

    def parse(self, part: str, start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> None:
        """Parse a whole part; see `parsed`."""
        for _ in self.parsed(part, start, end, text):
            pass

    def parsed(
        self, part: str, start: Start, end: End | None = None, text: Callable[[str], None] | None = None
    ) -> Iterator[None]:
        """Parse a part piece by piece, with names of elements and attributes without their namespaces."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        names: dict[str, str] = {}

        def started(name: str, attributes: dict[str, str]) -> None:
            local = names.get(name) or names.setdefault(name, name.rpartition(" ")[2])
            start(local, {key.rpartition(" ")[2]: value for key, value in attributes.items()})

        def doctype(*_: object) -> None:
            raise ImportRefused(
                f"the workbook {self.path} defines XML entities, as no spreadsheet does: export the list again"
            )

        parser.StartElementHandler = started
        parser.StartDoctypeDeclHandler = doctype
        if end is not None:
            parser.EndElementHandler = lambda name: end(names[name])
        if text is not None:
            parser.CharacterDataHandler = text
        fed = 0
        with self._archive.open(self._parts[part.lower()]) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                parser.Parse(chunk)
                fed += len(chunk)
                if fed - max(parser.CurrentByteIndex, 0) > _LONGEST_TAG:
                    raise ImportRefused(f"the workbook {self.path} holds an endless XML tag: export the list again")
                yield
        parser.Parse(b"", True)
        yield

    def _check_sizes(self) -> None:
        infos = list(self._parts.values())
        if sum(info.file_size for info in infos) > LARGEST_UNPACKED_BYTES:
            raise ImportRefused(
                f"the workbook {self.path} unpacks to more than {LARGEST_UNPACKED_BYTES / 1e9:.0f} GB:"
                " export the list as CSV"
            )
        for info in infos:
            if info.file_size > max(SMALL_PART_BYTES, MOST_UNPACKED_TIMES * info.compress_size):
                raise ImportRefused(
                    f"the workbook {self.path} unpacks to more than {MOST_UNPACKED_TIMES} times its size, as no list does:"
                    " export the list as CSV"
                )

    def _main_part(self) -> str:
        found = self._relations("_rels/.rels", "")
        part = next((target for kind, target in found.values() if kind == "officeDocument"), "xl/workbook.xml")
        if part.lower() not in self._parts:
            raise ImportRefused(_what_else(self.path, self._parts))
        return part

    def _relations(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        """Return kind and target of each relation by its id."""
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and len(found) < 2 * MOST_SHEETS:
                target = attributes.get("Target", "")
                target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

        if part.lower() in self._parts:
            self.parse(part, start)
        return found

    def _related(self, book: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(book)
        return self._relations(posixpath.join(folder, "_rels", name + ".rels"), folder)

    def _read_sheets(self, book: str) -> None:
        related = self._related(book)

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self.counts_from_1904 = attributes.get("date1904", "0") in ("1", "true")
            elif name == "sheet" and len(self.sheets) < MOST_SHEETS:
                kind, part = related.get(attributes.get("id", ""), ("", ""))
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(SheetPart(attributes.get("name", ""), hidden, part))

        self.parse(book, start)

    def _read_strings(self, book: str) -> "Strings":
        strings = Strings(self.path)
        for kind, part in self._related(book).values():
            if kind == "sharedStrings" and part.lower() in self._parts:
                self.parse(part, strings.start, strings.end, strings.text)
        return strings

    def _read_date_styles(self, book: str) -> frozenset[int]:
        formats: dict[int, str] = {}
        used: list[int] = []
        within = [""]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name in ("cellXfs", "cellStyleXfs"):
                within[0] = name
            elif name == "numFmt" and len(formats) < MOST_STYLES:
                formats[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")[:300]
            elif name == "xf" and within[0] == "cellXfs" and len(used) < MOST_STYLES:
                used.append(int(attributes.get("numFmtId", 0)))

        for kind, part in self._related(book).values():
            if kind == "styles" and part.lower() in self._parts:
                self.parse(part, start)
        of = {number: is_date_format(formats.get(number, BUILTIN_FORMATS.get(number))) for number in set(used)}
        return frozenset(style for style, number in enumerate(used) if of[number])


class Strings:
    """The texts that cells refer to by number, packed into one buffer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = bytearray()
        self._ends = array.array("Q", [0])
        self._pieces: list[str] | None = None
        self._length = self._phonetic = 0
        self._last: tuple[int, str] = (-1, "")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        if self._last[0] != number:
            if not 0 <= number < len(self):
                raise ValueError("a cell names a string that is not there")
            packed = self._bytes[self._ends[number] : self._ends[number + 1]]
            self._last = (number, packed.decode("utf-8", "replace"))
        return self._last[1]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        del attributes
        if name == "si":
            self._pieces, self._length = [], 0
        elif name == "rPh":
            self._phonetic += 1

    def text(self, piece: str) -> None:
        """Take text; what is no part of a string is white space between elements."""
        if self._pieces is None or self._phonetic:
            return
        self._length += len(piece)
        if self._length > LONGEST_CELL + 1_000:
            raise ImportRefused(too_long(self._path))
        self._pieces.append(piece)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "rPh":
            self._phonetic -= 1
        elif name == "si" and self._pieces is not None:
            self._bytes += "".join(self._pieces).encode("utf-8", "replace")
            self._ends.append(len(self._bytes))
            self._pieces = None
            if len(self) > MOST_STRINGS or len(self._bytes) > MOST_STRING_BYTES:
                raise ImportRefused(
                    f"the workbook {self._path} holds more text than a list does: export the list as CSV"
                )


def too_long(path: Path) -> str:
    """Return the sentence on a cell that the format does not allow."""
    return f"the workbook {path} has a cell of more than {LONGEST_CELL:,} characters: export the list again"


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """Open a workbook; what it raises while it is read becomes ImportRefused."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Workbook(path, archive)
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, expat.ExpatError, KeyError, ValueError, EOFError, OSError,
        RuntimeError, NotImplementedError,
    ) as error:  # fmt: skip
        kind = type(error).__name__
        raise ImportRefused(
            f"the workbook {path} is damaged, not whole or no XLSX ({kind}): export the list again"
        ) from error


def _what_else(path: Path, parts: dict[str, zipfile.ZipInfo]) -> str:
    """Return what a zip archive is that is no XLSX workbook, and what to do."""
    if any(name.endswith((".csv", ".txt", ".xlsx", ".json")) for name in parts):
        return f"the file {path} is a zip archive with a file in it, not a hotlist: unpack it and import that file"
    kinds = {"xl/workbook.bin": "a binary Excel workbook (.xlsb)", "content.xml": "an OpenDocument file"}
    kind = next((kind for name, kind in kinds.items() if name in parts), "damaged or no XLSX")
    return f"the workbook {path} is {kind}: export the list as CSV or XLSX"
