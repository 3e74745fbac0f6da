"""The data key: 32 random bytes with which everything in a data folder is locked, kept sealed to the machine beside it.

The file `data-key` holds it, and while the key is being changed the following one too. Keys for databases and for list indexes are
derived from it (HKDF-SHA256, RFC 5869), so that neither tells the other.
"""

import base64
import binascii
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anpr.errors import StoreError
from anpr.sealing.machine import SealError, best_seal, seal_named

KEY_BYTES: Final = 32
_FORMAT: Final = "patrol-anpr-data-key/1"
_FILE: Final = "data-key"
_LOST: Final = "data-key-lost-"
_TRIES: Final = 3
_PAUSE_S: Final = 1.0


class KeyLost(StoreError):
    """The data key is there and cannot be opened: it was sealed on another machine or by another account, or is in pieces."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An opened data key."""

    secret: bytes

    @property
    def for_databases(self) -> bytes:
        """The key of the databases, 32 bytes."""
        return self._derived(b"patrol-anpr databases")

    @property
    def for_indexes(self) -> bytes:
        """The key of the list indexes, 32 bytes."""
        return self._derived(b"patrol-anpr list indexes")

    @property
    def for_downloads(self) -> bytes:
        """The key of published files while they are fetched, 32 bytes."""
        return self._derived(b"patrol-anpr downloads")

    def __repr__(self) -> str:
        return "DataKey(…)"

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, None, purpose).derive(self.secret)


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The key of a data folder and, while it is being changed, the one that follows; `seal` names how they are sealed."""

    current: DataKey
    following: DataKey | None
    seal: str

    @property
    def newest(self) -> DataKey:
        """The key with which what is made now is locked."""
        return self.following or self.current


_opened: Final[dict[Path, tuple[tuple[int, int, int], DataKeys]]] = {}
_lock: Final = threading.Lock()


def key_file(folder: Path) -> Path:
    """Return the path of the sealed key of a data folder."""
    return folder / _FILE


def read_keys(folder: Path) -> DataKeys | None:
    """Return the keys of a data folder, None when it has none yet. Raises KeyLost for one that cannot be opened."""
    path = key_file(folder).absolute()
    with _lock:
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _lost(path, str(error.strerror)) from error
        identity = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = _opened.get(path)
        if known is None or known[0] != identity:
            known = _opened[path] = identity, _read(path)
        return known[1]


def make_keys(folder: Path) -> DataKeys:
    """Return the keys of a data folder, a random one made if there is none. Raises KeyLost, StoreError when it cannot be written."""
    keys = read_keys(folder)
    if keys is None:
        _write(key_file(folder), os.urandom(KEY_BYTES), None, only_if_missing=True)
        keys = read_keys(folder)
    if keys is None:
        raise StoreError(f"the data key in {folder} vanished as it was made: check the disk")
    return keys


def begin_change(folder: Path) -> DataKeys:
    """Add the key that is to follow, unless a change is under way already. Raises StoreError."""
    keys = make_keys(folder)
    if keys.following is None:
        _write(key_file(folder), keys.current.secret, os.urandom(KEY_BYTES))
        keys = make_keys(folder)
    return keys


def end_change(folder: Path) -> None:
    """Make the following key the only one: nothing is locked with the other any more. Raises StoreError."""
    keys = read_keys(folder)
    if keys is not None and keys.following is not None:
        _write(key_file(folder), keys.following.secret, None)


def put_away_lost(folder: Path, now_utc: datetime) -> Path | None:
    """Put a key that cannot be opened under another name, so that a new one is made; returns that name, None if it can be.

    It is tried for some seconds: what seals it may not be ready when a machine has just started. Raises StoreError.
    """
    for attempt in range(_TRIES):
        try:
            read_keys(folder)
        except KeyLost:
            if attempt + 1 < _TRIES:
                time.sleep(_PAUSE_S)
        else:
            return None
    path = key_file(folder)
    aside = path.with_name(f"{_LOST}{now_utc.astimezone(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}")
    try:
        path.rename(aside)
    except OSError as error:
        raise StoreError(
            f"the lost key {path} cannot be renamed ({error.strerror}): check the folder's rights"
        ) from error
    return aside


def lost_keys(folder: Path) -> list[Path]:
    """Return the keys that were put away because they could not be opened."""
    return sorted(folder.glob(f"{_LOST}*"))


def remove_leftovers(folder: Path) -> None:
    """Remove what a program left that was killed while it wrote a key. Raises OSError."""
    for leftover in folder.glob(f".{_FILE}.*"):
        if not key_file(folder).exists() or not leftover.samefile(key_file(folder)):
            with leftover.open("r+b") as file:
                _overwrite(file)
        leftover.unlink()  # else a second name of the key itself, which keeps its bytes


def known_keys(folder: Path) -> list[DataKey]:
    """Return every key that something in a folder may be locked with, as far as they can be opened; raises nothing."""
    keys: list[DataKey] = []
    for path in (key_file(folder), *lost_keys(folder)):
        try:
            found = _read(path)
        except KeyLost:
            continue
        keys += [found.current, *([found.following] if found.following else [])]
    return keys


@contextmanager
def private_file(path: Path) -> Iterator[Any]:
    """Open a new file that its owner alone may read, for writing bytes; on the disk when the block ends. Raises OSError."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
    ) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> DataKeys:
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != _FORMAT:
            raise _lost(path, "it is of another version")
        seal = seal_named(str(content["seal"]))
        secrets = [seal.open(base64.b64decode(content[name])) for name in ("key", "following") if content.get(name)]
    except OSError as error:
        raise _lost(path, str(error.strerror)) from error
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise _lost(path, "it is in pieces") from error
    except SealError as error:
        raise _lost(path, str(error)) from error
    if not secrets or any(len(secret) != KEY_BYTES for secret in secrets):
        raise _lost(path, "it is in pieces")
    return DataKeys(DataKey(secrets[0]), DataKey(secrets[1]) if len(secrets) > 1 else None, seal.name)


def _lost(path: Path, why: str) -> KeyLost:
    return KeyLost(
        f"the data key {path} cannot be opened ({why}): start the patrol, which sets aside what it locks and begins anew, or put"
        " the key back from where the folder was"
    )


def _write(path: Path, secret: bytes, following: bytes | None, *, only_if_missing: bool = False) -> None:
    """Write the key file whole or not at all. Raises StoreError."""
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        seal = best_seal()
        content = {"format": _FORMAT, "seal": seal.name, "key": base64.b64encode(seal.close(secret)).decode("ascii")}
        if following is not None:
            content["following"] = base64.b64encode(seal.close(following)).decode("ascii")
        path.parent.mkdir(parents=True, exist_ok=True)
        with private_file(beside) as file:
            file.write(json.dumps(content).encode())
        if only_if_missing:
            _put_once(beside, path)
        else:
            with path.open("r+b") as old:
                beside.replace(path)
                _overwrite(old)
        keep_names(path.parent)
    except (OSError, SealError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"the data key {path} cannot be written ({said}): check the disk and the folder's rights"
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _overwrite(file: BinaryIO) -> None:
    file.write(bytes(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())


def _put_once(beside: Path, path: Path) -> None:
    """Give a file its name unless another has it: one of two that make it at once wins."""
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        if not path.exists():
            beside.replace(path)


def keep_names(folder: Path) -> None:
    """Have the names in a folder on the disk, so that no power cut brings back the old ones. Raises OSError."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
