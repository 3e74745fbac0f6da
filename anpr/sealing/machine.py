"""How a secret is sealed to this machine, so that the program opens it unattended and a copy of its files does not.

On Linux systemd's credentials are used where they work for this account (systemd-creds(1): sealed with the machine's TPM, where there
is one, and with a secret of the machine), on Windows the Data Protection API. Elsewhere the secret lies in a file that
its owner alone may read, which is no seal: each way says what it does not protect from.
"""

import base64
import binascii
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CHOSEN_BY: Final = "ANPR_KEY_SEAL"
"""The variable that names the way of sealing, where it is not to be found out: `systemd-creds`, `dpapi` or `file`."""

_NAME: Final = "patrol-anpr-data-key"
_LONGEST_S: Final = 30.0
_NO_WINDOWS_ASK: Final = 1
"""CRYPTPROTECT_UI_FORBIDDEN (dpapi.h): fail rather than ask somebody who is not there."""


class SealError(Exception):
    """A secret could not be sealed or opened here; the message says why and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One way of sealing: its name, what does both ways (bytes to bytes, raising SealError), and what it does not protect from.

    `weakness` is empty where a copy of the whole disk does not yield the secret either.
    """

    name: str
    close: Callable[[bytes], bytes]
    open: Callable[[bytes], bytes]
    weakness: Callable[[], str]


def best_seal() -> Seal:
    """Return the strongest way that works here for this account, or the one that `ANPR_KEY_SEAL` names. Raises SealError."""
    chosen = os.environ.get(CHOSEN_BY, "")
    if chosen:
        return seal_named(chosen)
    for name in ("dpapi", "systemd-creds"):
        if _works(SEALS[name]):
            return SEALS[name]
    return SEALS["file"]


def seal_named(name: str) -> Seal:
    """Return the way of sealing of that name. Raises SealError when there is none."""
    if name not in SEALS:
        raise SealError(f"there is no way of sealing named {name!r}, only {', '.join(SEALS)}")
    return SEALS[name]


def _works(seal: Seal) -> bool:
    try:
        return seal.open(seal.close(b"trial")) == b"trial"
    except SealError:
        return False


def _systemd(verb: str, content: bytes) -> bytes:
    program = shutil.which("systemd-creds")
    if program is None:
        raise SealError("systemd-creds is not installed")
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the secret goes by its standard input
            [program, verb, f"--name={_NAME}", "-", "-"], input=content, capture_output=True, timeout=_LONGEST_S, check=False
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SealError(f"systemd-creds does not answer ({type(error).__name__})") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SealError(f"systemd-creds refuses ({said[-1] if said else done.returncode})")
    return done.stdout


def _systemd_weakness() -> str:
    program = shutil.which("systemd-creds")
    if program is not None:
        try:
            found = subprocess.run([program, "has-tpm2"], capture_output=True, timeout=_LONGEST_S, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired):
            found = None
        if found is not None and found.returncode == 0:
            return ""
    return (
        "this machine has no TPM: the secret that opens the key lies on the same disk (/var/lib/systemd), so that a copy of the data"
        " folder yields nothing, but a copy of the whole disk does, unless the disk is encrypted"
    )


if sys.platform == "win32":

    class _Blob(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ulong), ("data", ctypes.POINTER(ctypes.c_char)))

    def _protect(call: str, content: bytes) -> bytes:
        given = _Blob(
            len(content), ctypes.cast(ctypes.create_string_buffer(content, len(content)), ctypes.POINTER(ctypes.c_char))
        )
        made = _Blob()
        function: Any = getattr(ctypes.windll.crypt32, call)
        if not function(ctypes.byref(given), None, None, None, None, _NO_WINDOWS_ASK, ctypes.byref(made)):
            raise SealError(f"Windows refuses ({call}, error {ctypes.get_last_error()})")
        try:
            return ctypes.string_at(made.data, made.length)
        finally:
            ctypes.windll.kernel32.LocalFree(made.data)

else:

    def _protect(call: str, content: bytes) -> bytes:
        raise SealError(f"the Data Protection API is Windows' own ({call} of {len(content)} bytes)")


def _beside_weakness() -> str:
    return (
        "the key lies unsealed in a file beside what it locks, since neither systemd-creds nor Windows seals it here: whoever has a copy of"
        " the data folder reads everything, unless the disk is encrypted"
    )


def _unbase64(content: bytes) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise SealError("the sealed key is no base64") from error


SEALS: Final = {
    seal.name: seal
    for seal in (
        Seal(
            "systemd-creds",
            lambda secret: _systemd("encrypt", secret),
            lambda sealed: _systemd("decrypt", sealed),
            _systemd_weakness,
        ),
        Seal(
            "dpapi",
            lambda secret: base64.b64encode(_protect("CryptProtectData", secret)),
            lambda sealed: _protect("CryptUnprotectData", _unbase64(sealed)),
            lambda: "whoever knows or breaks the password of this Windows account opens the key",
        ),
        Seal("file", base64.b64encode, _unbase64, _beside_weakness),
    )
}
"""Every way of sealing, by its name."""


def encrypted_disk(path: Path, devices: Path = Path("/sys")) -> bool | None:
    """Return whether the disk that holds a file is encrypted by its system, None where that cannot be told.

    On Linux: whether the file's device, or one that it stands on, is a device mapper's with a UUID that begins with `CRYPT-`
    (LUKS and plain dm-crypt: cryptsetup(8)). On Windows and elsewhere it is not told.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        number = path.stat().st_dev
        block = (devices / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}").resolve(strict=True)
    except OSError:
        return None
    todo, seen = [block], set()
    while todo:
        device = todo.pop()
        if device in seen:
            continue
        seen.add(device)
        try:
            if (device / "dm" / "uuid").read_text("ascii").startswith("CRYPT-"):
                return True
        except (OSError, UnicodeDecodeError):
            pass
        below = device / "slaves"
        todo += [one.resolve() for one in below.iterdir()] if below.is_dir() else []
    return False
