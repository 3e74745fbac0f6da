"""A published file onto this car's disk, resumed at the byte where the link died, and checked before it is used."""

import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from anpr.errors import StoreError, SyncError
from hotlists.sync.manifest import PublishedFile
from hotlists.sync.sealed_file import Sealed
from hotlists.sync.sources import Offer, RangeRefused

TRIES: Final = 5
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 3600.0

Wait = Callable[[float], object]


def jittered_wait_s(failures: int, base_s: float, rng: random.Random) -> float:
    """Return how long to wait after so many failures in a row.

    Exponential with full jitter, so that thousands of cars do not come back at the same moment (M. Brooker,
    "Exponential Backoff And Jitter", 2015).
    """
    return rng.uniform(0.1, 1.0) * min(_LONGEST_WAIT_S, base_s * 2.0 ** min(failures, 20))


def download(offer: Offer, file: PublishedFile, folder: Path, wait: Wait, rng: random.Random) -> Path:
    """Return the path of the file, fetched if need be and closed; bytes that came before are kept over failures and restarts.

    Raises SyncError when the link stays broken or the file's hash is wrong (then its bytes are thrown away), StoreError
    when the disk cannot take it.
    """
    sealed = Sealed(folder.parent, file.sha256)
    target = folder / f"{file.sha256}.zst"
    part = folder / f"{file.sha256}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and _sha256(target, sealed) == file.sha256:
            return target
        began = part.stat().st_size if part.exists() else 0
        pieced = _fetch(offer, file, part, sealed, wait, rng) or began > 0
        if pieced and _sha256(part, sealed) != file.sha256:
            # put together from pieces that do not belong to each other: whatever the server did, the whole decides
            part.unlink()
            _fetch(offer, file, part, sealed, wait, rng, whole=True)
        if _sha256(part, sealed) != file.sha256:
            part.unlink()
            raise SyncError(f"a file from {offer.place} is not what was signed: it was thrown away")
        part.replace(target)
    except OSError as error:
        raise StoreError(f"the folder {folder} cannot be written ({error.strerror}): free disk space") from error
    return target


def _fetch(
    offer: Offer,
    file: PublishedFile,
    part: Path,
    sealed: Sealed,
    wait: Wait,
    rng: random.Random,
    *,
    whole: bool = False,
) -> bool:
    """Fetch until the part is as long as the file; return whether it was put together from several answers.

    With `whole` each try begins at the first byte.
    """
    failures, answers = 0, 0
    while True:
        had = part.stat().st_size if part.exists() and not whole else 0
        if had == file.bytes:
            return answers > 1
        if had > file.bytes:
            part.unlink()
            had = 0
        answers = answers + 1 if had else 1
        try:
            _append(offer, file, part, sealed, had)
            trouble = SyncError(f"a file from {offer.place} ended too early")
        except RangeRefused as refused:
            whole, trouble = True, refused
        except SyncError as error:
            trouble = error
        now = part.stat().st_size if part.exists() else 0
        if now == file.bytes:
            return answers > 1
        # A link that brings something each time may break as often as it likes.
        failures = failures + 1 if whole or now <= had else 1
        if failures >= TRIES:
            raise trouble
        wait(jittered_wait_s(failures - 1, _FIRST_WAIT_S, rng))


def _append(offer: Offer, file: PublishedFile, part: Path, sealed: Sealed, had: int) -> None:
    with part.open("r+b" if part.exists() else "wb") as target:
        if had == 0:
            target.truncate(0)  # an answer that ends early must not leave the end of an older one behind it
        for offset, chunk in offer.chunks(file, had):
            if offset + len(chunk) > file.bytes:
                target.truncate(0)
                raise SyncError(f"a file from {offer.place} is longer than was signed: it was thrown away")
            target.seek(offset)
            if offset == 0:
                target.truncate(0)
            target.write(sealed.closed(chunk, offset))
            target.flush()
        os.fsync(target.fileno())


def _sha256(path: Path, sealed: Sealed) -> str:
    digest = hashlib.sha256()
    with sealed.open(path) as file:
        while chunk := file.read():
            digest.update(chunk)
    return digest.hexdigest()
