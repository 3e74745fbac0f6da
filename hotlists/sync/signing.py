"""Ed25519 signatures: what the back office signs, a car can trust whatever server, stick or link it came through."""

import base64
import binascii
import hashlib
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from anpr.errors import ConfigError, SyncError


def make_key_pair(private_path: Path, public_path: Path) -> str:
    """Make a key pair as PEM files and return the publisher's name; raises ConfigError rather than overwrite."""
    key = Ed25519PrivateKey.generate()
    try:
        with private_path.open("xb") as file:
            private_path.chmod(0o600)
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with public_path.open("xb") as file:
            file.write(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except OSError as error:
        raise ConfigError(
            f"the key file {error.filename} cannot be made ({error.strerror}): name a new file in a writable folder"
        ) from error
    return publisher_name(key.public_key())


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """Return the signing key of a PEM file; raises ConfigError."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"the signing key {path} cannot be read: name an Ed25519 private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"the signing key {path} is no Ed25519 key: make one with `anpr hotlist keys`")
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """Return the back office's key of a PEM file; raises ConfigError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"the back office's key {path} cannot be read: name an Ed25519 public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"the back office's key {path} is no Ed25519 key: ask the back office for the right file")
    return key


def publisher_name(key: Ed25519PublicKey) -> str:
    """Return a short name of a key: lists are known by who signed them, not by where they were fetched."""
    return "ed25519:" + hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def sign(text: str, key: Ed25519PrivateKey) -> bytes:
    """Return a signed document: JSON with the text, the signature over its UTF-8 bytes, and the key's name."""
    signature = base64.b64encode(key.sign(text.encode("utf-8"))).decode("ascii")
    document = {"key": publisher_name(key.public_key()), "signature": signature, "text": text}
    return json.dumps(document).encode("utf-8")


def verified(document: bytes, key: Ed25519PublicKey) -> str:
    """Return the text of a signed document; raises SyncError unless this key signed exactly it."""
    try:
        parts = json.loads(document)
        text, signature = parts["text"], base64.b64decode(parts["signature"], validate=True)
        key.verify(signature, text.encode("utf-8"))
    except InvalidSignature as error:
        raise SyncError(
            "the manifest is not signed by the back office's key: it was altered, or the configured key is a wrong one"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise SyncError("the manifest is no signed document: check the address of the back office") from error
    return str(text)
