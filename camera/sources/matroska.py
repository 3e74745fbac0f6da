"""Whether a Matroska or WebM clip is as long as it says: FFmpeg plays a cut-off one to its end without a word."""

from pathlib import Path
from typing import BinaryIO, Final

_HEADER: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = b"\x18\x53\x80\x67"


def lacking_bytes(path: Path) -> int:
    """Return how many bytes the clip lacks at its end; 0 for a whole one, other formats, and one of unsaid length.

    A clip is a header and a segment, each an id, a length and so many bytes (RFC 8794, section 6; RFC 9559). A recorder
    that streams, or was killed, leaves the segment's length unsaid. Raises OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(4) != _HEADER:
            return 0
        header = _length(file)
        if header is None:
            return 0
        file.seek(header, 1)
        if file.read(4) != _SEGMENT:
            return 0
        segment = _length(file)
        if segment is None:
            return 0
        end = file.tell() + segment
        return max(0, end - file.seek(0, 2))


def _length(file: BinaryIO) -> int | None:
    """Return the length that comes next in the file: the first byte's leading zeros say of how many bytes it is."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    size = 9 - first[0].bit_length()
    rest = file.read(size - 1)
    bits = 7 * size
    value = int.from_bytes(first + rest, "big") & ((1 << bits) - 1)
    return None if len(rest) < size - 1 or value == (1 << bits) - 1 else value
