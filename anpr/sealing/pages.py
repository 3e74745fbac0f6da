"""Pages of a locked database, opened one by one: what can be read of a file that SQLCipher itself refuses.

A page is AES-256-CBC under the key of the databases, with its initialisation vector and a hash (HMAC-SHA512) in its last
bytes; the first page begins with 16 bytes of salt in the place of SQLite's header (zetetic.net/sqlcipher/design). The hash is not looked at
here: of a damaged page the blocks that are whole are had back.
"""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anpr.sealing.data_key import DataKey

RESERVED: Final = 80
"""Bytes at the end of a page that hold no rows: 16 of the vector and 64 of the hash."""

_VECTOR: Final = 16
_SALT: Final = 16
_HEADER: Final = b"SQLite format 3\0"


def opened_page(key: DataKey, page: bytes, *, first: bool) -> bytes:
    """Return a page as a plain database of that layout has it, of the same length; rubbish for another key."""
    start = _SALT if first else 0
    closed = page[start : len(page) - RESERVED]
    if len(closed) < 16 or len(closed) % 16:
        return page
    vector = page[len(page) - RESERVED : len(page) - RESERVED + _VECTOR]
    opened = Cipher(algorithms.AES(key.for_databases), modes.CBC(vector)).decryptor().update(closed)
    return (_HEADER if first else b"") + opened + bytes(RESERVED)
