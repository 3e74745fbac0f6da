"""Key files: Ed25519 keys in PEM for whoever signs, and the names by which roots and signatures know them."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from anpr.errors import ConfigError
from hotlists.sync.bounded import read_whole

_LARGEST_KEY_BYTES = 10_000


def make_key_pair(private_path: Path, public_path: Path) -> str:
    """Make a key pair as PEM files and return the key's name; raises ConfigError rather than overwrite."""
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
    return key_name(key.public_key())


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """Return the signing key of a PEM file; raises ConfigError."""
    try:
        key = load_pem_private_key(read_whole(path, _LARGEST_KEY_BYTES), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"the signing key {path} cannot be read: name an Ed25519 private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"the signing key {path} is no Ed25519 key: make one with `anpr hotlist keys`")
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """Return the public key of a PEM file; raises ConfigError."""
    try:
        key = load_pem_public_key(read_whole(path, _LARGEST_KEY_BYTES))
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"the public key {path} cannot be read: name an Ed25519 public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"the public key {path} is no Ed25519 key: make one with `anpr hotlist keys`")
    return key


def public_key(key: Ed25519PublicKey) -> SSlibKey:
    """Return a key as roots hold it; its id is the hash of its canonical form, as The Update Framework asks."""
    return SSlibKey.from_crypto(key)


def signer(key: Ed25519PrivateKey) -> CryptoSigner:
    """Return what signs with a key."""
    return CryptoSigner(key, public_key(key.public_key()))


def key_name(key: Ed25519PublicKey | SSlibKey) -> str:
    """Return the short name of a key for people: the beginning of its id."""
    return (key if isinstance(key, SSlibKey) else public_key(key)).keyid[:16]
