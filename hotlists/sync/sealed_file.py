"""Published files as they lie on a car's disk while they are fetched and applied: closed, of the same length, resumed at any byte.

The stream of a file is named by the hash of what is to be in it, so that no two contents that were signed share one.
"""

import io
from pathlib import Path
from typing import BinaryIO, Final, cast

from anpr.sealing.data_key import make_keys
from hotlists.store.index_key import NONCE_BYTES, IndexKey

_AT_A_TIME: Final = 1 << 20


class Sealed:
    """Closes and opens one published file; `sha256` is that of its content, 64 hexadecimal digits."""

    def __init__(self, data: Path, sha256: str) -> None:
        self._key = IndexKey(make_keys(data).newest.for_downloads)
        self._nonce = bytes.fromhex(sha256)[:NONCE_BYTES]

    def closed(self, content: bytes, at: int) -> bytes:
        """Return bytes of the file, which stand at byte `at` of it, as they lie on the disk."""
        return self._key.stream(self._nonce, content, at)

    def open(self, path: Path) -> BinaryIO:
        """Open a file that lies closed on the disk, to be read from its begin. Raises OSError."""
        return cast("BinaryIO", OpenedFile(path.open("rb"), self))

    def content(self, path: Path) -> bytes:
        """Return the whole content of a file that lies closed on the disk. Raises OSError."""
        return self.closed(path.read_bytes(), 0)


class OpenedFile(io.RawIOBase):
    """The content of a closed file, read from its begin to its end."""

    def __init__(self, file: BinaryIO, sealed: Sealed) -> None:
        self._file, self._sealed, self._at = file, sealed, 0

    def readable(self) -> bool:
        """It is read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end; at most a megabyte at a time."""
        content = self._file.read(min(size, _AT_A_TIME) if size >= 0 else _AT_A_TIME)
        opened = self._sealed.closed(content, self._at)
        self._at += len(content)
        return opened

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
