"""The key under which the indexes of lists say nothing: marks stand in them as values that this key alone makes.

Of a mark an index holds the first 64 bits of its AES-256 block: equality is all that matching asks for, and without the key neither a
mark nor an order can be had from them. Two marks of a list of ten million share a value with a probability of 3e-6, and a reading
that is not listed finds one with 5e-13; who reads the entry sees which mark it is. What must be had back (row numbers, marks for a
search by pattern) is a stream under AES-256-CTR that can be opened in any part. AES comes from `cryptography` (OpenSSL).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from numpy.typing import NDArray

from anpr.sealing.data_key import make_keys
from hotlists.keys import Keys

NONCE_BYTES: Final = 8
NAME_BYTES: Final = 16
_BLOCK: Final = 16
_AT_A_TIME: Final = 1 << 18
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
"""2 ** 64 divided by the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 6.4)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """Keys as an index has them, and where its bitmap has them; made once for all indexes of one key."""

    keyed: Keys
    hashes: Keys


@dataclass(frozen=True, slots=True)
class IndexKey:
    """The key of all indexes of a data folder, 32 bytes."""

    secret: bytes

    @property
    def name(self) -> bytes:
        """What tells this key from others, 16 bytes; the key cannot be had from it."""
        return hashlib.sha256(b"patrol-anpr index key name" + self._part(b"name")).digest()[:NAME_BYTES]

    def keyed(self, keys: Keys) -> Keys:
        """Return the value that stands for each packed VRM, in the same order."""
        made = np.empty(len(keys), dtype=np.uint64)
        cipher = Cipher(algorithms.AES(self._part(b"marks")), modes.ECB())  # noqa: S305 - each block by itself is what is wanted
        for start in range(0, len(keys), _AT_A_TIME):
            part = keys[start : start + _AT_A_TIME]
            blocks = np.zeros((len(part), 2), dtype=np.uint64)
            blocks[:, 0] = part
            made[start : start + len(part)] = np.frombuffer(cipher.encryptor().update(blocks.tobytes()), np.uint64)[::2]
        return made

    def sought(self, keys: Keys) -> Sought:
        """Return packed VRMs as they are looked up."""
        keyed = self.keyed(keys)
        return Sought(keyed, hashed(keyed))

    def stream(self, nonce: bytes, content: bytes | memoryview, at: int) -> bytes:
        """Return bytes closed or opened, those of a stream from byte `at` on; a nonce (8 bytes) serves for one stream."""
        skip = at % _BLOCK
        counter = nonce + (at // _BLOCK).to_bytes(_BLOCK - NONCE_BYTES, "big")
        cipher = Cipher(algorithms.AES(self._part(b"columns")), modes.CTR(counter)).encryptor()
        cipher.update(bytes(skip))
        return cipher.update(bytes(content))

    def __repr__(self) -> str:
        return "IndexKey(…)"

    def _part(self, purpose: bytes) -> bytes:
        known = _parts.get((self.secret, purpose))
        if known is None:
            known = _parts[self.secret, purpose] = HKDFExpand(SHA256(), 32, purpose).derive(self.secret)
        return known


_parts: Final[dict[tuple[bytes, bytes], bytes]] = {}


def index_key(folder: Path) -> IndexKey:
    """Return the key of the indexes in a data folder. Raises StoreError."""
    return IndexKey(make_keys(folder).newest.for_indexes)


def hashed(keyed: Keys) -> NDArray[np.uint64]:
    """Return where the bitmap has each value: its first bits, as many as the bitmap takes."""
    return keyed * _MULTIPLIER
