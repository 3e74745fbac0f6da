"""The tablet's own signing key: Ed25519, made once, kept in the data folder.

What the tablet signs (packages of evidence, heads of the audit) can be told from what anybody else made. The file is readable
by its owner alone; whoever has it can sign as this tablet, so its fingerprint is to be noted elsewhere when the tablet is
fitted, and what was signed after a theft proves nothing. Until it is sealed to the machine, that is all that protects it.
"""

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Final
from uuid import uuid4

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from anpr.errors import StoreError

FINGERPRINT_CHARACTERS: Final = 32


class TabletKey:
    """Signs for this tablet."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def open(cls, path: Path) -> "TabletKey":
        """Return the key at `path`, made if there is none. Raises StoreError for what is no such key or cannot be made."""
        try:
            if not path.exists():
                _make(path)
            if os.name == "posix" and path.stat().st_mode & 0o077:
                path.chmod(0o600)  # copied by hand, perhaps
            private = serialization.load_pem_private_key(path.read_bytes(), None)
        except OSError as error:
            raise StoreError(f"the tablet's key {path} cannot be used ({error.strerror}): check the folder") from error
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise StoreError(
                f"{path} is no key of this program: put it back from a copy, or move it away to have a new one made"
            )
        return cls(private)

    @property
    def public(self) -> str:
        """The public half, base64 of 32 bytes."""
        raw = self._private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return base64.b64encode(raw).decode("ascii")

    def sign(self, content: bytes) -> str:
        """Return the signature of some bytes, base64 of 64 bytes."""
        return base64.b64encode(self._private.sign(content)).decode("ascii")


def is_signed(content: bytes, signature: str, public: str) -> bool:
    """Return whether the owner of a public key signed these bytes; False too for what is neither key nor signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), content)
    except (ValueError, TypeError, binascii.Error, InvalidSignature):
        return False
    return True


def fingerprint(public: str) -> str:
    """Return what people compare of a public key: 32 hexadecimal digits of its SHA-256 in groups of four.

    >>> fingerprint("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    '6668 7aad f862 bd77 6c8f c18b 8e9f 8e20'
    """
    try:
        raw = base64.b64decode(public, validate=True)
    except (ValueError, binascii.Error):
        raw = public.encode()
    digits = hashlib.sha256(raw).hexdigest()[:FINGERPRINT_CHARACTERS]
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def same_fingerprint(one: str, other: str) -> bool:
    """Return whether two fingerprints are of one key, however they are grouped and whatever their capitals.

    >>> same_fingerprint("6668-7AAD-F862-BD77-6C8F-C18B-8E9F-8E20", "66687aadf862bd776c8fc18b8e9f8e20")
    True
    """
    plain = ["".join(c for c in text.lower() if c in "0123456789abcdef") for text in (one, other)]
    return len(plain[0]) == FINGERPRINT_CHARACTERS and plain[0] == plain[1]


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)  # one of two that make it at once wins
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not path.exists():
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
