"""What a hotlist file is by its first bytes: a text in some encoding, a workbook, or not a hotlist at all."""

import io
from pathlib import Path
from typing import Final

from anpr.errors import ImportRefused

_NOT_HOTLISTS: Final = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"RIFF", "a RIFF media file"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (save it as .xlsx or CSV)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)

_SAMPLE_BYTES: Final = 65536
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\x0b\x0c\x1a\x00")
_MOST_CONTROLS: Final = 0.05


def first_bytes(path: Path) -> bytes:
    """Return the sample by which a file is recognised; raises ImportRefused when it is empty or unreadable."""
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE_BYTES)
    except OSError as error:
        raise ImportRefused(f"the file {path} cannot be read ({error.strerror}): check the path") from error
    if not sample.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise ImportRefused(f"the file {path} is empty: nothing was imported and the list in use is unchanged")
    return sample


def is_workbook(sample: bytes) -> bool:
    """Return whether the file is a zip archive, as an XLSX workbook is."""
    return sample.startswith(b"PK\x03\x04")


def text_encoding(path: Path, sample: bytes) -> str:
    """Return the encoding of a text file: `utf-8-sig`, `utf-16-le` or `utf-16-be`.

    Files in cp1252 are read as `utf-8-sig`: lines that are not UTF-8 are taken as cp1252 one by one
    (`hotlists.importers.lines`). Raises ImportRefused when the file is no text.
    """
    for magic, kind in _NOT_HOTLISTS:
        if sample.startswith(magic) and (len(magic) > 2 or _binary(sample)):
            raise ImportRefused(f"the file {path} is {kind}, not a hotlist: export the list as CSV, XLSX or JSON lines")
    if sample.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if sample.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    if _binary(sample):
        raise ImportRefused(f"the file {path} is binary, not a hotlist: export the list as CSV, XLSX or JSON lines")
    return "utf-8-sig"


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open the file as text; bytes that are not of the encoding become lone surrogates, line ends become one newline."""
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return path.open("r", encoding=encoding, errors=errors, newline=None)


def _binary(sample: bytes) -> bool:
    sample = sample.rstrip(b"\0")  # a text that was filled up to a whole block is one still
    controls = sum(
        count for byte, count in enumerate(map(sample.count, map(_byte, range(32)))) if byte not in _TEXT_CONTROLS
    )
    return controls > _MOST_CONTROLS * len(sample) or sample.count(0) > 0.3 * len(sample)


def _byte(value: int) -> bytes:
    return bytes((value,))
