"""Lists encrypted for the cars that may have them, so that whoever else fetches or carries the published files reads nothing.

Each list has a key that the publisher derives from its own and from the set of cars: another set is another key, so that a car that
was taken off reads nothing new. A ring of keys holds it once for each car, agreed by X25519 (RFC 7748) and wrapped with
ChaCha20-Poly1305 (RFC 8439). Files are encrypted in pieces, each with its number and whether it is the last (STREAM, Hoang, Reyhanitabar,
Rogaway and Vizár 2015). All of it is the same for the same content, so that what did not change is not fetched again.

What stays visible: how many lists there are, how large, when they change, and how many cars there are.
"""

import base64
import binascii
import hashlib
import hmac
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from anpr.errors import ConfigError, SyncError
from hotlists.sync.bounded import read_whole

PIECE_BYTES: Final = 1 << 16
LARGEST_RING_BYTES: Final = 20_000_000
"""Two hundred thousand cars."""

_TAG: Final = 16
_SALT: Final = 32
_MAGIC: Final = b"patrol-anpr sealed 1\n"
_RING: Final = b"patrol-anpr keys 1\n"
_NAME: Final = 16
_RECORD: Final = _NAME + 32 + 32 + _TAG
_NO_NONCE: Final = bytes(12)
"""Keys that encrypt one thing alone need no number that differs."""


@dataclass(frozen=True, slots=True)
class ListKeys:
    """What a publisher derives for one list: its key for a set of cars, its id, and what names contents."""

    key: bytes
    target: str
    naming: bytes

    def content(self, sha256: str) -> str:
        """Return a name for a content that says nothing of it."""
        return hmac.new(self.naming, sha256.encode("ascii"), hashlib.sha256).hexdigest()


def list_keys(publisher: Ed25519PrivateKey, name: str, cars: Iterable[X25519PublicKey]) -> ListKeys:
    """Return the keys of a list for a set of cars."""
    raw = publisher.private_bytes_raw()
    text = name.encode("utf-8")
    members = b"".join(sorted(car_name(car) for car in cars))
    naming = _derived(raw, b"naming " + text)
    target = hmac.new(naming, b"target", hashlib.sha256).hexdigest()[:32]
    return ListKeys(_derived(raw, b"list " + hashlib.sha256(members).digest() + text), target, naming)


def publishers_own(publisher: Ed25519PrivateKey) -> X25519PrivateKey:
    """Return the key by which a publisher reads what it sealed before, derived from its signing key."""
    return X25519PrivateKey.from_private_bytes(_derived(publisher.private_bytes_raw(), b"reading"))


def car_name(car: X25519PublicKey) -> bytes:
    """Return by what a ring knows a car."""
    return hashlib.sha256(car.public_bytes_raw()).digest()[:_NAME]


def ring_of(key: bytes, cars: Iterable[X25519PublicKey]) -> bytes:
    """Return the ring that gives a list's key to each of the cars."""
    records = []
    for car in cars:
        name = car_name(car)
        once = X25519PrivateKey.from_private_bytes(_derived(key, b"once " + name))
        records.append(
            name + once.public_key().public_bytes_raw() + _wrapping(once, car, name, car).encrypt(_NO_NONCE, key, name)
        )
    return _RING + b"".join(sorted(set(records)))


def key_in(ring: bytes, car: X25519PrivateKey) -> bytes | None:
    """Return the list's key that a ring holds for a car, None when it holds none; raises SyncError for what is no ring."""
    body = ring.removeprefix(_RING)
    if len(body) == len(ring) or len(body) % _RECORD:
        raise SyncError("the keys of an encrypted list are damaged: publish the lists again")
    public = car.public_key()
    name = car_name(public)
    for start in range(0, len(body), _RECORD):
        record = body[start : start + _RECORD]
        if record[:_NAME] == name:
            try:
                once = X25519PublicKey.from_public_bytes(record[_NAME : _NAME + 32])
                return _wrapping(car, once, name, public, once).decrypt(_NO_NONCE, record[_NAME + 32 :], name)
            except (InvalidTag, ValueError):
                raise SyncError("the key of an encrypted list is damaged: publish the lists again") from None
    return None


def _wrapping(
    mine: X25519PrivateKey,
    theirs: X25519PublicKey,
    name: bytes,
    car: X25519PublicKey,
    once: X25519PublicKey | None = None,
) -> ChaCha20Poly1305:
    between = (once or mine.public_key()).public_bytes_raw() + car.public_bytes_raw()
    return ChaCha20Poly1305(_derived(mine.exchange(theirs), b"wrap " + name + between))


def sealed_text(text: str, key: bytes) -> str:
    """Return a text encrypted, as base64."""
    plain = text.encode("utf-8")
    salt = hmac.new(key, b"text" + plain, hashlib.sha256).digest()
    return base64.b64encode(
        salt + ChaCha20Poly1305(_derived(key, b"text " + salt)).encrypt(_NO_NONCE, plain, None)
    ).decode("ascii")


def opened_text(text: str, key: bytes) -> str:
    """Return the text; raises SyncError when it was altered or is another key's."""
    try:
        raw = base64.b64decode(text, validate=True)
        salt, body = raw[:_SALT], raw[_SALT:]
        return ChaCha20Poly1305(_derived(key, b"text " + salt)).decrypt(_NO_NONCE, body, None).decode("utf-8")
    except (InvalidTag, binascii.Error, ValueError):
        raise SyncError("an encrypted list cannot be opened: publish the lists again") from None


def seal(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    """Encrypt a file that can be read twice into another."""
    digest = hashlib.file_digest(source, "sha256").digest()  # type: ignore[arg-type]
    salt = hmac.new(key, b"file" + digest, hashlib.sha256).digest()
    cipher = ChaCha20Poly1305(_derived(key, b"file " + salt))
    target.write(_MAGIC + salt)
    source.seek(0)
    number, piece = 0, source.read(PIECE_BYTES)
    while True:
        following = source.read(PIECE_BYTES)
        target.write(cipher.encrypt(_nonce(number, is_last=not following), piece, None))
        if not following:
            return
        number, piece = number + 1, following


class OpenedFile(io.RawIOBase):
    """What is in a sealed file, read from its start; raises SyncError for a piece that was altered, moved or cut off."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        head = file.read(len(_MAGIC) + _SALT)
        if not head.startswith(_MAGIC) or len(head) < len(_MAGIC) + _SALT:
            raise SyncError("an encrypted file is damaged: it will be fetched again")
        self._file = file
        self._cipher = ChaCha20Poly1305(_derived(key, b"file " + head[len(_MAGIC) :]))
        self._number = 0
        self._next = file.read(PIECE_BYTES + _TAG)
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """Fill the buffer as far as the next piece goes."""
        while not self._left and not self._ended:
            self._open_next()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _open_next(self) -> None:
        piece, self._next = self._next, self._file.read(PIECE_BYTES + _TAG)
        self._ended = not self._next
        try:
            self._left = self._cipher.decrypt(_nonce(self._number, is_last=self._ended), piece, None)
        except InvalidTag:
            raise SyncError("an encrypted file is damaged: it will be fetched again") from None
        self._number += 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((is_last,))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"patrol-anpr " + purpose).derive(secret)


def car_key(path: Path) -> X25519PrivateKey | None:
    """Return a car's key of a PEM file, None when there is none yet; raises ConfigError for what is none."""
    try:
        key = load_pem_private_key(read_whole(path, 10_000), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            f"this car's key {path} cannot be read: restore it, or remove it and export a new one"
        ) from error
    if not isinstance(key, X25519PrivateKey):
        raise ConfigError(f"this car's key {path} is of another kind: remove it and export a new one")
    return key


def make_car_key(path: Path) -> X25519PrivateKey:
    """Return this car's key, made when there is none; raises ConfigError."""
    found = car_key(path)
    if found is not None:
        return found
    key = X25519PrivateKey.generate()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except OSError as error:
        raise ConfigError(f"this car's key {path} cannot be made ({error.strerror}): check the folder") from error
    return key


def public_pem(key: X25519PrivateKey) -> bytes:
    """Return the public half, as the back office takes it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def cars_in(folder: Path) -> Mapping[str, X25519PublicKey]:
    """Return the cars' keys of a folder by car id: `CAR.pem` each; raises ConfigError."""
    cars: dict[str, X25519PublicKey] = {}
    for path in sorted(folder.glob("*.pem")):
        try:
            key = load_pem_public_key(read_whole(path, 10_000))
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            raise ConfigError(f"the car's key {path} cannot be read: export it again (anpr hotlist car-key)") from error
        if not isinstance(key, X25519PublicKey):
            raise ConfigError(f"the car's key {path} is of another kind: export it again (anpr hotlist car-key)")
        cars[path.stem] = key
    if not cars:
        raise ConfigError(
            f"the folder {folder} holds no car's key: put CAR.pem of each car there (anpr hotlist car-key)"
        )
    return cars
